import Cryptography

/// A label to be bought: one parcel within Canada.
public struct ShipmentRequest: Sendable, Equatable {
  /// Deterministic per parcel: the key that finds a lost purchase again (contract, section 9).
  /// Where the carrier knows no request id (no contract) it travels as customer-ref-2.
  public var requestID: String
  /// With a contract; `nil`: transmitted, so paid, at once.
  public var groupID: String?
  /// `DOM.RP`, `DOM.EP`, `DOM.XP`, `DOM.PC`, ...
  public var serviceCode: String
  public var sender: Address
  public var destination: Address
  public var parcel: Parcel
  public var options: [ShipmentOption]
  /// The marketplace's order id: printed, and the second key to find it.
  public var customerRef1: String
  public var customerRef2: String?
  public var costCentre: String?
  public var promoCode: String?
  /// `4x6` or `8.5x11`; with a contract only.
  public var outputFormat: String
  /// `PDF` or `ZPL`; with a contract only.
  public var encoding = "PDF"
  public var notification: ShipmentNotification?
  public var showsPackingInstructions = false
  /// The carrier collects the parcel.
  public var isPickedUp = false
  /// The outlet of deposit; else the sender's postal code says where.
  public var shippingPointID: String?
  /// `YYYY-MM-DD`, not in the past.
  public var mailingDate: String?
  /// Asks for the price in the answer; with a contract only.
  public var wantsPrice = false

  public init(
    requestID: String, groupID: String?, serviceCode: String, sender: Address,
    destination: Address, parcel: Parcel, options: [ShipmentOption] = [], customerRef1: String,
    customerRef2: String? = nil, outputFormat: String = "4x6"
  ) {
    self.requestID = requestID
    self.groupID = groupID
    self.serviceCode = serviceCode
    self.sender = sender
    self.destination = destination
    self.parcel = parcel
    self.options = options
    self.customerRef1 = customerRef1
    self.customerRef2 = customerRef2
    self.outputFormat = outputFormat
  }
}

extension CanadaPostClient {
  /// The same for every attempt at one parcel: `Q` and 31 hex digits of a hash, so that it also
  /// fits the narrower search of the carrier's newer API.
  public static func requestID(account: String, orderID: String, parcel: Int) -> String {
    let hash = SHA256.hex(SHA256.hash("\(account)|\(orderID)|\(parcel)".utf8))
    return "Q" + hash.prefix(31).uppercased()
  }

  /// Whether a text has the shape that `requestID` gives.
  static func isRequestID(_ text: String) -> Bool {
    let bytes = text.utf8
    return bytes.count == 32 && bytes.first == UInt8(ascii: "Q")
      && bytes.dropFirst().allSatisfy { (48...57).contains($0) || (65...70).contains($0) }
  }
}
