import Kit
public import Postgres

/// Orders in the order of their ids, a page at a time.
struct JudgeOrders: PostgresStatement {
  static let sql = """
    select o.order_id, o.status, o.parked_reason, s.status, s.generation, s.tracking_pin,
      s.label_pdf_path, s.label_sha256, s.tracking_posted_at is not null,
      (select count(*) from order_acceptance_attempts a where a.order_id = o.order_id)
    from orders o left join shipments s on s.order_id = o.order_id
    where o.order_id > $1 order by o.order_id limit $2
    """
  let after: String
  let limit: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(after)
    b.append(Int64(limit))
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> JudgedOrder {
    var order = JudgedOrder(
      orderID: try r.string(0), status: try r.string(1), parkedReason: try r.stringOrNil(2),
      attempts: try r.int(9))
    if let status = try r.stringOrNil(3) {
      order.shipment = JudgedOrder.Shipment(
        status: status, generation: try r.int(4), pin: try r.stringOrNil(5),
        labelPath: try r.stringOrNil(6), labelSHA256: try r.stringOrNil(7),
        isTrackingPosted: try r.bool(8))
    }
    return order
  }
}

struct JudgeMoves: PostgresStatement {
  static let sql = """
    select order_id, previous_status, status from order_status_history
    where order_id = any($1) order by order_id, history_id
    """
  let orderIDs: [String]
  func bind(_ b: inout PostgresBindings) { b.append(orderIDs) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> (String, JudgedOrder.Move) {
    (try r.string(0), JudgedOrder.Move(from: try r.string(1), to: try r.string(2)))
  }
}

struct JudgeEffects: PostgresStatement {
  static let sql = """
    select e.subject, e.kind, e.ordinal, e.state, e.sends,
      case when e.lease is null
        then (extract(epoch from clock_timestamp() - e.due_at) * 1e6)::bigint else 0 end,
      e.deadline < clock_timestamp(), coalesce(e.outcome, ''), e.call_id is not null,
      exists (select 1 from api_calls c where c.call_id = e.call_id),
      exists (select 1 from process_failures f
        where f.order_id = e.subject and f.effect_id = e.effect_id)
    from effects e where e.subject = any($1) order by e.subject, e.effect_id
    """
  let orderIDs: [String]
  func bind(_ b: inout PostgresBindings) { b.append(orderIDs) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> (String, JudgedOrder.Effect) {
    (
      try r.string(0),
      JudgedOrder.Effect(
        kind: try r.string(1), ordinal: try r.int(2), state: try r.string(3),
        sends: try r.int(4), overdue: .microseconds(try r.int64(5)),
        isPastDeadline: try r.bool(6), outcome: try r.string(7), hasCall: try r.bool(8),
        isCallKept: try r.bool(9), wasRaised: try r.bool(10))
    )
  }
}

struct JudgeCalls: PostgresStatement {
  static let sql = """
    select related_id, endpoint, count(*), count(*) filter (where is_success)
    from api_calls where related_id = any($1) group by related_id, endpoint
    """
  let orderIDs: [String]
  func bind(_ b: inout PostgresBindings) { b.append(orderIDs) }
  static func row(
    _ r: PostgresRow
  ) throws(PostgresError) -> (String, String, JudgedOrder.Calls) {
    (
      try r.string(0), try r.string(1),
      JudgedOrder.Calls(all: try r.int(2), successes: try r.int(3))
    )
  }
}

struct JudgeUnrest: PostgresStatement {
  static let sql = """
    select (select count(*) from orders),
      (select count(*) from effects
        where state in ('planned', 'sending', 'verifying', 'unknown')),
      (select count(*) from orders o where o.status not in ('shipped', 'cancelled')
        and not exists (select 1 from effects e
          where e.subject = o.order_id and e.state in ('needs_person', 'refused'))),
      (select count(*) from effects where state in ('needs_person', 'refused'))
    """
  func bind(_ b: inout PostgresBindings) {}
  static func row(_ r: PostgresRow) throws(PostgresError) -> Unrest {
    Unrest(
      orders: try r.int(0), activeEffects: try r.int(1), openOrders: try r.int(2),
      forPeople: try r.int(3))
  }
}

extension Ledger {
  /// Of one statement of the judge: it reads pages of thousands of orders.
  static let judgeDeadline = Duration.minutes(2)

  /// The next orders by id with all that is known of them; empty when there are no more.
  public func judgedOrders(
    after: String, limit: Int
  ) async throws(PostgresError) -> [JudgedOrder] {
    let deadline = Self.judgeDeadline
    var orders = try await pool.query(JudgeOrders(after: after, limit: limit), deadline: deadline)
    let ids = orders.map(\.orderID)
    guard !ids.isEmpty else { return [] }
    var at: [String: Int] = [:]
    for (i, id) in ids.enumerated() { at[id] = i }
    for (id, move) in try await pool.query(JudgeMoves(orderIDs: ids), deadline: deadline) {
      if let i = at[id] { orders[i].moves.append(move) }
    }
    for (id, effect) in try await pool.query(JudgeEffects(orderIDs: ids), deadline: deadline) {
      if let i = at[id] { orders[i].effects.append(effect) }
    }
    for (id, name, calls) in try await pool.query(JudgeCalls(orderIDs: ids), deadline: deadline) {
      if let i = at[id] { orders[i].calls[name] = calls }
    }
    return orders
  }

  public func unrest() async throws(PostgresError) -> Unrest {
    try await pool.query(JudgeUnrest(), deadline: Self.judgeDeadline).first
      ?? Unrest(orders: 0, activeEffects: 0, openOrders: 0, forPeople: 0)
  }
}
