/// Something extra for a parcel: a signature, coverage, a card for pickup.
public struct ShipmentOption: Sendable, Equatable {
  /// `DC`, `SO`, `COV`, `COD`, `HFP`, `DNS`, `LAD`, `D2PO`, ...
  public var code: String
  /// Decimal text in dollars, more than 0: of `COV` and `COD`.
  public var amount: String?
  public var qualifier1: Bool?
  /// The office of `D2PO`.
  public var qualifier2: String?

  public init(
    code: String, amount: String? = nil, qualifier1: Bool? = nil, qualifier2: String? = nil
  ) {
    self.code = code
    self.amount = amount
    self.qualifier1 = qualifier1
    self.qualifier2 = qualifier2
  }

  /// Pairs that the carrier refuses together (contract, section 11).
  static let conflicts: [(String, String)] = [
    ("LAD", "SO"), ("LAD", "COD"), ("D2PO", "COD"), ("D2PO", "LAD"), ("D2PO", "HFP"),
    ("D2PO", "DNS"),
  ]
}
