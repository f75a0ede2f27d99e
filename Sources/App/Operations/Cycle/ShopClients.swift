public import CanadaPost
public import Mirakl

/// The outside world of one shop.
public struct ShopClients: Sendable {
  public var settings: ShopSettings
  public var mirakl: MiraklClient
  public var carrier: CanadaPostClient

  public init(settings: ShopSettings, mirakl: MiraklClient, carrier: CanadaPostClient) {
    self.settings = settings
    self.mirakl = mirakl
    self.carrier = carrier
  }
}
