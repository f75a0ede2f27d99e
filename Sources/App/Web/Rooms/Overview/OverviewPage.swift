import Kit
import Ledger

/// What needs a person now, the most urgent first; where everything stands; what came in last.
struct OverviewPage: Sendable {
  static let latestMax = 8
  /// One failed poll is made good by the next.
  static let pullPatience = Duration.minutes(2)

  var situation: Situation
  var duties: DutyList
  var latest: [ListedOrder]
  var unmapped: Int
  var moments: Moments

  func markup() -> Markup {
    Tag.div(.class("title")) {
      Tag.h1 { "Overview" }
      Parts.liveLight
    }
      + Tag.div(.class("stack"), .id("overview"), .refreshes(on: "orders", "inbox")) {
        now
        StatusTiles(situation: situation).markup()
        newest
      }
  }

  private var now: Markup {
    let late = duties.late
    let note: String? =
      duties.items.isEmpty
      ? nil : late == 0 ? "Earliest deadline first" : "\(Words.count(late)) late already"
    return Parts.section(
      "now", "Needs a person now", note: note,
      tone: late > 0 ? .bad : duties.items.isEmpty && notices.isEmpty ? .good : .warn
    ) {
      for (words, path) in notices {
        Tag.p(.class("notice")) {
          words
          if let path {
            " "
            Tag.a(.href(path)) { "Look" }
          }
        }
      }
      if duties.items.isEmpty {
        Parts.empty(
          "Nothing waits for you",
          "Orders are accepted, labelled and shipped by themselves. What the rules cannot settle, or "
            + "what may be late, shows up here with its deadline, and customers who wait for an answer."
        )
      } else {
        duties.markup()
        if duties.hasMoreOrders {
          more("All orders that need a person", Path.orders.query("show", "person"))
        }
        if duties.hasMoreThreads { more("All conversations", .inbox) }
      }
    }
  }

  private var notices: [(String, Path?)] {
    var notices: [(String, Path?)] = []
    for pull in situation.pullProblems where pull.lasts >= Self.pullPatience {
      let what = pull.walk == "messages" ? "Messages" : "Orders"
      let minutes = Words.count(Int(pull.lasts.components.seconds / 60), "minute", "minutes")
      notices.append(
        (
          "\(what) of shop \(pull.shopID) have not all come in for \(minutes): \(pull.problem).",
          nil
        ))
    }
    if unmapped > 0 {
      let what = Words.count(unmapped, "SKU is", "SKUs are")
      notices.append(
        ("\(what) on open orders but not in the catalogue yet.", Path.stockSKUs))
    }
    if situation.unreadable > 0 {
      let what = Words.count(situation.unreadable, "order", "orders")
      notices.append(("\(what) could not be read at all; each is kept whole.", nil))
    }
    if situation.failures > 0 {
      let what = Words.count(situation.failures, "failure is", "failures are")
      notices.append(("\(what) open, until somebody settles what went wrong.", .failures))
    }
    let unknown = situation.effects["unknown"] ?? 0
    if unknown > 0 {
      let what = Words.count(unknown, "answer", "answers")
      notices.append(
        ("\(what) got lost; we are looking what happened.", Path.effects.query("state", "unknown"))
      )
    }
    if situation.held > 0 {
      let what = Words.count(situation.held, "order is", "orders are")
      notices.append(("\(what) held by somebody.", Path.orders.query("show", "held")))
    }
    return notices
  }

  private var newest: Markup {
    Parts.section("latest", "Latest orders") {
      if latest.isEmpty {
        Parts.empty("No orders yet", "The first pull from the marketplace brings them here.")
      } else {
        OrdersTable(moments: moments, caption: "Latest orders").markup(latest)
        more("All orders", .orders)
      }
    }
  }

  private func more(_ words: String, _ path: Path) -> Markup {
    Tag.p(.class("more")) { Tag.a(.href(path)) { words } }
  }
}
