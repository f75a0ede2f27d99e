import Kit
import Ledger
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
    guard let order = try await ledger.order(id) else { return nil }
    return OrderStory(
      order: order, lines: try await ledger.lines(of: id), parcel: try await ledger.parcel(of: id),
      timeline: try await ledger.timeline(of: id))
  }
}
