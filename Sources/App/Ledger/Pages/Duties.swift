public import Kit
public import Postgres

/// An order with something that somebody has to do, or that is about to be late.
public struct Duty: Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    case parked, failed, question, accept, ship
    /// A booking that waits for the business's word.
    case confirm
    /// It was put aside after it was shipped: the customer has a number, and nothing leaves the house.
    case aside
  }

  public var orderID: String
  public var kind: Kind
  /// By when; `nil` where nothing says so.
  public var deadline: Timestamp?
}

/// Of a shipped order `o` with a hold `h`, or none: it was put aside when it was shipped already, or with
/// what a person was told of its lines.
enum PutAside {
  static let sql = """
    (h.since >= o.status_since or h.order_id is not null and exists (
      select from process_failures f where f.order_id = o.order_id
        and f.process_name = '\(ProcessFailure.lines)' and f.resolved_at is null))
    """
}

/// What needs a person now, and what will be late within `soon`, the earliest deadline first. A new booking
/// is to be confirmed before its appointment begins.
struct ReadDuties: PostgresStatement {
  static let sql = """
    with open as (
      select o.order_id, o.channel, o.status, o.created_at,
        o.order_id in (select subject from effects where is_for_people) as asks,
        case when o.status in ('received', 'parked', 'pending_acceptance', 'acceptance_failed')
          then o.accept_by when o.channel = 'marketplace' then o.ship_by end as deadline
      from orders o where o.is_open
    ), ended as (
      select o.order_id, o.status = 'shipped' and \(PutAside.sql) as is_aside, o.ship_by,
        o.created_at, o.order_id in (select subject from effects where is_for_people) as asks
      from orders o left join order_holds h using (order_id)
      where o.order_id = any(array(
          select subject from effects where is_for_people union select order_id from order_holds))
        and not o.is_open
    )
    select order_id, case when asks then 'question' else 'aside' end,
      case when is_aside then ship_by end as deadline, created_at
    from ended where asks or is_aside
    union all
    select order_id, case
        when status = 'parked' then 'parked' when status = 'acceptance_failed' then 'failed'
        when asks then 'question' when status = 'pending' then 'confirm'
        when status = 'pending_acceptance' then 'accept' else 'ship' end,
      case when status = 'pending' then (
        select s.starts_at from bookings b join booking_slots s using (business_id, slot_id)
        where b.order_id = open.order_id) else deadline end, created_at
    from open
    where status in ('parked', 'acceptance_failed', 'pending') or asks
      or deadline < clock_timestamp() + make_interval(secs => $1 / 1e6)
    order by deadline nulls last, created_at, order_id limit $2
    """
  let soon: Duration
  let limit: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(soon.microseconds)
    b.append(limit)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Duty {
    Duty(
      orderID: try r.string(0), kind: Duty.Kind(rawValue: try r.string(1)) ?? .ship,
      deadline: try r.timestampOrNil(2))
  }
}

/// A conversation that waits for an answer of ours, or for a person's decision.
public struct AnswerDuty: Sendable {
  public var conversationID: Int64
  public var topic: String
  public var customerName: String?
  /// As the marketplace says it.
  public var orderID: String?
  public var deadline: Timestamp?
  /// Why a person has to look, beside the clock.
  public var trouble: String?
}

/// Those whose clock runs out within `soon`, and those that ask for a person: each few, by an index that
/// holds nothing else.
struct ReadAnswerDuties: PostgresStatement {
  static let sql = """
    with due as (
      (select id from conversations
        where answer_by < clock_timestamp() + make_interval(secs => $1 / 1e6)
        order by answer_by limit $2)
      union
      (select id from conversations where needs_person is not null order by id limit $2)
    )
    select c.id, c.topic, c.customer_name, coalesce(c.order_id, c.marketplace_order_id), c.answer_by,
      c.needs_person
    from due join conversations c using (id)
    order by c.answer_by nulls last, c.id limit $2
    """
  let soon: Duration
  let limit: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(soon.microseconds)
    b.append(limit)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> AnswerDuty {
    AnswerDuty(
      conversationID: try r.int64(0), topic: try r.string(1), customerName: try r.stringOrNil(2),
      orderID: try r.stringOrNil(3), deadline: try r.timestampOrNil(4),
      trouble: try r.stringOrNil(5))
  }
}

extension Ledger {
  /// - Parameter soon: how long before its deadline an order is listed though the program is at it.
  public func duties(soon: Duration, limit: Int) async throws(PostgresError) -> [Duty] {
    try await pool.query(ReadDuties(soon: soon, limit: limit), deadline: limits.queryDeadline)
  }

  /// - Parameter soon: how long before its deadline a conversation is listed.
  public func answerDuties(
    soon: Duration, limit: Int
  ) async throws(PostgresError) -> [AnswerDuty] {
    try await pool.query(
      ReadAnswerDuties(soon: soon, limit: limit), deadline: limits.queryDeadline)
  }
}
