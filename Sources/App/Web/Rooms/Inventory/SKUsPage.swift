import HTTP
import Kit
import Ledger
import People

/// What the shops' SKUs stand for; those that nobody has mapped come first.
struct SKUsPage: Sendable {
  static let listed = 50

  let visit: Visit
  let text: String
  let unmapped: [UnmappedSKU]
  let rows: [MappingRow]
  let next: MappingRow?
  /// To choose from.
  let variants: [VariantRow]

  init(_ visit: Visit) async throws {
    self.visit = visit
    text = visit.request.query("q").flatMap(Text.trimmed) ?? ""
    unmapped = try await visit.ledger.unmapped(limit: 50)
    let after = (visit.request.query("after") ?? "", visit.request.query("shop") ?? "")
    let found = try await visit.ledger.mappings(
      matching: text, after: after, limit: Self.listed + 1)
    rows = Array(found.prefix(Self.listed))
    next = found.count > Self.listed ? rows.last : nil
    variants = visit.can(.changeStock) ? try await visit.ledger.variants(limit: 500) : []
  }

  func markup() -> Markup {
    Tag.div(.class("title")) {
      Tag.h1 { "Shop SKUs" }
      StockFrame.search("Shop SKU or our SKU", at: .stockSKUs, text)
    }
      + StockFrame.tabs(.skus, visit)
      + Tag.datalist(.id("variants")) {
        for variant in variants {
          Tag.option(.value(variant.internalSKU)) { variant.title ?? "" }
        }
      }
      + waiting
      + Parts.section("mapped", "Mapped") {
        if rows.isEmpty {
          Parts.empty(
            text.isEmpty ? "Nothing is mapped yet" : "Nothing found for “\(text)”",
            "A mapping says which variant a shop's SKU stands for.")
        } else {
          table
        }
      }
      + Tag.nav(.class("pages"), .label("Pages of the list")) {
        if let next {
          Tag.a(
            .class("button"),
            .href(
              Path.stockSKUs.query("q", text).query("after", next.shopSKU)
                .query("shop", next.shopID))
          ) { "More SKUs" }
        }
      }
      + adding
  }

  private var waiting: Markup {
    Parts.section(
      "waiting", "Waiting to be mapped", tone: unmapped.isEmpty ? nil : .warn
    ) {
      if unmapped.isEmpty {
        Parts.empty("Every SKU is known", "SKUs that orders bring and nobody knows wait here.")
      } else {
        Table<UnmappedSKU>(
          caption: "SKUs that open orders brought", kind: "unmapped",
          columns: [
            .init("Shop SKU") { row in
              Tag.strong { row.sku } + (row.title.map { title in Tag.small { title } } ?? Markup())
            },
            .init("Shop") { Markup($0.shopID) },
            .init("Lines", isNumber: true) { Markup(Words.count($0.lines)) },
            .init("Since") { visit.moments.distanceMarkup($0.firstSeen) },
            .init("Stands for") { mapping($0) },
          ]
        ).markup(unmapped)
      }
    }
  }

  @MarkupBuilder private func mapping(_ row: UnmappedSKU) -> Markup {
    if visit.can(.changeStock) {
      visit.form(to: .stockSKUs, .class("inline")) {
        Tag.input(.type("hidden"), .name("shop_sku"), .value(row.sku))
        Tag.input(
          .name("sku"), .list("variants"), .required, .noAutocomplete, .placeholder("Our SKU"),
          .label("Our SKU for \(row.sku)"))
        Tag.button(.type("submit")) { "Map" }
      }
    }
  }

  private var table: Markup {
    Table<MappingRow>(
      caption: "Shop SKUs and what they stand for", kind: "mappings",
      columns: [
        .init("Shop SKU") { row in
          Tag.strong { row.shopSKU }
            + Tag.small { row.shopID.isEmpty ? "every shop" : row.shopID }
        },
        .init("Stands for") { row in
          Tag.a(.class("id"), .href(.variant(row.internalSKU))) { row.internalSKU }
            + (row.title.map { title in Tag.small { title } } ?? Markup())
        },
        .init("Price", isNumber: true) { Markup($0.price ?? "") },
        .init("Kept back", isNumber: true) { Markup($0.buffer == 0 ? "" : "\($0.buffer)") },
      ]
    ).markup(rows)
  }

  @MarkupBuilder private var adding: Markup {
    if visit.can(.changeStock) {
      Parts.section("map", "Map a SKU") {
        visit.form(to: .stockSKUs, .class("fields wide")) {
          StockFrame.field("shop_sku", "The shop's SKU", "", .required, .maxLength(255))
          StockFrame.field("sku", "Our SKU", "", .required, .list("variants"))
          StockFrame.field("price", "Its price", "", .inputMode("decimal"))
          StockFrame.field("buffer", "Units kept back", "", .inputMode("numeric"))
          Tag.button(.type("submit"), .class("main")) { "Map" }
        }
      }
    }
  }
}
