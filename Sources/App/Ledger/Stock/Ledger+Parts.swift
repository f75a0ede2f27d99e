public import Postgres

extension Ledger {
  /// What the order's lines need, in the order of its lines; empty for an order whose SKUs have no
  /// bill of materials.
  public func parts(of orderID: String) async throws(PostgresError) -> [OrderPart] {
    try await pool.query(ReadOrderParts(orderID: orderID), deadline: limits.queryDeadline)
  }

  public func shopID(of orderID: String) async throws(PostgresError) -> String? {
    try await pool.query(ReadOrderShop(orderID: orderID), deadline: limits.queryDeadline).first
  }

  /// The part that a barcode means; `nil` when it means none.
  public func part(barcode: String) async throws(PostgresError) -> ScannedPart? {
    try await pool.query(ReadBarcode(barcode: barcode), deadline: limits.queryDeadline).first
  }
}

struct ReadOrderShop: PostgresStatement {
  static let sql = "select shop_id from orders where order_id = $1"
  let orderID: String
  func bind(_ b: inout PostgresBindings) { b.append(orderID) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> String { try r.string(0) }
}
