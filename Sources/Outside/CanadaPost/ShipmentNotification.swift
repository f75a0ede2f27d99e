/// Mails of the carrier about a parcel.
public struct ShipmentNotification: Sendable, Equatable {
  public var email: String
  public var onShipment: Bool
  public var onException: Bool
  public var onDelivery: Bool

  public init(
    email: String, onShipment: Bool = true, onException: Bool = true, onDelivery: Bool = true
  ) {
    self.email = email
    self.onShipment = onShipment
    self.onException = onException
    self.onDelivery = onDelivery
  }
}
