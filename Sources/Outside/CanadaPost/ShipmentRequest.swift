import Cryptography
import Kit

public struct Parcel: Sendable, Equatable {
  public var weightGrams: Int
  public var lengthMM: Int
  public var widthMM: Int
  public var heightMM: Int

  public init(weightGrams: Int, lengthMM: Int, widthMM: Int, heightMM: Int) {
    self.weightGrams = weightGrams
    self.lengthMM = lengthMM
    self.widthMM = widthMM
    self.heightMM = heightMM
  }
}

public struct ShipmentOption: Sendable, Equatable {
  public var code: String
  /// Decimal text.
  public var amount: String?

  public init(code: String, amount: String? = nil) {
    self.code = code
    self.amount = amount
  }
}

/// A label to be bought.
public struct ShipmentRequest: Sendable, Equatable {
  /// Deterministic per parcel: the key that finds a lost purchase again (contract, section 9).
  public var requestID: String
  /// `nil`: transmitted, so paid, at once.
  public var groupID: String?
  public var serviceCode: String
  public var sender: Address
  public var destination: Address
  public var parcel: Parcel
  public var options: [ShipmentOption]
  /// The marketplace's order id: printed, and the second key to find it.
  public var customerRef1: String
  public var outputFormat: String

  public init(
    requestID: String, groupID: String?, serviceCode: String, sender: Address,
    destination: Address, parcel: Parcel, options: [ShipmentOption] = [], customerRef1: String,
    outputFormat: String = "4x6"
  ) {
    self.requestID = requestID
    self.groupID = groupID
    self.serviceCode = serviceCode
    self.sender = sender
    self.destination = destination
    self.parcel = parcel
    self.options = options
    self.customerRef1 = customerRef1
    self.outputFormat = outputFormat
  }
}

extension CanadaPostClient {
  /// The same for every attempt at one parcel: `Q` and 31 hex digits of a hash, so that it also fits
  /// the narrower search of the carrier's newer API.
  public static func requestID(account: String, orderID: String, parcel: Int) -> String {
    let hash = SHA256.hex(SHA256.hash(Array("\(account)|\(orderID)|\(parcel)".utf8)))
    return "Q" + hash.prefix(31).uppercased()
  }
}
