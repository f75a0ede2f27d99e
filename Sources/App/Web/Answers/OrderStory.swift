import Kit
import Ledger
import Orders
import Postgres

/// All that the page of an order shows.
struct OrderStory: Sendable {
  var order: OrderSummary
  var lines: [OrderLineSummary]
  var parcel: ParcelFacts?
  var timeline: [TimelineEntry]

  /// - Returns: `nil` when we do not know the order.
  static func read(
    _ id: String, from ledger: Ledger
  ) async throws(PostgresError) -> OrderStory? {
    guard let facts = try await ledger.facts(of: [id]).first,
      let order = try await summary(id, from: ledger)
    else { return nil }
    return OrderStory(
      order: order, lines: try await ledger.lines(of: id), parcel: facts.parcel,
      timeline: try await ledger.timeline(of: id))
  }

  /// The ledger searches by beginnings, with LIKE: wildcards are quoted, longer ids skipped.
  private static func summary(
    _ id: String, from ledger: Ledger
  ) async throws(PostgresError) -> OrderSummary? {
    var pattern = ""
    for scalar in id.unicodeScalars {
      if scalar == "\\" || scalar == "%" || scalar == "_" { pattern += "\\" }
      pattern.unicodeScalars.append(scalar)
    }
    return try await ledger.orders(OrderFilter(search: pattern, limit: 200))
      .first { $0.orderID == id }
  }
}
