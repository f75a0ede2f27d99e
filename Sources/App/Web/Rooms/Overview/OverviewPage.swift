import Effects
import Kit
import Ledger
import Orders

/// Where everything stands, what needs a person, and what is late.
struct OverviewPage: Sendable {
  static let listed = 8

  var counts: Counts
  /// Orders that wait for a person; one more than is listed tells that there are more.
  var waiting: [OrderSummary]
  var overdue: [EffectSummary]
  var latest: [OrderSummary]
  var moments: Moments

  func markup() -> Markup {
    Tag.div(.class("title")) {
      Tag.h1 { "Overview" }
      Parts.liveLight
    }
      + Tag.div(.class("stack"), .id("overview"), .refreshes(on: "orders")) {
        StatusTiles(counts: counts).markup()
        people
        late
        newest
      }
  }

  private var people: Markup {
    Parts.section(
      "people", "Needs a person now", tone: waiting.isEmpty && notices.isEmpty ? .good : .bad,
      content: {
        for notice in notices { Tag.p(.class("notice")) { notice } }
        if waiting.isEmpty {
          Parts.empty(
            "No order waits for anybody", "Whatever the rules cannot settle alone shows up here.")
        } else {
          needs.markup(Array(waiting.prefix(Self.listed)))
          if waiting.count > Self.listed {
            more("All orders that need a person", Path.orders.query("needs", "person"))
          }
        }
      })
  }

  private var notices: [String] {
    var notices: [String] = []
    if counts.unmappedSKUs > 0 {
      let what = Words.count(counts.unmappedSKUs, "SKU is", "SKUs are")
      notices.append("\(what) on open orders but not in the catalogue yet.")
    }
    if counts.unreadableOrders > 0 {
      let what = Words.count(counts.unreadableOrders, "order", "orders")
      notices.append("\(what) from the marketplace could not be read at all; kept whole.")
    }
    if counts.openFailures > 0 {
      let what = Words.count(counts.openFailures, "failure is", "failures are")
      notices.append("\(what) recorded and not resolved.")
    }
    return notices
  }

  private var needs: Table<OrderSummary> {
    Table(
      caption: "Orders that need a person", kind: "needs",
      columns: [
        .init("Order") { Parts.orderLink($0.orderID) },
        .init("Status") { Parts.badge($0.status) },
        .init("Why") { Markup($0.trouble ?? "Look at its story.") },
        .init("Since") { moments.pair($0.statusSince) },
      ])
  }

  private var late: Markup {
    Parts.section(
      "late", "Overdue", note: "Effects past their deadline that are still under way",
      tone: overdue.isEmpty ? nil : .warn,
      content: {
        if overdue.isEmpty {
          Parts.empty("Nothing is late", "Every effect under way is within its deadline.")
        } else {
          EffectsTable(moments: moments, caption: "Overdue effects")
            .markup(Array(overdue.prefix(Self.listed)))
          if counts.overdueEffects > Self.listed { more("All open effects", .effects) }
        }
      })
  }

  private var newest: Markup {
    Parts.section(
      "latest", "Latest orders",
      content: {
        if latest.isEmpty {
          Parts.empty("No orders yet", "The first pull from the marketplace brings them here.")
        } else {
          OrdersTable(moments: moments, caption: "Latest orders").markup(latest)
          more("All orders", .orders)
        }
      })
  }

  private func more(_ words: String, _ path: Path) -> Markup {
    Tag.p(.class("more")) { Tag.a(.href(path)) { words } }
  }
}
