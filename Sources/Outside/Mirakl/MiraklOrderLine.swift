public import Kit

/// A line of an order: accepted or refused whole.
public struct MiraklOrderLine: Sendable {
  public var value: JSONValue
  /// Opaque; never derived from the order's id.
  public var id: String?
  /// From 1.
  public var index: Int?
  /// The seller's own SKU: the key to the catalogue.
  public var sku: String?
  public var quantity: Int?
  public var title: String?
  /// Decimal text.
  public var unitPrice: String?
  /// Decimal text: of the line, without shipping.
  public var price: String?
  /// The order's states and some more.
  public var state: String?
  /// Pieces of each cancelation, where it tells them: a line is taken back whole or in part.
  public var cancelations: [Int?]
  /// As with the cancelations; here the marketplace means the pieces as information only.
  public var refunds: [Int?]

  public init(_ value: JSONValue) {
    self.value = value
    id = value["order_line_id"]?.text
    index = value["order_line_index"]?.int.flatMap { Int(exactly: $0) }
    sku = value["offer_sku"]?.text
    quantity = value["quantity"]?.int.flatMap { Int(exactly: $0) }
    title = value["product_title"]?.string
    unitPrice = value["price_unit"]?.decimal
    price = value["price"]?.decimal
    state = value["order_line_state"]?.text
    cancelations = Self.pieces(value["cancelations"])
    refunds = Self.pieces(value["refunds"])
  }

  private static func pieces(_ list: JSONValue?) -> [Int?] {
    (list?.elements ?? []).map { $0["quantity"]?.int.flatMap { Int(exactly: $0) } }
  }

  /// The untouched source of the line.
  public var raw: [UInt8] { Array(value.rawBytes) }
}
