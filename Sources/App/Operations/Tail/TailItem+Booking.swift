import Booking
import BookingTail
import Effects
import Kit
import Ledger
import OrderSheet
import Push

extension OrderRow {
  /// Items that a cell lists; more are counted.
  static let itemsMax = 50

  init(_ order: BookedOrder) {
    var items = order.lines.prefix(Self.itemsMax).map { "\($0.quantity) x \($0.name)" }
    if order.lines.count > Self.itemsMax {
      items.append("and \(order.lines.count - Self.itemsMax) more")
    }
    self.init(
      orderID: order.orderID, date: Self.date(order.createdAt), customer: order.customerName,
      phone: order.customerPhone, items: items.joined(separator: ", "),
      totalQuantity: Int64(order.lines.totalQuantity), status: order.status.rawValue,
      source: order.source.rawValue, notes: order.notes ?? "", version: Int64(order.version))
  }

  /// `2026-11-21 08:30`, UTC.
  private static func date(_ moment: Timestamp) -> String {
    let text = moment.iso8601
    return text.prefix(10) + " " + text.dropFirst(11).prefix(5)
  }
}

extension PushMessage {
  /// Nothing about the customer is in it: whoever knows a topic reads what is sent there.
  init(_ order: BookedOrder, version: Int) {
    let what = version == 1 ? "New order" : "Order \(order.status.rawValue)"
    var body = order.lines.prefix(5).map { "\($0.quantity) x \($0.name)" }.joined(separator: ", ")
    if order.lines.count > 5 { body += ", and \(order.lines.count - 5) more" }
    if let total = order.total { body += " (\(Amount.text(total)) \(order.currency))" }
    self.init(
      id: "\(order.orderID):v\(version)", orderID: order.orderID, title: what, body: body)
  }
}

extension TailItem {
  /// - Parameter order: as it is now: a late try never shows an old state.
  init(_ effect: TailEffect, _ order: BookedOrder) {
    let payload: [UInt8]
    let kind: Kind
    switch effect.kind {
    case .syncSheet:
      kind = .sheets
      payload = OrderRow(order).json.bytes
    case .sendPush:
      kind = .push
      payload = PushPayload(PushMessage(order, version: effect.version)).json.bytes
    }
    self.init(
      id: "\(effect.effectID)", businessID: effect.businessID, kind: kind, payload: payload,
      tries: effect.sends, mayBeDone: effect.state == .unknown,
      correlationID: effect.correlationID)
  }
}
