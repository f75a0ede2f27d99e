import Kit
import Orders
import Postgres

/// An order that a person holds.
public struct OrderHold: Sendable {
  static let reasonMax = 500

  public var orderID: String
  public var reason: String
  public var actor: String

  public init(orderID: String, reason: String, actor: String) {
    self.orderID = orderID
    self.reason = String(reason.prefix(Self.reasonMax))
    self.actor = actor
  }
}

/// Holds orders: what is planned for them and was not begun is due when nobody lives any more, and
/// what becomes planned meanwhile is put there by the decisions. Their rows are locked already.
struct HoldOrders: PostgresStatement {
  static let sql = """
    with held as (
      insert into order_holds (order_id, reason, actor, since)
      select id, reason, actor, $1 from unnest($2::text[], $3::text[], $4::text[])
        as u (id, reason, actor)
      on conflict (order_id) do nothing
      returning order_id, reason, actor
    ), marked as (
      update orders o set is_held = true, updated_at = $1 from held h where o.order_id = h.order_id
    )
    update effects e set due_at = $1 + make_interval(secs => $5 / 1e6),
      outcome = 'held by ' || h.actor || ': ' || h.reason, updated_at = $1
    from held h where e.subject = h.order_id and e.state = 'planned' and e.kind = any($6)
    """
  let now: Timestamp
  let holds: [OrderHold]
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(holds.map(\.orderID))
    b.append(holds.map { Plain.text($0.reason) })
    b.append(holds.map { Plain.text($0.actor) })
    b.append(OrderFlow.heldFor.microseconds)
    b.append(Deed.allCases.filter(\.diesWithTheOrder).map(\.rawValue))
  }
}

/// Lets orders go on: what a hold kept back is due now.
struct ReleaseOrders: PostgresStatement {
  static let sql = """
    with released as (
      delete from order_holds where order_id = any($2) returning order_id
    ), marked as (
      update orders set is_held = false, updated_at = $1
      where order_id in (select order_id from released)
    )
    update effects e set due_at = $1, outcome = 'released', updated_at = $1
    from released r where e.subject = r.order_id and e.state = 'planned' and e.kind = any($3)
      and e.due_at > $1
    """
  let now: Timestamp
  let orderIDs: [String]
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(orderIDs)
    b.append(Deed.allCases.filter(\.diesWithTheOrder).map(\.rawValue))
  }
}
