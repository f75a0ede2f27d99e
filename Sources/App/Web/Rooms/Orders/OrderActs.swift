import Booking
import Bookings
import HTTP
import Kit
import Ledger
import Operations
import PackingBench
import People

/// What the forms of an order's page do.
enum OrderActs {
  static func hold(_ visit: Visit) async throws -> HTTPResponse {
    let reason = try visit.form.text("reason", "The reason", max: OrderActions.reasonMax)
    return try await act(visit, said: "Held: nothing more goes out until somebody releases it.") {
      try await visit.services.desk.hold(visit["order"], reason: reason, by: visit.actor)
    }
  }

  static func release(_ visit: Visit) async throws -> HTTPResponse {
    try await act(visit, said: "Released: what was kept back goes on now.") {
      try await visit.services.desk.release(visit["order"], by: visit.actor)
    }
  }

  static func retry(_ visit: Visit) async throws -> HTTPResponse {
    try await act(visit, said: "Set going again.") {
      _ = try await visit.services.desk.retry(visit["order"], by: visit.actor)
    }
  }

  static func accept(_ visit: Visit) async throws -> HTTPResponse {
    try await act(visit, said: "It is accepted as it is; the story below tells how it went.") {
      try await visit.services.desk.acceptAnyway(visit["order"], by: visit.actor)
    }
  }

  static func cancel(_ visit: Visit) async throws -> HTTPResponse {
    let reason = try visit.form.text("reason", "The reason", max: OrderActions.reasonMax)
    return try await act(
      visit, said: "The marketplace is being told; the story below tells how it went."
    ) {
      try await visit.services.desk.cancel(visit["order"], reason: reason, by: visit.actor)
    }
  }

  static func void(_ visit: Visit) async throws -> HTTPResponse {
    try await act(visit, said: "The label will be voided; the story below tells how it went.") {
      try await visit.services.desk.void(visit["order"], by: visit.actor)
    }
  }

  /// A booking goes to its next status, through the one service that may move it.
  static func move(_ visit: Visit) async throws -> HTTPResponse {
    guard let status = BookingStatus(rawValue: visit["status"]) else {
      throw PageProblem.unclear("A booking has no status “\(visit["status"])”.")
    }
    guard let row = try await visit.ledger.rows(of: [visit["order"]]).first,
      row.channel == "booking"
    else { throw PageProblem.notFound("We do not know a booking “\(visit["order"])”.") }
    let principal = Principal(
      keyID: visit.actor.signature, businessID: row.shopID, kind: .staff,
      scopes: Set(Scope.allCases))
    let caller = Caller(principal: principal, correlationID: UUIDv7.make().text)
    return try await act(visit, said: "The booking is \(status.rawValue).") {
      do throws(BookingError) {
        _ = try await visit.services.bookings.move(
          row.orderID, to: status, reason: visit.form["reason"], by: caller,
          recording: visit.act("booking.move", on: "order:" + row.orderID, status.rawValue))
      } catch {
        throw PageProblem.refused("\(error.message).")
      }
    }
  }

  private static func act(
    _ visit: Visit, said: String, _ body: () async throws -> Void
  ) async throws -> HTTPResponse {
    do { try await body() } catch let refusal as Desk.Refusal {
      throw PageProblem.refused("Sorry: \(refusal.description).")
    }
    return try await visit.done(.order(visit["order"]), said)
  }

  // MARK: The label

  /// Somebody prints: that is written down, then the file is shown.
  static func print(_ visit: Visit) async throws -> HTTPResponse {
    _ = try await label(visit)
    try await visit.ledger.record(visit.act("label.print", on: "order:" + visit["order"]))
    return .redirect(to: Path.order(visit["order"]).segment("label.pdf"))
  }

  /// The bytes that were stored when the label was bought: showing it never buys anything.
  static func label(_ visit: Visit) async throws -> HTTPResponse {
    try await .label { try await visit.services.packing.label(ofOrder: visit["order"]) }
  }
}
