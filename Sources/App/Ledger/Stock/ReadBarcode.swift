import Postgres

/// The part that a barcode means.
struct ReadBarcode: PostgresStatement {
  static let sql = """
    select c.id, c.code, c.name, c.type, c.asks_serial
    from component_barcodes b join components c on c.id = b.component_id where b.barcode = $1
    """
  let barcode: String
  func bind(_ b: inout PostgresBindings) { b.append(barcode) }

  static func row(_ r: PostgresRow) throws(PostgresError) -> ScannedPart {
    ScannedPart(
      componentID: try r.int64(0), code: try r.string(1), name: try r.string(2),
      type: try r.string(3), asksSerial: try r.bool(4))
  }
}
