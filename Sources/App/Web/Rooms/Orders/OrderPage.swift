import Kit
import Ledger
import Orders
import People

/// One order: what can be done with it, its facts, lines and parcel, and the one story of everything
/// that happened to it.
struct OrderPage: Sendable {
  var visit: Visit
  var story: OrderStory
  /// What was written about it.
  var threads: [ThreadSummary]
  /// Why the label that is there is not shown now.
  var labelRefusal: String?

  private var order: ListedOrder { story.row }
  private var moments: Moments { visit.moments }
  private var path: Path { .order(order.orderID) }

  func markup() -> Markup {
    Tag.div(.class("title")) {
      Tag.div {
        Tag.p(.class("crumb")) { Tag.a(.href(.orders)) { "Orders" } }
        Tag.h1(.class("id")) { order.orderID }
      }
      Parts.liveLight
    }
      + Tag.div(.class("stack"), .id("order"), .refreshes(on: "orders")) {
        head
        callouts
        if visit.can(.actOnOrders) { OrderActions(visit: visit, story: story).markup() }
        Tag.div(.class("two")) {
          Parts.section("facts", "Facts") { facts }
          Tag.div(.class("stack")) {
            Parts.section("recipient", "Goes to") { recipient }
            if order.isMarketplace { Parts.section("parcel", "Parcel") { parcel } }
          }
        }
        Parts.section("lines", "Lines", note: Words.count(story.lines.count, "line", "lines")) {
          lines
        }
        if visit.can(.readInbox) {
          OrderTalk(visit: visit, order: order, threads: threads).markup()
        }
        Parts.section("story", "What happened", note: "Oldest first") {
          TimelineList(moments: moments).markup(story.timeline)
        }
      }
  }

  private var head: Markup {
    Tag.p(.class("chips")) {
      order.state.badge
      if order.isHeld { Parts.badge("Held", .warn) }
      if let (what, at) = Clock.next(of: order) {
        Tag.span(.class("chip-words")) { "to \(what)" }
        Clock(moments: moments).chip(at)
      }
    }
  }

  @MarkupBuilder private var callouts: Markup {
    if let hold = story.detail.hold {
      Tag.div(.class("callout warn"), .role("note")) {
        Tag.strong { "Held by \(hold.actor.replacing("person:", with: ""))" }
        Tag.p {
          "\(hold.reason) (since \(moments.text(hold.since)), \(moments.distance(hold.since)))"
        }
      }
    }
    if let trouble = order.trouble {
      Tag.div(.class("callout"), .role("note")) {
        Tag.strong { "Needs a look" }
        Tag.p { trouble }
      }
    }
  }

  private var facts: Markup {
    Parts.facts([
      (
        "Status",
        Markup(order.state.words)
          + Tag.small {
            "since \(moments.text(order.statusSince)), \(moments.distance(order.statusSince))"
          }
      ),
      ("Shop", Markup(order.shopName)),
      ("Marketplace says", story.detail.marketplaceState.map { Markup(Words.plain($0)) }),
      ("Total", order.price.map { Markup($0) }),
      ("Appointment", story.detail.appointment.map(appointment)),
      ("Placed", story.detail.placedAt.map(moments.pair)),
      ("Came in", moments.pair(order.createdAt)),
      ("Accept by", order.isMarketplace ? order.acceptBy.map(moments.pair) : nil),
      ("Accepted", story.detail.acceptedAt.map(moments.pair)),
      ("Ship by", order.shipBy.map(moments.pair)),
      ("Notes", story.detail.notes.map { Markup(visit.can(.readPersonalData) ? $0 : Mask.text) }),
    ])
  }

  /// The customer was told it on the clock of the business.
  private func appointment(_ booked: OrderDetail.Appointment) -> Markup {
    Tag.time(
      .dateTime(booked.startsAt.iso8601),
      .title("\(booked.startsAt.iso8601) to \(booked.endsAt.iso8601)")
    ) { booked.local } + Tag.small { moments.distance(booked.startsAt) }
  }

  @MarkupBuilder private var recipient: Markup {
    if let who = story.detail.recipient {
      if visit.can(.readPersonalData) {
        Parts.facts([
          ("Name", Markup(who.name)),
          (
            "Address",
            who.address.isEmpty
              ? nil
              : who.address.reduce(Markup()) { all, one in all + Tag.span(.class("line")) { one } }
          ),
          ("Place", who.place.isEmpty ? nil : Markup(who.place)),
          ("Telephone", who.phone.map { Markup($0) }),
        ])
      } else {
        Parts.facts([
          ("Name", Markup(Mask.name(who.name))),
          ("Telephone", who.phone.map { Markup(Mask.number($0)) }),
        ])
        Tag.p(.class("more")) { "Your role sees no customer's data." }
      }
    } else {
      Parts.empty("Not known yet", "The marketplace tells the address once the order is paid.")
    }
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
      if visit.can(.readLabels), story.detail.label != nil { label }
      Parts.facts([
        ("Label", Markup(Words.parcel(parcel.status))),
        ("Carrier's number", parcel.carrierID.map { id in Tag.code { id } }),
        ("Request key", Tag.code { parcel.requestID }),
        ("Account", Markup(Words.plain(parcel.accountKind))),
        ("Group", parcel.groupID.map { id in Tag.code { id } }),
      ])
    } else {
      Parts.empty("No parcel yet", "A label is bought once the marketplace lets us ship.")
    }
  }

  @MarkupBuilder private var label: Markup {
    if let labelRefusal {
      Tag.p(.class("hint")) { labelRefusal }
    } else {
      labelBox
    }
  }

  private var labelBox: Markup {
    Tag.div(.class("label-box")) {
      Tag.details(.class("fold")) {
        Tag.summary { "Look at the label" }
        Tag.iframe(
          .src(path.segment("label.pdf")), .title("The label of \(order.orderID)"), .lazy,
          .class("label-view"))
      }
      visit.form(to: path.segment("print"), .class("inline"), .inNewTab) {
        Tag.button(.type("submit")) { story.detail.prints == 0 ? "Print label" : "Print again" }
        Tag.span(.class("note")) {
          story.detail.prints == 0
            ? "never opened here to print"
            : "opened here to print \(Words.count(story.detail.prints, "time", "times"))"
        }
      }
    }
  }

  @MarkupBuilder private var lines: Markup {
    if story.lines.isEmpty {
      Parts.empty("No lines", "This order came without any line.")
    } else {
      Table<OrderLineSummary>(
        caption: "Lines of the order",
        columns: [
          .init("Item") { line in
            Markup(line.title ?? "Without a title") + Tag.small { line.orderLineID }
          },
          .init("SKU") { line in
            (line.sku.map { sku in Tag.code { sku } } ?? Markup())
              + (line.isMapped || !order.isMarketplace
                ? Markup() : Tag.small { "not in the catalogue" })
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
