import CanadaPost
import Kit
import Ledger
import Mirakl
import Orders

extension ShipmentRequest {
  /// What a shop sends for an order: the catalogue's weight and size where it knows them, else the
  /// shop's defaults; the order id as `customer-ref-1`, the second key to find it again.
  static func make(
    shop: ShopSettings, order: IncomingOrder, destination: Address, parcel: ParcelFacts,
    facts: OrderFacts
  ) -> ShipmentRequest {
    let size =
      facts.dimensionsMM ?? [shop.parcels.lengthMM, shop.parcels.widthMM, shop.parcels.heightMM]
    let isExpress = order.shippingType.map(shop.parcels.expressTypes.contains) ?? false
    let service = isExpress ? shop.parcels.expressServiceCode : shop.parcels.serviceCode
    return ShipmentRequest(
      requestID: parcel.requestID, groupID: parcel.groupID, serviceCode: service,
      sender: shop.parcels.sender, destination: destination,
      parcel: Parcel(
        weightGrams: facts.weightGrams ?? shop.parcels.weightGrams, lengthMM: size[0],
        widthMM: size[1], heightMM: size[2]),
      customerRef1: order.orderID)
  }
}

extension Address {
  /// The shipping address of an order as the marketplace wrote it, in the carrier's terms.
  static func destination(inRawOrder raw: [UInt8]) -> Address? {
    guard let value = try? JSONValue.parse(raw),
      let address = MiraklOrder.shippingAddress(in: value)
    else { return nil }
    let name = [address.firstName, address.lastName].compactMap(\.self).joined(separator: " ")
    let phone = address.phone ?? address.phoneSecondary
    return Address.normalized(
      name: name, company: address.company, additional: address.additionalInfo,
      line1: address.street1, line2: address.street2, city: address.city,
      province: address.state, postalCode: address.zipCode,
      country: address.countryISOCode ?? address.country, phone: phone)
  }
}

extension Finding.Purchase {
  init(_ info: ShipmentInfo) {
    self.init(
      carrierID: info.shipmentID, pin: info.trackingPIN,
      labelURL: info.link("label")?.href, labelType: info.link("label")?.mediaType,
      selfURL: info.link("self")?.href, refundURL: info.link("refund")?.href)
  }
}

extension IncomingOrder {
  /// The order as the ledger keeps it.
  static func stored(_ raw: [UInt8]) -> IncomingOrder? {
    guard let value = try? JSONValue.parse(raw) else { return nil }
    return IncomingOrder(MiraklOrder(value))
  }
}
