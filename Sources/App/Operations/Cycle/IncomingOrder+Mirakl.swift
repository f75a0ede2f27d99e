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
  convenience init?(_ order: MiraklOrder) {
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
          title: line.title, unitPrice: line.unitPrice, takenBack: line.takenBack, raw: line.raw))
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

extension MiraklOrderLine {
  /// What was cancelled, refused or refunded of it, in words that stay the same while nothing more is.
  var takenBack: String? {
    switch state {
    case "CANCELED", "CANCELLED": return "cancelled"
    case "REFUSED": return "refused"
    case "REFUNDED", "WAITING_REFUND", "WAITING_REFUND_PAYMENT": return "refunded"
    default: break
    }
    let parts = [Self.part(cancelations, "cancelled"), Self.part(refunds, "refunded")]
    let words = parts.compactMap { $0 }.joined(separator: ", ")
    return words.isEmpty ? nil : words
  }

  private static func part(_ entries: [Int?], _ how: String) -> String? {
    guard !entries.isEmpty else { return nil }
    let pieces = entries.reduce(0) { $0 &+ ($1 ?? 0) }
    guard pieces > 0 else { return "\(how) in part" }
    return pieces == 1 ? "1 piece \(how)" : "\(pieces) pieces \(how)"
  }
}
