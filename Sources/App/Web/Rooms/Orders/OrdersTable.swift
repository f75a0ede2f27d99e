import Kit
import Ledger

/// Orders as lists show them.
struct OrdersTable: Sendable {
  var moments: Moments
  var caption: String

  func markup(_ orders: [ListedOrder]) -> Markup {
    Table<ListedOrder>(
      caption: caption, kind: "orders",
      columns: [
        .init("Order") { order in
          Parts.orderLink(order.orderID) + Tag.small { order.shopName }
        },
        .init("Status") { order in
          order.state.badge + (order.isHeld ? Parts.badge("Held", .warn) : Markup())
            + (order.trackingPIN.map { pin in Tag.small { Tag.code { pin } } } ?? Markup())
            + (order.trouble.map { why in Tag.small(.class("why")) { why } } ?? Markup())
        },
        .init("What") { order in
          Markup(order.title ?? "")
            + (order.lines > 1
              ? Tag.small { "and \(Words.count(order.lines - 1)) more" } : Markup())
        },
        .init("Next") { next($0) },
        .init("Came in") { moments.pair($0.createdAt) },
        .init("Total", isNumber: true) { Markup($0.price ?? "") },
      ],
      isTrouble: { $0.trouble != nil }
    ).markup(orders)
  }

  private func next(_ order: ListedOrder) -> Markup {
    guard let (what, at) = Clock.next(of: order) else { return Markup() }
    return Clock(moments: moments).chip(at) + Tag.small { "to \(what)" }
  }
}
