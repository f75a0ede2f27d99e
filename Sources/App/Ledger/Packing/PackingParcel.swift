public import Packing
public import Postgres

/// An order's label and how far the bench is with it, whoever asks.
public struct PackingParcel: Sendable {
  public var shopID: String
  public var standing: OrderStanding
  public var label: StoredLabel?
  /// The order's session that was opened last.
  public var latest: PackingSession?
}

extension Ledger {
  /// - Returns: `nil` when we do not know the order.
  public func packingParcel(of orderID: String) async throws(PostgresError) -> PackingParcel? {
    var batch = PostgresBatch()
    let standings = batch.add(ReadStanding(orderID: orderID, session: nil))
    let sessions = batch.add(ReadPackingSessions(session: nil, orderID: orderID))
    let results = try await pool.run(batch, deadline: limits.queryDeadline)
    guard let row = try results[standings].first else { return nil }
    return PackingParcel(
      shopID: row.shopID, standing: row.standing, label: row.label,
      latest: try results[sessions].first?.session)
  }
}
