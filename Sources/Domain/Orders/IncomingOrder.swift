public import Kit

/// An order as the marketplace just showed it, read leniently: everything may be missing but the id.
/// An object, since it is handed on from the answer to the statement that writes it.
public final class IncomingOrder: Sendable {
  public let orderID: String
  public let state: String?
  public let updatedAt: Timestamp?
  public let placedAt: Timestamp?
  public let shipBy: Timestamp?
  public let currency: String?
  /// Decimal text, untouched.
  public let totalPrice: String?
  public let hasAddress: Bool
  public let trackingNumber: String?
  /// The marketplace's shipping type code; `E` is express at Best Buy Canada.
  public let shippingType: String?
  public let lines: [Line]
  /// The untouched bytes of the order in the marketplace's answer.
  public let raw: [UInt8]
  /// SHA-256 of `raw`.
  public let digest: [UInt8]
  /// Mandatory fields that are missing or of a wrong type.
  public let problems: [FieldProblem]

  public struct Line: Sendable {
    public var id: String
    public var index: Int
    public var sku: String?
    public var quantity: Int?
    public var title: String?
    public var unitPrice: String?
    /// In words, what the marketplace shows as cancelled, refused or refunded of it: the same words for
    /// the same facts. `nil` when nothing is.
    public var takenBack: String?
    public var raw: [UInt8]

    public init(
      id: String, index: Int, sku: String?, quantity: Int?, title: String?, unitPrice: String?,
      takenBack: String? = nil, raw: [UInt8]
    ) {
      self.id = id
      self.index = index
      self.sku = sku
      self.quantity = quantity
      self.title = title
      self.unitPrice = unitPrice
      self.takenBack = takenBack
      self.raw = raw
    }
  }

  public init(
    orderID: String, state: String?, updatedAt: Timestamp?, placedAt: Timestamp?,
    shipBy: Timestamp?, currency: String?, totalPrice: String?, hasAddress: Bool,
    trackingNumber: String?, shippingType: String? = nil, lines: [Line], raw: [UInt8],
    digest: [UInt8],
    problems: [FieldProblem]
  ) {
    self.orderID = orderID
    self.state = state
    self.updatedAt = updatedAt
    self.placedAt = placedAt
    self.shipBy = shipBy
    self.currency = currency
    self.totalPrice = totalPrice
    self.hasAddress = hasAddress
    self.trackingNumber = trackingNumber
    self.shippingType = shippingType
    self.lines = lines
    self.raw = raw
    self.digest = digest
    self.problems = problems
  }
}
