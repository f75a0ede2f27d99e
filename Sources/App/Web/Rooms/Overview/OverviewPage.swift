import Kit
import Ledger

/// What needs a person now, the most urgent first; where everything stands; what came in last.
struct OverviewPage: Sendable {
  static let dutiesMax = 25
  static let latestMax = 8

  var situation: Situation
  /// One more than is listed tells that there are more.
  var duties: [Duty]
  /// The orders of the duties, by id.
  var orders: [String: ListedOrder]
  var latest: [ListedOrder]
  var unmapped: Int
  var moments: Moments
  private var clock: Clock { Clock(moments: moments) }

  init(
    situation: Situation, duties: [Duty], orders: [ListedOrder], latest: [ListedOrder],
    unmapped: Int,
    moments: Moments
  ) {
    self.situation = situation
    self.duties = duties
    self.orders = Dictionary(orders.map { ($0.orderID, $0) }) { first, _ in first }
    self.latest = latest
    self.unmapped = unmapped
    self.moments = moments
  }

  func markup() -> Markup {
    Tag.div(.class("title")) {
      Tag.h1 { "Overview" }
      Parts.liveLight
    }
      + Tag.div(.class("stack"), .id("overview"), .refreshes(on: "orders")) {
        now
        StatusTiles(situation: situation).markup()
        newest
      }
  }

  private var now: Markup {
    let late = duties.filter { $0.deadline.map { clock.state(of: $0) == .late } ?? false }.count
    let note: String? =
      duties.isEmpty
      ? nil : late == 0 ? "Earliest deadline first" : "\(Words.count(late)) late already"
    return Parts.section(
      "now", "Needs a person now", note: note,
      tone: late > 0 ? .bad : duties.isEmpty && notices.isEmpty ? .good : .warn
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
      if duties.isEmpty {
        Parts.empty(
          "Nothing waits for you",
          "Orders are accepted, labelled and shipped by themselves. What the rules cannot settle, or "
            + "what may be late, shows up here with its deadline.")
      } else {
        table.markup(duties.prefix(Self.dutiesMax).compactMap { orders[$0.orderID] })
        if duties.count > Self.dutiesMax {
          more("All orders that need a person", Path.orders.query("show", "person"))
        }
      }
    }
  }

  private var notices: [(String, Path?)] {
    var notices: [(String, Path?)] = []
    if unmapped > 0 {
      let what = Words.count(unmapped, "SKU is", "SKUs are")
      notices.append(("\(what) on open orders but not in the catalogue yet.", nil))
    }
    if situation.unreadable > 0 {
      let what = Words.count(situation.unreadable, "order", "orders")
      notices.append(("\(what) could not be read at all; each is kept whole.", nil))
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

  private var table: Table<ListedOrder> {
    let kinds = Dictionary(duties.map { ($0.orderID, $0) }) { first, _ in first }
    return Table(
      caption: "Orders that need a person, the earliest deadline first", kind: "duties",
      columns: [
        .init("By when") { row in
          kinds[row.orderID]?.deadline.map(clock.chip) ?? Parts.badge("no deadline", .off)
        },
        .init("What") { row in
          Tag.strong { kinds[row.orderID].map { Self.words($0.kind) } ?? "" }
            + (row.isHeld ? Parts.badge("Held", .warn) : Markup())
        },
        .init("Order") { row in
          Parts.orderLink(row.orderID) + Tag.small { row.title ?? row.shopName }
        },
        .init("Why") { Markup($0.trouble ?? "It is on its way; it may not be in time.") },
      ],
      isTrouble: { row in
        kinds[row.orderID]?.deadline.map { clock.state(of: $0) == .late } ?? false
      })
  }

  static func words(_ kind: Duty.Kind) -> String {
    switch kind {
    case .parked: "Parked"
    case .failed: "Acceptance failed"
    case .question: "Asks you"
    case .accept: "Accept by"
    case .ship: "Ship by"
    }
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
