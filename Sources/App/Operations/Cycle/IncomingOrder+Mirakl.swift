import Cryptography
import Kit
import Mirakl
import Orders

extension IncomingOrder {
  /// `nil` when the order does not even tell its id.
  init?(_ order: MiraklOrder) {
    guard let id = order.orderID, !id.isEmpty else { return nil }
    self.init(
      orderID: id, state: order.state, updatedAt: order.lastUpdated, placedAt: order.created,
      shipBy: order.shippingDeadline, currency: order.currency, totalPrice: order.totalPrice,
      hasAddress: order.shippingAddress != nil, trackingNumber: order.trackingNumber,
      shippingType: order.shippingTypeCode,
      lines: order.lines.enumerated().compactMap { index, line in
        guard let lineID = line.id, !lineID.isEmpty else { return nil }
        return Line(
          id: lineID, index: line.index ?? index + 1, sku: line.sku, quantity: line.quantity,
          title: line.title, unitPrice: line.unitPrice, raw: line.raw)
      },
      raw: order.raw, digest: SHA256.hash(order.raw), problems: order.problems)
  }
}
