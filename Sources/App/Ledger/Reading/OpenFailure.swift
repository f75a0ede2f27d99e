public import Kit
public import People
public import Postgres

/// Something that a person was told of and that nobody has settled yet.
public struct OpenFailure: Sendable {
  public var id: Int64
  public var age: Duration
  public var createdAt: Timestamp
  public var processName: String
  public var orderID: String?
  /// The conversation that it is about, or whose message it is about.
  public var conversationID: Int64?
  public var details: String
}

/// The oldest first: nobody has come to it for the longest time.
struct ReadOpenFailures: PostgresStatement {
  static let sql = """
    select f.failure_id,
      (extract(epoch from clock_timestamp() - f.created_at) * 1000000)::bigint, f.created_at,
      f.process_name, f.order_id, coalesce(m.conversation_id, \(RaisedFailure.conversation)),
      f.details
    from process_failures f left join messages m on m.effect_id = f.effect_id
    where f.resolved_at is null order by f.created_at, f.failure_id limit $1
    """
  let limit: Int
  func bind(_ b: inout PostgresBindings) { b.append(limit) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> OpenFailure {
    OpenFailure(
      id: try r.int64(0), age: .microseconds(try r.int64(1)), createdAt: try r.timestamp(2),
      processName: try r.string(3), orderID: try r.stringOrNil(4),
      conversationID: try r.int64OrNil(5), details: try r.string(6))
  }
}

/// A person says that it is seen to.
struct SettleFailure: PostgresStatement {
  static let sql = """
    update process_failures set resolved_at = clock_timestamp(), resolved_by = $2
    where failure_id = $1 and resolved_at is null returning process_name, order_id
    """
  let id: Int64
  let actor: String
  func bind(_ b: inout PostgresBindings) {
    b.append(id)
    b.append(actor)
  }
  static func row(
    _ r: PostgresRow
  ) throws(PostgresError) -> (processName: String, orderID: String?) {
    (try r.string(0), try r.stringOrNil(1))
  }
}

extension Ledger {
  public func openFailures(limit: Int) async throws(PostgresError) -> [OpenFailure] {
    try await pool.query(ReadOpenFailures(limit: limit), deadline: limits.queryDeadline)
  }

  /// - Returns: `false` when no such failure is open.
  public func settleFailure(_ id: Int64, by actor: Actor) async throws -> Bool {
    let settled = try await acting(SettleFailure(id: id, actor: actor.signature)) { rows in
      rows.first.map { row in
        Act(
          actor, "failure.done", on: row.orderID.map { "order:" + $0 } ?? "failure:\(id)",
          "\(row.processName), failure \(id)")
      }
    }
    return !settled.isEmpty
  }
}
