import Cryptography
import Kit
import Mirakl
import Orders

extension IncomingOrder {
  /// Longer ones are no identifiers, and would not fit the ledger's indexes.
  private static let identifierBytesMax = 512

  private static func isIdentifier(_ text: String) -> Bool {
    (1...identifierBytesMax).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 }
  }

  /// `nil` when the order does not even tell its id.
  init?(_ order: MiraklOrder) {
    guard let id = order.orderID, Self.isIdentifier(id) else { return nil }
    var problems = order.problems
    var lines: [Line] = []
    for (index, line) in order.lines.enumerated() {
      guard let lineID = line.id, Self.isIdentifier(lineID) else {
        if line.id != nil {
          problems.append(
            FieldProblem(field: "order_lines[\(index)].order_line_id", problem: "no identifier"))
        }
        continue
      }
      let sku = line.sku.flatMap { Self.isIdentifier($0) ? $0 : nil }
      if sku == nil, line.sku != nil {
        problems.append(
          FieldProblem(field: "order_lines[\(index)].offer_sku", problem: "no identifier"))
      }
      lines.append(
        Line(
          id: lineID, index: line.index ?? index + 1, sku: sku, quantity: line.quantity,
          title: line.title, unitPrice: line.unitPrice, raw: line.raw))
    }
    self.init(
      orderID: id, state: order.state, updatedAt: order.lastUpdated, placedAt: order.created,
      shipBy: order.shippingDeadline, currency: order.currency, totalPrice: order.totalPrice,
      hasAddress: order.shippingAddress != nil, trackingNumber: order.trackingNumber,
      shippingType: order.shippingTypeCode,
      lines: lines,
      raw: order.raw, digest: SHA256.hash(order.raw), problems: problems)
  }
}
