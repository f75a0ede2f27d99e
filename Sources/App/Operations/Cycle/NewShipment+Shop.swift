import CanadaPost
import Kit
import Ledger
import Orders

extension NewShipment {
  /// The row that is committed before the purchase: its request id is the same for every attempt.
  static func planned(
    for order: OrderSnapshot, shop: ShopSettings, generation: Int, at now: Timestamp
  ) -> NewShipment {
    let isContract = shop.carrier.canVoid
    return NewShipment(
      orderID: order.orderID,
      requestID: CanadaPostClient.requestID(
        account: shop.carrier.customerNumber, orderID: order.orderID, parcel: generation),
      accountKind: isContract ? "contract" : "non_contract",
      // One group an hour: a group holds 5,000 shipments at most (message 9110).
      groupID: isContract ? "\(shop.parcels.groupPrefix)-\(now.iso8601.prefix(13))" : nil)
  }
}
