/// A listing's SKU, to what we call it.
public struct MappingDraft: Sendable, Equatable {
  public var shopSKU: String
  /// Empty: every shop.
  public var shopID: String
  public var internalSKU: String
  /// Hundredths; `nil` keeps what is there.
  public var price: Int64?
  /// Units kept back from the marketplace.
  public var buffer: Int?

  public init(
    shopSKU: String, shopID: String = "", internalSKU: String, price: Int64? = nil,
    buffer: Int? = nil
  ) {
    self.shopSKU = shopSKU
    self.shopID = shopID
    self.internalSKU = internalSKU
    self.price = price
    self.buffer = buffer
  }
}
