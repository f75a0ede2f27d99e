import Kit
import Ledger
import Orders

/// One order: facts, lines, parcel, and the one story of everything that happened to it.
struct OrderPage: Sendable {
  var story: OrderStory
  var moments: Moments

  private var order: OrderSummary { story.order }

  func markup() -> Markup {
    Tag.div(.class("stack"), .id("order"), .refreshes(on: "orders")) {
      Tag.div(.class("title")) {
        Tag.div {
          Tag.p(.class("crumb")) { Tag.a(.href(.orders)) { "Orders" } }
          Tag.h1(.class("id")) { order.orderID }
        }
        Parts.badge(order.status)
      }
      callout
      Tag.div(.class("two")) {
        Parts.section("facts", "Facts") { facts }
        Parts.section("parcel", "Parcel") { parcel }
      }
      Parts.section("lines", "Lines", note: Words.count(story.lines.count, "line", "lines")) {
        lines
      }
      Parts.section("story", "What happened", note: "Oldest first") {
        TimelineList(moments: moments).markup(story.timeline)
      }
    }
  }

  private var callout: Markup {
    guard let trouble = order.trouble else { return Markup() }
    return Tag.div(.class("callout"), .role("note")) {
      Tag.strong { "Needs a look" }
      Tag.p { trouble }
    }
  }

  private var facts: Markup {
    Parts.facts([
      ("Status", Markup(order.status.words) + Tag.small { "since " + since }),
      ("Shop", Markup(order.shopID)),
      ("Marketplace says", order.marketplaceState.map { Markup(Words.plain($0)) }),
      ("Total", order.price.map { Markup($0) }),
      ("Came in", moments.pair(order.createdAt)),
      ("Accept by", order.acceptBy.map(moments.pair)),
      ("Accepted", order.acceptedAt.map(moments.pair)),
      ("Ship by", order.shipBy.map(moments.pair)),
      ("Shipped", order.shippedAt.map(moments.pair)),
    ])
  }

  private var since: String {
    "\(moments.text(order.statusSince)), \(moments.distance(order.statusSince))"
  }

  @MarkupBuilder private var parcel: Markup {
    if let parcel = story.parcel {
      Tag.p(.class("pin")) {
        Tag.span { "Tracking PIN" }
        if let pin = parcel.trackingPIN {
          Tag.code { pin }
        } else {
          Tag.span(.class("none")) { "none yet" }
        }
      }
      Parts.facts([
        ("Label", Markup(Words.parcel(parcel.status))),
        ("Carrier's number", parcel.carrierID.map { id in Tag.code { id } }),
        ("Request key", Tag.code { parcel.requestID }),
        ("Account", Markup(Words.plain(parcel.accountKind))),
        ("Group", parcel.groupID.map { id in Tag.code { id } }),
        ("Label file", order.labelPath.map { path in Tag.code { path } }),
      ])
    } else {
      Parts.empty("No parcel yet", "A label is bought once the marketplace lets us ship.")
    }
  }

  @MarkupBuilder private var lines: Markup {
    if story.lines.isEmpty {
      Parts.empty("No lines", "The marketplace showed this order without any line.")
    } else {
      Table<OrderLineSummary>(
        caption: "Lines of the order",
        columns: [
          .init("Item") { line in
            Markup(line.title ?? "Without a title") + Tag.small { line.orderLineID }
          },
          .init("SKU") { line in
            (line.sku.map { sku in Tag.code { sku } } ?? Markup())
              + (line.isMapped ? Markup() : Tag.small { "not in the catalogue" })
          },
          .init("Quantity", isNumber: true) { Markup($0.quantity.map(Words.count) ?? "") },
          .init("Unit price", isNumber: true) { line in
            Markup(line.unitPrice.map { $0 + (order.currency.map { " " + $0 } ?? "") } ?? "")
          },
        ]
      ).markup(story.lines)
    }
  }
}
