import Ledger

/// One tile a status: together they are all orders of a channel, and the bar above shows the shares.
struct StatusTiles: Sendable {
  /// The bar's own units; each status that has any order gets at least a visible sliver.
  private static let width = 1_000
  private static let sliver = 6

  var situation: Situation

  func markup() -> Markup {
    let bookings = situation.orders["booking"] ?? [:]
    return Tag.section(.class("tiles-panel"), .label("Orders by status")) {
      channel("Marketplace", "marketplace", StatusWords.marketplace)
      if !bookings.isEmpty { channel("Bookings", "booking", StatusWords.booking) }
    }
  }

  @MarkupBuilder private func channel(
    _ name: String, _ channel: String, _ statuses: [StatusWords]
  ) -> Markup {
    let counts = situation.orders[channel] ?? [:]
    let total = counts.values.reduce(0, +)
    let parts = statuses.compactMap { state -> (StatusWords, Int)? in
      let count = counts[state.status] ?? 0
      // Nothing is ever seen as merely received, unless something is wrong.
      return state.status == "received" && count == 0 ? nil : (state, count)
    }
    Tag.p(.class("total")) {
      Tag.strong { Words.count(total) }
      total == 1 ? " order" : " orders"
      " · \(name)"
    }
    if total > 0 { bar(parts.filter { $0.1 > 0 }, total) }
    Tag.ul(.class("tiles")) {
      for (state, count) in parts {
        Tag.li {
          Tag.a(
            .class("tile", state.tone.rawValue, count == 0 ? "zero" : ""),
            .href(
              Path.orders.query("status", state.status)
                .query("channel", channel == "booking" ? channel : nil))
          ) {
            Tag.strong { Words.count(count) }
            Tag.span { state.words }
          }
        }
      }
    }
  }

  private func bar(_ shown: [(StatusWords, Int)], _ total: Int) -> Markup {
    let free = Self.width - Self.sliver * shown.count
    var x = 0
    var pieces = Markup()
    for (i, (state, count)) in shown.enumerated() {
      let share = Int(Double(free) * Double(count) / Double(total)) + Self.sliver
      let width = i == shown.count - 1 ? Self.width - x : share
      let gap = i == shown.count - 1 ? 0 : 2
      pieces =
        pieces
        + Tag.rect(
          .class("share", state.tone.rawValue), .x(x), .width(max(1, width - gap)), .height(10))
      x += width
    }
    return Tag.svg(.class("bar"), .viewBox("0 0 1000 10"), .stretched, .hidden) { pieces }
  }
}
