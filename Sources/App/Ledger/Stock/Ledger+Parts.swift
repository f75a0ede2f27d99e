public import Postgres

extension Ledger {
  /// What the order's lines need, in the order of its lines; empty for an order whose SKUs have no
  /// bill of materials.
  public func parts(of orderID: String) async throws(PostgresError) -> [OrderPart] {
    try await pool.query(ReadOrderParts(orderID: orderID), deadline: limits.queryDeadline)
  }

  /// The part that a barcode means; `nil` when it means none.
  public func part(barcode: String) async throws(PostgresError) -> ScannedPart? {
    try await pool.query(ReadBarcode(barcode: barcode), deadline: limits.queryDeadline).first
  }
}
