import Kit
import Ledger
import Postgres

/// All that the page of an order shows.
struct OrderStory: Sendable {
  var row: ListedOrder
  var detail: OrderDetail
  var lines: [OrderLineSummary]
  var parcel: ParcelFacts?
  var timeline: Timeline

  /// - Returns: `nil` when we do not know the order.
  static func read(
    _ id: String, from ledger: Ledger
  ) async throws(PostgresError) -> OrderStory? {
    guard let row = try await ledger.rows(of: [id]).first,
      let detail = try await ledger.detail(of: id)
    else { return nil }
    return OrderStory(
      row: row, detail: detail, lines: try await ledger.lines(of: id),
      parcel: try await ledger.parcel(of: id), timeline: try await ledger.timeline(of: id))
  }
}
