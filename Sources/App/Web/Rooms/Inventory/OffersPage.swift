import HTTP
import Kit
import Ledger

/// What the marketplaces show of each listing, beside what they should.
struct OffersPage: Sendable {
  static let listed = 100

  let visit: Visit
  let rows: [OfferRow]
  let next: OfferRow?

  init(_ visit: Visit) async throws {
    self.visit = visit
    let after = (visit.request.query("shop") ?? "", visit.request.query("after") ?? "")
    let found = try await visit.ledger.offers(after: after, limit: Self.listed + 1)
    rows = Array(found.prefix(Self.listed))
    next = found.count > Self.listed ? rows.last : nil
  }

  func markup() -> Markup {
    Tag.div(.class("title")) { Tag.h1 { "Offers" } }
      + StockFrame.tabs(.offers, visit)
      + Tag.section(.class("panel"), .id("offers"), .label("Offers"), .refreshes(on: "stock")) {
        if rows.isEmpty {
          Parts.empty(
            "The marketplaces are told nothing",
            "With QUAYSIDE_OFFERS=together a shop's quantities follow what can be built.")
        } else {
          table
        }
      }
      + Tag.nav(.class("pages"), .label("Pages of the list")) {
        if let next {
          Tag.a(
            .class("button"),
            .href(
              Path.stockOffers.query("shop", next.shopID).query("after", next.shopSKU))
          ) { "More offers" }
        }
      }
  }

  private var table: Markup {
    Table<OfferRow>(
      caption: "Offers by shop and SKU", kind: "offers",
      columns: [
        .init("Offer") { row in Tag.strong { row.shopSKU } + Tag.small { row.shopID } },
        .init("Should be", isNumber: true) { Markup($0.wanted.map(StockFrame.pieces) ?? "") },
        .init("Shown", isNumber: true) { row in
          Tag.strong { row.seen.map(StockFrame.pieces) ?? "not read yet" }
        },
        .init("Read") { row in row.seenAt.map(visit.moments.distanceMarkup) ?? Markup() },
        .init("") { row in
          if let problem = row.problem {
            Parts.badge("Problem", .bad) + Tag.small { problem }
          } else if row.wanted == row.seen {
            Parts.badge("As it should be", .good)
          } else {
            Parts.badge("On its way", .busy)
          }
        },
      ],
      isTrouble: { $0.problem != nil }
    ).markup(rows)
  }
}
