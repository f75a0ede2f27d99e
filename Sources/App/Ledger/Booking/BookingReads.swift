public import Booking
public import Kit
public import Postgres

/// Which bookings of a business a list shows; newest first, paged by key.
public struct BookingFilter: Sendable {
  public var businessID: String
  /// Only those that this key booked.
  public var principal: String?
  public var status: BookingStatus?
  public var source: BookingSource?
  public var phone: String?
  public var since: Timestamp?
  public var until: Timestamp?
  public var before: (createdAt: Timestamp, orderID: String)?
  public var limit: Int

  public init(businessID: String, limit: Int = 50) {
    self.businessID = businessID
    self.limit = limit
  }
}

struct ReadBookings: PostgresStatement {
  static let columns = """
    select o.order_id, b.business_id, o.status, b.version, b.source, b.customer_name,
      b.customer_phone, b.notes, b.slot_id, o.currency, b.principal, b.draft_id, b.confirmation_id,
      b.created_at, b.updated_at,
      (select jsonb_agg(l.raw_line_data order by l.line_index)::text from order_lines l
        where l.order_id = o.order_id), s.starts_at, s.ends_at
    from bookings b join orders o using (order_id)
      left join booking_slots s on s.business_id = b.business_id and s.slot_id = b.slot_id
    """
  static let sql =
    columns + """
       where b.business_id = $1
        and ($2::text is null or b.principal = $2) and ($3::text is null or o.status = $3)
        and ($4::text is null or b.source = $4) and ($5::text is null or b.customer_phone = $5)
        and ($6::timestamptz is null or b.created_at >= $6)
        and ($7::timestamptz is null or b.created_at < $7)
        and ($8::timestamptz is null or (b.created_at, b.order_id) < ($8, $9))
      order by b.created_at desc, b.order_id desc limit $10
      """
  let filter: BookingFilter
  func bind(_ b: inout PostgresBindings) {
    b.append(filter.businessID)
    b.append(filter.principal)
    b.append(filter.status?.rawValue)
    b.append(filter.source?.rawValue)
    b.append(filter.phone)
    b.append(filter.since)
    b.append(filter.until)
    b.append(filter.before?.createdAt)
    b.append(filter.before?.orderID)
    b.append(filter.limit)
  }

  static func row(_ r: PostgresRow) throws(PostgresError) -> BookedOrder {
    let lines = try? JSONValue.parse(try r.bytesOrNil(15) ?? Array("[]".utf8))
    var order = BookedOrder(
      orderID: try r.string(0), businessID: try r.string(1),
      status: BookingStatus(rawValue: try r.string(2)) ?? .pending, version: try r.int(3),
      source: BookingSource(rawValue: try r.string(4)) ?? .manual,
      customerName: try r.string(5), customerPhone: try r.string(6),
      lines: lines?.elements.compactMap { BookedLine($0) } ?? [], notes: try r.stringOrNil(7),
      slotID: try r.stringOrNil(8), currency: try r.stringOrNil(9) ?? "",
      principal: try r.string(10), draftID: try r.uuidOrNil(11),
      confirmationID: try r.uuidOrNil(12), createdAt: try r.timestamp(13),
      updatedAt: try r.timestamp(14))
    if let startsAt = try r.timestampOrNil(16), let endsAt = try r.timestampOrNil(17) {
      order.slotTimes = SlotTimes(startsAt: startsAt, endsAt: endsAt)
    }
    return order
  }
}

struct ReadBooking: PostgresStatement {
  static let sql = ReadBookings.columns + " where b.order_id = $1 and b.business_id = $2"
  let orderID: String
  let businessID: String
  func bind(_ b: inout PostgresBindings) {
    b.append(orderID)
    b.append(businessID)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> BookedOrder {
    try ReadBookings.row(r)
  }
}

/// Locks first and reads after it: what the lock was waited for is then seen whole.
struct LockBooking: PostgresStatement {
  static let sql = "select order_id from orders where order_id = $1 for no key update"
  let orderID: String
  func bind(_ b: inout PostgresBindings) { b.append(orderID) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> String { try r.string(0) }
}

/// One move of an order, as the history has it.
public struct BookingMove: Sendable {
  public var previous: String
  public var status: String
  public var cause: String
  public var actor: String
  public var correlationID: String?
  public var at: Timestamp
}

struct ReadBookingHistory: PostgresStatement {
  static let sql = """
    select previous_status, status, cause, actor, correlation_id, created_at
    from order_status_history where order_id = $1 order by history_id limit 1000
    """
  let orderID: String
  func bind(_ b: inout PostgresBindings) { b.append(orderID) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> BookingMove {
    BookingMove(
      previous: try r.string(0), status: try r.string(1), cause: try r.string(2),
      actor: try r.string(3), correlationID: try r.stringOrNil(4), at: try r.timestamp(5))
  }
}

struct ReadBookingCalls: PostgresStatement {
  static let sql = """
    select operation, principal, outcome, encode(request_sha256, 'hex'), correlation_id, created_at
    from booking_calls where order_id = $1 or draft_id = $2 order by call_id limit 1000
    """
  let orderID: String
  let draftID: UUIDv7?
  func bind(_ b: inout PostgresBindings) {
    b.append(orderID)
    b.append(draftID)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> JSON {
    .object([
      ("operation", .string(try r.string(0))), ("principal", .string(try r.string(1))),
      ("outcome", .string(try r.string(2))), ("request_sha256", .optional(try r.stringOrNil(3))),
      ("correlation_id", .optional(try r.stringOrNil(4))),
      ("at", .string(try r.timestamp(5).iso8601)),
    ])
  }
}

struct ReadProof: PostgresStatement {
  static let sql = """
    select b.summary, encode(b.request_sha256, 'hex'), b.correlation_id,
      u.consumed_at, u.level, a.principal, encode(a.summary_sha256, 'hex'), a.exceeded, a.created_at
    from bookings b left join booking_consents u using (order_id)
      left join booking_drafts d on d.draft_id = b.draft_id
      left join booking_approvals a on a.draft_id = d.draft_id and a.draft_version = d.version
    where b.order_id = $1
    """
  let orderID: String
  func bind(_ b: inout PostgresBindings) { b.append(orderID) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> BookingProof {
    var proof = BookingProof(
      summary: try r.stringOrNil(0), requestDigest: try r.string(1),
      correlationID: try r.string(2), consumedAt: try r.timestampOrNil(3),
      level: try r.intOrNil(4))
    if let principal = try r.stringOrNil(5) {
      proof.approval = .object([
        ("principal", .string(principal)), ("summary_sha256", .optional(try r.stringOrNil(6))),
        ("exceeded", .array((try r.stringArrayOrNil(7) ?? []).map(JSON.string))),
        ("at", .optional(try r.timestampOrNil(8))),
      ])
    }
    return proof
  }
}

/// What shows that a booking was meant.
public struct BookingProof: Sendable {
  /// To the byte as the customer saw it; `nil` for a booking by a person of the business.
  public var summary: String?
  public var requestDigest: String
  public var correlationID: String
  public var consumedAt: Timestamp?
  public var level: Int?
  public var approval: JSON?
  public var confirmation: Confirmation?
  public var moves: [BookingMove] = []
  public var calls: [JSON] = []
}

extension Ledger {
  /// `nil` when the business has no such booking.
  public func booking(
    _ orderID: String, of businessID: String
  ) async throws(PostgresError) -> BookedOrder? {
    try await pool.query(
      ReadBooking(orderID: orderID, businessID: businessID), deadline: limits.queryDeadline
    ).first
  }

  public func bookings(_ filter: BookingFilter) async throws(PostgresError) -> [BookedOrder] {
    try await pool.query(ReadBookings(filter: filter), deadline: limits.queryDeadline)
  }

  public func moves(of orderID: String) async throws(PostgresError) -> [BookingMove] {
    try await pool.query(ReadBookingHistory(orderID: orderID), deadline: limits.queryDeadline)
  }

  public func proof(of order: BookedOrder) async throws(PostgresError) -> BookingProof? {
    var batch = PostgresBatch()
    let proofs = batch.add(ReadProof(orderID: order.orderID))
    let moves = batch.add(ReadBookingHistory(orderID: order.orderID))
    let calls = batch.add(ReadBookingCalls(orderID: order.orderID, draftID: order.draftID))
    let answers = batch.add(
      ReadConfirmations(draftIDs: order.draftID.map { [$0] } ?? []))
    let results = try await pool.run(batch, deadline: limits.queryDeadline)
    guard var proof = try results[proofs].first else { return nil }
    proof.moves = try results[moves]
    proof.calls = try results[calls]
    proof.confirmation = try results[answers].first { $0.id == order.confirmationID }
    return proof
  }

  /// How many bookings a business has, and how many of them lack one of the rows that they must have.
  public func countBookings(
    of businessID: String
  ) async throws(PostgresError) -> (stored: Int, broken: Int) {
    try await pool.query(CountBookings(businessID: businessID), deadline: .seconds(120)).first
      ?? (0, 0)
  }
}

struct CountBookings: PostgresStatement {
  static let sql = """
    select count(*), count(*) filter (where k.order_id is null or h.order_id is null or l.n is null)
    from orders o
      left join (select order_id from idempotency_keys where state = 'completed') k using (order_id)
      left join (select distinct order_id from order_status_history) h using (order_id)
      left join (select order_id, count(*) as n from order_lines group by 1) l using (order_id)
    where o.shop_id = $1 and o.channel = 'booking'
    """
  let businessID: String
  func bind(_ b: inout PostgresBindings) { b.append(businessID) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> (stored: Int, broken: Int) {
    (try r.int(0), try r.int(1))
  }
}
