/// What a transaction's decisions about orders mean for the stock.
public struct StockChanges: Sendable {
  /// Parts that orders take on: frozen on their lines, and held from now on.
  public var taken: [TakenPart] = []
  /// Orders that let go of what they hold.
  public var released: [String] = []
  /// Orders whose parts have left.
  public var shipped: [String] = []

  public init() {}

  public var isEmpty: Bool { taken.isEmpty && released.isEmpty && shipped.isEmpty }
}

/// One part of an order's line, by the bill of materials of the moment.
public struct TakenPart: Sendable, Equatable {
  public var orderID: String
  public var orderLineID: String
  public var componentID: Int64
  public var variantID: Int64
  public var perUnit: Int
  public var units: Int
  public var asksSerial: Bool

  public init(
    orderID: String, orderLineID: String, componentID: Int64, variantID: Int64, perUnit: Int,
    units: Int, asksSerial: Bool
  ) {
    self.orderID = orderID
    self.orderLineID = orderLineID
    self.componentID = componentID
    self.variantID = variantID
    self.perUnit = perUnit
    self.units = units
    self.asksSerial = asksSerial
  }
}
