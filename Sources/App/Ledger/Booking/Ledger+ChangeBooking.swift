public import Booking
import Kit
public import People
public import Postgres

/// What a change of a booking came to.
public struct BookingChange: Sendable {
  public var order: BookedOrder
  /// The status it moves to, with the cause.
  public var move: (to: BookingStatus, cause: String)?
  public var writesLines = false
  /// A place in a slot that is given back.
  public var freesSlot = false
  /// Of a person, for the audit trail.
  public var act: Act?

  public init(_ order: BookedOrder) { self.order = order }
}

struct UpdateBooking: PostgresStatement {
  static let sql = """
    with orders as (
      update orders set total_price = $8::text::numeric, updated_at = $1 where order_id = $2
    )
    update bookings set version = $3, customer_name = $4, customer_phone = $5, notes = $6,
      updated_at = $1
    where order_id = $2 and version = $7
    """
  let now: Timestamp
  let order: BookedOrder
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(order.orderID)
    b.append(Int32(clamping: order.version))
    b.append(Plain.text(order.customerName))
    b.append(order.customerPhone)
    b.append(order.notes.map(Plain.text))
    b.append(Int32(clamping: order.version - 1))
    b.append(order.total.map(Amount.text))
  }
}

struct DeleteLines: PostgresStatement {
  static let sql = "delete from order_lines where order_id = $1"
  let orderID: String
  func bind(_ b: inout PostgresBindings) { b.append(orderID) }
}

struct FreeSlot: PostgresStatement {
  static let sql = """
    update booking_slots set taken = taken - 1
    where business_id = $1 and slot_id = $2 and taken > 0
    """
  let businessID: String
  let slotID: String
  func bind(_ b: inout PostgresBindings) {
    b.append(businessID)
    b.append(slotID)
  }
}

extension Ledger {
  /// Changes one booking under its lock; `change` decides on the row as it is then, and gives the
  /// booking as it becomes, its version one higher.
  ///
  /// - Returns: `nil` when the business has no such booking.
  public func changeBooking(
    _ orderID: String, business: Business, items: [String] = [], call: BookingCall,
    _ change:
      @Sendable (BookedOrder, [String: CatalogueItem]) throws(BookingError) -> BookingChange
  ) async throws(PostgresError) -> Result<BookedOrder, BookingError>? {
    try await pool.withConnection(deadline: limits.queryDeadline) {
      (connection) async throws(PostgresError) -> Result<BookedOrder, BookingError>? in
      do throws(PostgresError) {
        return try await changeBooking(
          orderID, business, items, call, on: connection, change)
      } catch {
        try? await connection.script("rollback", deadline: limits.queryDeadline)
        throw error
      }
    }
  }

  private func changeBooking(
    _ orderID: String, _ business: Business, _ items: [String], _ call: BookingCall,
    on connection: PostgresConnection,
    _ change:
      @Sendable (BookedOrder, [String: CatalogueItem]) throws(BookingError) -> BookingChange
  ) async throws(PostgresError) -> Result<BookedOrder, BookingError>? {
    let deadline = limits.queryDeadline
    var batch = PostgresBatch()
    _ = batch.add(Begin())
    _ = batch.add(LockBooking(orderID: orderID))
    let orders = batch.add(ReadBooking(orderID: orderID, businessID: business.id))
    let names = Set(items).map { CreateFacts.ItemName(businessID: business.id, itemID: $0) }
    let found = batch.add(ReadItems(names: names))
    let clockKey = batch.add(ReadClock(now: clock()))
    let results = try await connection.run(batch, deadline: deadline)
    guard let before = try results[orders].first else {
      try await connection.script("rollback", deadline: deadline)
      return nil
    }
    let now = try results[clockKey].first ?? .now()
    var catalogue: [String: CatalogueItem] = [:]
    for row in try results[found] { catalogue[row.item.id] = row.item }
    var call = call
    call.orderID = orderID
    var writing = PostgresBatch()
    let result: Result<BookedOrder, BookingError>
    do throws(BookingError) {
      var changed = try change(before, catalogue)
      call.outcome = "ok"
      changed.order.version = before.version + 1
      changed.order.updatedAt = now
      add(changed, before: before, business, call, now, to: &writing)
      result = .success(changed.order)
    } catch {
      call.outcome = error.code.rawValue
      result = .failure(error)
    }
    _ = writing.add(InsertBookingCalls(now: now, calls: [call]))
    _ = writing.add(Commit())
    _ = try await connection.run(writing, deadline: deadline)
    return result
  }

  private func add(
    _ changed: BookingChange, before: BookedOrder, _ business: Business, _ call: BookingCall,
    _ now: Timestamp, to batch: inout PostgresBatch
  ) {
    let order = changed.order
    _ = batch.add(UpdateBooking(now: now, order: order))
    if changed.writesLines {
      _ = batch.add(DeleteLines(orderID: order.orderID))
      _ = batch.add(InsertBookedLines([order]))
    }
    if let move = changed.move {
      _ = batch.add(
        InsertBookingHistory(
          now: now,
          entries: [
            .init(
              orderID: order.orderID, previous: before.status.rawValue,
              status: move.to.rawValue, cause: move.cause, actor: "key:\(call.principal)",
              correlationID: call.correlationID)
          ]))
    }
    if let act = changed.act { _ = batch.add(RecordActs([act])) }
    if changed.freesSlot, let slot = order.slotID {
      _ = batch.add(FreeSlot(businessID: business.id, slotID: slot))
    }
    let effects = BookingEffect.all(for: business).map {
      InsertBookingEffects.Plan(
        kind: $0, orderID: order.orderID, businessID: business.id, version: order.version,
        correlationID: call.correlationID)
    }
    if !effects.isEmpty { _ = batch.add(InsertBookingEffects(now: now, plans: effects)) }
  }
}
