import Kit
import Ledger
import Orders

/// The list of orders, newest first: by status, by what needs a person, by search, page by page.
struct OrdersPage: Sendable {
  var query: OrderQuery
  var counts: Counts
  var orders: [OrderSummary]
  /// Where the next page begins; `nil` on the last one.
  var next: String?
  var moments: Moments

  func markup() -> Markup {
    Tag.div(.class("title")) {
      Tag.h1 { "Orders" }
      search
    }
      + Parts.choices("Orders by status", choices)
      + Tag.section(.class("panel"), .id("list"), .label("Orders"), .refreshes(on: "orders")) {
        if orders.isEmpty {
          nothing
        } else {
          OrdersTable(moments: moments, caption: "Orders, newest first").markup(orders)
        }
      } + pages
  }

  private var search: Markup {
    Tag.form(.class("search"), .role("search"), .get, .action(.orders)) {
      Tag.label(.for("q"), .class("unseen")) { "Order id, tracking PIN or SKU" }
      Tag.input(
        .type("search"), .id("q"), .name("q"), .value(query.search ?? ""),
        .placeholder("Order id, PIN or SKU"), .noAutocomplete)
      if let status = query.status {
        Tag.input(.type("hidden"), .name("status"), .value(status.rawValue))
      }
      if query.needsPerson { Tag.input(.type("hidden"), .name("needs"), .value("person")) }
      Tag.button(.type("submit")) { "Search" }
    }
  }

  private var choices: [Choice] {
    var all = query
    all.before = nil
    all.status = nil
    all.needsPerson = false
    var needing = all
    needing.needsPerson = true
    let statuses = OrderStatus.inOrderOfWork.compactMap { status -> Choice? in
      let count = counts.orders[status.rawValue] ?? 0
      if status == .received, count == 0 { return nil }
      var one = all
      one.status = status
      return Choice(
        words: status.words, path: one.path, count: count, isChosen: query.status == status)
    }
    let total = counts.orders.values.reduce(0, +)
    return [
      Choice(
        words: "All", path: all.path, count: total,
        isChosen: query.status == nil && !query.needsPerson),
      Choice(
        words: "Need a person", path: needing.path, count: nil,
        isChosen: query.status == nil && query.needsPerson),
    ] + statuses
  }

  private var nothing: Markup {
    if let search = query.search {
      Parts.empty(
        "Nothing found for “\(search)”",
        "An order id may be just its beginning; a PIN or a SKU has to be whole.")
    } else if query.before != nil {
      Parts.empty("That was all", "There are no older orders.")
    } else if query.needsPerson {
      Parts.empty("No order waits for anybody", "The rules settle everything alone right now.")
    } else if let status = query.status {
      Parts.empty("No order here", "None is “\(status.words.lowercased())” right now.")
    } else {
      Parts.empty("No orders yet", "The first pull from the marketplace brings them here.")
    }
  }

  private var pages: Markup {
    var first = query
    first.before = nil
    return Tag.nav(.class("pages"), .label("Pages of the list")) {
      if query.before != nil { Tag.a(.class("button"), .href(first.path)) { "Newest" } }
      if let next {
        Tag.a(.class("button"), .href(first.path.query("before", next))) { "Older orders" }
      }
    }
  }
}
