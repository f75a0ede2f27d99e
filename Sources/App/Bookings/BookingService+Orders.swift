public import Booking
import Cryptography
import Kit
public import Ledger
public import People
import Postgres

/// What of a booking is to be other.
public struct BookingEdit: Sendable {
  public var lines: [RequestedLine]?
  public var customerName: String?
  public var customerPhone: String?
  public var notes: String?

  public init(
    lines: [RequestedLine]? = nil, customerName: String? = nil, customerPhone: String? = nil,
    notes: String? = nil
  ) {
    self.lines = lines
    self.customerName = customerName
    self.customerPhone = customerPhone
    self.notes = notes
  }
}

/// Bookings that exist.
extension BookingService {
  /// An agent's key sees only what it booked.
  public func order(_ id: String, by caller: Caller) async throws(BookingError) -> BookedOrder {
    try caller.principal.require(.read)
    let found = try await asking { () async throws(PostgresError) in
      try await ledger.booking(id, of: caller.principal.businessID)
    }
    guard let found, caller.principal.kind == .staff || found.principal == caller.principal.keyID
    else { throw .notFound("order") }
    return found
  }

  public func moves(
    of id: String, by caller: Caller
  ) async throws(BookingError) -> [BookingMove] {
    let order = try await order(id, by: caller)
    return try await asking { () async throws(PostgresError) in
      try await ledger.moves(of: order.orderID)
    }
  }

  public func orders(
    _ filter: BookingFilter, by caller: Caller
  ) async throws(BookingError) -> [BookedOrder] {
    try caller.principal.require(.read)
    var filter = filter
    filter.businessID = caller.principal.businessID
    if caller.principal.kind == .agent { filter.principal = caller.principal.keyID }
    let wanted = filter
    return try await asking { () async throws(PostgresError) in
      try await ledger.bookings(wanted)
    }
  }

  /// Moves an order to another status: the one way.
  /// - Parameter act: written into the audit trail together with the move.
  public func move(
    _ id: String, to status: BookingStatus, reason: String?, expecting: Expectation = .any,
    by caller: Caller, recording act: Act? = nil
  ) async throws(BookingError) -> BookedOrder {
    try await change(id, "move_order", expecting: expecting, by: caller) {
      (order, _) throws(BookingError) in
      let next = try order.status.moved(to: status)
      var changed = BookingChange(order)
      changed.order.status = next
      changed.move = (next, reason ?? "moved")
      changed.freesSlot = next == .cancelled
      changed.act = act
      return changed
    }
  }

  /// Changes what is ordered or for whom, while that can still be done.
  public func edit(
    _ id: String, _ edit: BookingEdit, expecting: Expectation = .any, by caller: Caller
  ) async throws(BookingError) -> BookedOrder {
    let business = try await business(caller.principal.businessID)
    let ids = edit.lines?.compactMap(\.itemID) ?? []
    return try await change(id, "edit_order", items: ids, expecting: expecting, by: caller) {
      (order, items) throws(BookingError) in
      guard order.status.isEditable else {
        throw BookingError(
          .invalidOrderState, "an order that is \(order.status.rawValue) can no longer be edited",
          details: [("current_status", .string(order.status.rawValue))])
      }
      var changed = BookingChange(order)
      if let lines = edit.lines {
        let booked = try Self.lines(lines, items, business)
        changed.order = BookedOrder(replacing: booked, of: order)
        changed.writesLines = true
      }
      if let name = edit.customerName { changed.order.customerName = name }
      if let phone = edit.customerPhone { changed.order.customerPhone = phone }
      if let notes = edit.notes { changed.order.notes = notes.isEmpty ? nil : notes }
      return changed
    }
  }

  private static func lines(
    _ wanted: [RequestedLine], _ items: [String: CatalogueItem], _ business: Business
  ) throws(BookingError) -> [BookedLine] {
    var problems: [InputProblem] = []
    var lines: [BookedLine] = []
    for (i, line) in wanted.enumerated() {
      if business.hasCatalogue {
        guard let item = line.itemID.flatMap({ items[$0] }), item.isActive else {
          problems.append(.init("$.items[\(i)].id", .notAllowed, "is not in the catalogue"))
          continue
        }
        lines.append(
          BookedLine(
            itemID: item.id, name: item.name, quantity: line.quantity, unitPrice: item.unitPrice))
      } else if let name = line.name {
        lines.append(BookedLine(itemID: nil, name: name, quantity: line.quantity, unitPrice: nil))
      } else {
        problems.append(.init("$.items[\(i)].name", .missing, "is required"))
      }
    }
    guard problems.isEmpty else {
      throw BookingError(.unknownItem, "not all items are known", problems: problems)
    }
    return lines
  }

  private func change(
    _ id: String, _ operation: String, items: [String] = [], expecting: Expectation,
    by caller: Caller,
    _ body: @Sendable (BookedOrder, [String: CatalogueItem]) throws(BookingError) -> BookingChange
  ) async throws(BookingError) -> BookedOrder {
    try caller.principal.require(.write)
    let business = try await business(caller.principal.businessID)
    let before = try await order(id, by: caller)
    let result = try await asking { () async throws(PostgresError) in
      try await ledger.changeBooking(
        id, business: business, items: items, call: caller.call(operation, order: id)
      ) { (order, items) throws(BookingError) in
        try expecting.require(order.version, state: [("current", order.json)])
        return try body(order, items)
      }
    }
    guard let result else { throw .notFound("order") }
    let after = try result.get()
    if after.status != before.status {
      events.orderStatusChanged(id, from: before.status, to: after.status)
    }
    return after
  }
}

extension BookedOrder {
  init(replacing lines: [BookedLine], of order: BookedOrder) {
    self = order
    self.lines = lines
    total = lines.total
  }
}
