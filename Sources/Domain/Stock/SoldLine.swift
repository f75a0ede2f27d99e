/// A line of an order, as far as the stock is concerned.
public struct SoldLine: Sendable, Equatable {
  public var id: String
  public var sku: String
  public var units: Int
  /// Hundredths, of one unit; `nil` when the order does not tell.
  public var unitPrice: Int64?
  /// What the SKU stands for; `nil` when nobody has mapped it.
  public var listing: Listing?

  public init(id: String, sku: String, units: Int, unitPrice: Int64?, listing: Listing?) {
    self.id = id
    self.sku = sku
    self.units = units
    self.unitPrice = unitPrice
    self.listing = listing
  }
}

/// What a shop's SKU stands for.
public struct Listing: Sendable, Equatable {
  public var variantID: Int64
  /// Hundredths; what we mean to sell it for.
  public var price: Int64?
  /// The bill of materials; empty when the variant has none.
  public var needs: [Need]

  public init(variantID: Int64, price: Int64? = nil, needs: [Need] = []) {
    self.variantID = variantID
    self.price = price
    self.needs = needs
  }

  public struct Need: Sendable, Equatable {
    public var componentID: Int64
    public var code: String
    public var perUnit: Int
    public var asksSerial: Bool

    public init(componentID: Int64, code: String, perUnit: Int, asksSerial: Bool = false) {
      self.componentID = componentID
      self.code = code
      self.perUnit = perUnit
      self.asksSerial = asksSerial
    }
  }
}
