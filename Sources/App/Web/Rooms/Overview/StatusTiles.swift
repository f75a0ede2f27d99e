import Kit
import Ledger
import Orders

/// One tile a status: together they are all orders, and the bar above them shows the shares.
struct StatusTiles: Sendable {
  /// The bar's own units; each status that has any order gets at least a visible sliver.
  private static let width = 1_000
  private static let sliver = 6

  var counts: Counts

  private var total: Int { counts.orders.values.reduce(0, +) }

  private var parts: [(status: OrderStatus, count: Int)] {
    OrderStatus.inOrderOfWork.compactMap { status in
      let count = counts.orders[status.rawValue] ?? 0
      // Nothing is ever seen as merely received, unless something is wrong.
      return status == .received && count == 0 ? nil : (status, count)
    }
  }

  func markup() -> Markup {
    Tag.section(.class("tiles-panel"), .label("Orders by status")) {
      Tag.p(.class("total")) {
        Tag.strong { Words.count(total) }
        total == 1 ? " order" : " orders"
      }
      if total > 0 { bar }
      Tag.ul(.class("tiles")) {
        for (status, count) in parts {
          Tag.li {
            Tag.a(
              .class("tile", status.tone.rawValue, count == 0 ? "zero" : ""),
              .href(Path.orders.query("status", status.rawValue))
            ) {
              Tag.strong { Words.count(count) }
              Tag.span { status.words }
            }
          }
        }
      }
    }
  }

  private var bar: Markup {
    let shown = parts.filter { $0.count > 0 }
    let free = Self.width - Self.sliver * shown.count
    var x = 0
    var pieces = Markup()
    for (i, part) in shown.enumerated() {
      let share = Int(Double(free) * Double(part.count) / Double(total)) + Self.sliver
      let width = i == shown.count - 1 ? Self.width - x : share
      let gap = i == shown.count - 1 ? 0 : 2
      pieces =
        pieces
        + Tag.rect(
          .class("share", part.status.tone.rawValue), .x(x), .width(max(1, width - gap)),
          .height(10))
      x += width
    }
    return Tag.svg(.class("bar"), .viewBox("0 0 1000 10"), .stretched, .hidden) { pieces }
  }
}
