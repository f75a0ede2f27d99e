import Postgres

/// What an order's line needs of one part, by the bill of materials as it was when the order was
/// taken on.
public struct OrderPart: Sendable, Equatable {
  public let orderID: String
  public let orderLineID: String
  public let lineIndex: Int
  public let componentID: Int64
  public let code: String
  public let name: String
  public let type: String
  /// Pieces in one unit of the line, and units of the line.
  public let perUnit: Int
  public let units: Int
  public let asksSerial: Bool
  /// Pieces that the line still holds in stock, and pieces that have left for it.
  public let reserved: Int64
  public let consumed: Int64
  public let variantID: Int64
  public let internalSKU: String
  public let modelName: String?
  /// Every barcode that means this part.
  public let barcodes: [String]

  public var pieces: Int { perUnit * units }
}

struct ReadOrderParts: PostgresStatement {
  static let sql = """
    select order_id, order_line_id, line_index, component_id, code, name, type, per_unit, units,
      asks_serial, reserved, consumed, variant_id, internal_sku, model_name, barcodes
    from order_parts where order_id = $1 order by line_index, order_line_id, type, code
    """
  let orderID: String
  func bind(_ b: inout PostgresBindings) { b.append(orderID) }

  static func row(_ r: PostgresRow) throws(PostgresError) -> OrderPart {
    OrderPart(
      orderID: try r.string(0), orderLineID: try r.string(1), lineIndex: try r.int(2),
      componentID: try r.int64(3), code: try r.string(4), name: try r.string(5),
      type: try r.string(6), perUnit: try r.int(7), units: try r.int(8),
      asksSerial: try r.bool(9), reserved: try r.int64(10), consumed: try r.int64(11),
      variantID: try r.int64(12), internalSKU: try r.string(13),
      modelName: try r.stringOrNil(14), barcodes: try r.stringArray(15))
  }
}
