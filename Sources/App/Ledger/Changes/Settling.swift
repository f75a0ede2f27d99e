import Kit
import Orders
import Postgres

/// What people were told of these orders: of their lines whether it is settled or not, of the shops that
/// show them while it is open.
struct ReadTold: PostgresStatement {
  static let sql = """
    select order_id, details from process_failures
    where order_id = any($1)
      and (process_name = $2 or process_name = $3 and resolved_at is null)
    """
  let orderIDs: [String]
  func bind(_ b: inout PostgresBindings) {
    b.append(orderIDs)
    b.append(ProcessFailure.lines)
    b.append(ProcessFailure.pull)
  }
  static func row(
    _ r: PostgresRow
  ) throws(PostgresError) -> (orderID: String, details: String) {
    (try r.string(0), try r.string(1))
  }
}

/// Orders went on from a failed acceptance without it: what asked a person about it asks no more. Their
/// rows are locked already.
struct SettleAcceptances: PostgresStatement {
  static let sql = """
    with ended as (
      update effects set state = 'cancelled', outcome = 'the order went on without it',
        updated_at = $1
      where subject = any($2) and kind = $3 and is_for_people
      returning effect_id, subject
    )
    update process_failures f set resolved_at = $1, resolved_by = $4
    from ended e
    where f.order_id = e.subject and f.effect_id = e.effect_id and f.resolved_at is null
    """
  let now: Timestamp
  let orderIDs: [String]
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(orderIDs)
    b.append(Deed.acceptOrder.rawValue)
    b.append(HistoryEntry.ourselves)
  }
}

struct SettleFailures: PostgresStatement {
  static let sql = """
    update process_failures f set resolved_at = $1, resolved_by = u.actor
    from unnest($2::text[], $3::text[], $4::text[]) as u (process, id, actor)
    where f.order_id = u.id and f.process_name = u.process and f.resolved_at is null
    """
  let now: Timestamp
  let settled: [SettledFailures]
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(settled.map(\.processName))
    b.append(settled.map(\.orderID))
    b.append(settled.map(\.actor))
  }
}
