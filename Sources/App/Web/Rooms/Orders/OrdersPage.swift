import Kit
import Ledger

/// The list of orders, newest first: by status, by what needs a person, by search, page by page.
struct OrdersPage: Sendable {
  var query: OrderQuery
  var situation: Situation
  var page: OrderSlice
  var moments: Moments

  func markup() -> Markup {
    Tag.div(.class("title")) {
      Tag.h1 { "Orders" }
      search
    }
      + Parts.choices("Orders by status", choices)
      + Tag.section(.class("panel"), .id("list"), .label("Orders"), .refreshes(on: "orders")) {
        if page.rows.isEmpty {
          nothing
        } else {
          OrdersTable(moments: moments, caption: "Orders, newest first").markup(page.rows)
        }
      } + pages
  }

  private var search: Markup {
    Tag.form(.class("search"), .role("search"), .get, .action(.orders)) {
      Tag.label(.for("q"), .class("unseen")) { "Order id, tracking PIN or SKU" }
      Tag.input(
        .type("search"), .id("q"), .name("q"), .value(query.search ?? ""),
        .placeholder("Order id, PIN or SKU"), .noAutocomplete, .data("hotkey", "/"))
      Tag.button(.type("submit")) { "Search" }
    }
  }

  private var choices: [Choice] {
    var all = query
    all.before = nil
    all.status = nil
    all.show = nil
    all.search = nil
    all.channel = "marketplace"
    let isAll = query.status == nil && query.show == nil && query.search == nil
    var choices = [
      Choice(
        words: "All", path: all.path,
        count: situation.orders.values.reduce(0) { $0 + $1.values.reduce(0, +) },
        isChosen: isAll)
    ]
    for (show, words) in [("person", "Need a person"), ("held", "Held")] {
      var one = all
      one.show = show
      choices.append(
        Choice(
          words: words, path: one.path, count: show == "held" ? situation.held : nil,
          isChosen: query.show == show))
    }
    choices += statuses(all, "marketplace", StatusWords.marketplace)
    if situation.orders["booking"] != nil {
      choices += statuses(all, "booking", StatusWords.booking)
    }
    return choices
  }

  private func statuses(
    _ all: OrderQuery, _ channel: String, _ statuses: [StatusWords]
  ) -> [Choice] {
    statuses.compactMap { state in
      let count = situation.orders[channel]?[state.status] ?? 0
      if state.status == "received", count == 0 { return nil }
      var one = all
      one.channel = channel
      one.status = state
      let prefix = channel == "booking" ? "Booking: " : ""
      return Choice(
        words: prefix + (prefix.isEmpty ? state.words : state.words.lowercased()),
        path: one.path, count: count,
        isChosen: query.status == state && query.channel == channel)
    }
  }

  private var nothing: Markup {
    if let search = query.search {
      Parts.empty(
        "Nothing found for “\(search)”",
        "An order id may be just its beginning; a PIN or a SKU has to be whole.")
    } else if query.before != nil {
      Parts.empty("That was all", "There are no older orders.")
    } else if query.show == "person" {
      Parts.empty("No order waits for anybody", "The rules settle everything alone right now.")
    } else if query.show == "held" {
      Parts.empty("No order is held", "Hold one on its page, and nothing more of it goes out.")
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
      if let next = page.next {
        Tag.a(.class("button"), .href(first.path.query("before", OrderQuery.text(next)))) {
          "Older orders"
        }
      }
    }
  }
}
