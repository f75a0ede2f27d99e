public import CanadaPost
import Kit
public import Mirakl
public import Orders
public import Stock

/// One shop at one marketplace, with the carrier account that its parcels are paid from.
public struct ShopSettings: Sendable {
  public var id: String
  public var name: String
  public var mirakl: MiraklAccount
  public var carrier: CanadaPostAccount
  public var parcels: ParcelSettings
  public var unknownSKUs: OrderIntake.UnknownSKUPolicy
  public var acceptance: AcceptancePolicy
  public var offers = OfferPolicy.off
  /// The marketplace's own code for Canada Post (SH21); CPCL at Best Buy Canada.
  public var carrierCode: String
  public var shipAfter: ShipAfter

  public init(
    id: String, name: String, mirakl: MiraklAccount, carrier: CanadaPostAccount,
    parcels: ParcelSettings, unknownSKUs: OrderIntake.UnknownSKUPolicy = .auto,
    acceptance: AcceptancePolicy = .acceptAlways,
    carrierCode: String = "CPCL", shipAfter: ShipAfter = .label
  ) {
    self.id = id
    self.name = name
    self.mirakl = mirakl
    self.carrier = carrier
    self.parcels = parcels
    self.unknownSKUs = unknownSKUs
    self.acceptance = acceptance
    self.carrierCode = carrierCode
    self.shipAfter = shipAfter
  }
}

/// How a shop's parcels are sent when the catalogue does not say.
public struct ParcelSettings: Sendable {
  public var sender: Address
  public var weightGrams: Int
  public var lengthMM: Int
  public var widthMM: Int
  public var heightMM: Int
  public var serviceCode: String
  /// For orders whose shipping type is express (`E` at Best Buy Canada).
  public var expressServiceCode: String
  public var expressTypes: Set<String>
  public var groupPrefix: String

  public init(
    sender: Address, weightGrams: Int = 2_500, lengthMM: Int = 400, widthMM: Int = 300,
    heightMM: Int = 80, serviceCode: String = "DOM.EP", expressServiceCode: String = "DOM.XP",
    expressTypes: Set<String> = ["E"], groupPrefix: String = "QS"
  ) {
    self.sender = sender
    self.weightGrams = weightGrams
    self.lengthMM = lengthMM
    self.widthMM = widthMM
    self.heightMM = heightMM
    self.serviceCode = serviceCode
    self.expressServiceCode = expressServiceCode
    self.expressTypes = expressTypes
    self.groupPrefix = groupPrefix
  }
}
