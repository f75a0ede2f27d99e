import Kit
import Ledger
import Orders

extension OrderSummary {
  /// What a person has to look at, in words; `nil` when nothing.
  var trouble: String? {
    parkedReason ?? needs.map(Words.need)
      ?? (status == .acceptanceFailed ? "The rules for accepting it ran out." : nil)
  }

  /// The next moment by which something has to have happened.
  var nextDue: (what: String, at: Timestamp)? {
    switch status {
    case .received, .parked, .pendingAcceptance, .acceptanceFailed:
      acceptBy.map { ("accept by", $0) }
    case .accepted, .labelCreated: shipBy.map { ("ship by", $0) }
    case .shipped, .cancelled: nil
    }
  }

  var price: String? { totalPrice.map { [$0, currency].compactMap { $0 }.joined(separator: " ") } }
}

/// Orders as lists show them.
struct OrdersTable: Sendable {
  var moments: Moments
  var caption: String

  func markup(_ orders: [OrderSummary]) -> Markup {
    Table<OrderSummary>(
      caption: caption, kind: "orders",
      columns: [
        .init("Order") { order in
          Parts.orderLink(order.orderID) + Tag.small { order.shopID }
        },
        .init("Status") { order in
          Parts.badge(order.status)
            + (order.trouble.map { why in Tag.small(.class("why")) { why } } ?? Markup())
        },
        .init("Came in") { moments.pair($0.createdAt) },
        .init("Next") { due($0) },
        .init("Tracking") { order in
          order.trackingPIN.map { pin in Tag.code { pin } } ?? Markup()
        },
        .init("Total", isNumber: true) { Markup($0.price ?? "") },
      ],
      isTrouble: { $0.trouble != nil }
    ).markup(orders)
  }

  private func due(_ order: OrderSummary) -> Markup {
    guard let (what, at) = order.nextDue else { return Markup() }
    let isLate = moments.isPast(at)
    return moments.markup(at)
      + Tag.small(isLate ? .class("why") : nil) {
        isLate ? "late: \(what) \(moments.distance(at))" : "\(what), \(moments.distance(at))"
      }
  }
}
