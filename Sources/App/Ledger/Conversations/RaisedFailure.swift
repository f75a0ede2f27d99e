import Postgres

/// A failure that a rule raised about a conversation. Its words name the conversation, and by them it is
/// found again: it belongs to no effect, and perhaps to no order.
enum RaisedFailure {
  /// SQL of how its details begin.
  /// - Parameter id: SQL of the conversation's number.
  static func opening(_ id: String) -> String {
    "'a customer waits in conversation ' || \(id) || ': '"
  }

  /// SQL of the conversation that a failure `f` is about; null for every other failure.
  static let conversation = """
    case when f.process_name = '\(ProcessFailure.customerService)' and f.effect_id is null
      then substring(f.details from '^a customer waits in conversation ([0-9]{1,18}): ')::bigint end
    """
}

/// A person has answered, or put the conversation away. Found among the open failures, which are few.
struct SettleRaised: PostgresStatement {
  static let sql = """
    update process_failures f set resolved_at = clock_timestamp(), resolved_by = $2
    where f.resolved_at is null and f.process_name = '\(ProcessFailure.customerService)'
      and f.effect_id is null and starts_with(f.details, \(RaisedFailure.opening("$1::bigint")))
    """
  let conversationID: Int64
  let actor: String
  func bind(_ b: inout PostgresBindings) {
    b.append(conversationID)
    b.append(actor)
  }
}
