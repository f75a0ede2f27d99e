import HTTP
import Inventory
import Kit
import Ledger
import People

/// Sellable configurations, each with how many could be built if only it were built.
struct VariantsPage: Sendable {
  static let listed = 50

  let visit: Visit
  let text: String
  let rows: [VariantRow]
  let next: String?

  init(_ visit: Visit) async throws {
    self.visit = visit
    text = visit.request.query("q").flatMap(Text.trimmed) ?? ""
    let found = try await visit.ledger.variants(
      matching: text, after: visit.request.query("after") ?? "", limit: Self.listed + 1)
    rows = Array(found.prefix(Self.listed))
    next = found.count > Self.listed ? rows.last?.internalSKU : nil
  }

  func markup() -> Markup {
    Tag.div(.class("title")) {
      Tag.h1 { "Variants" }
      StockFrame.search("SKU or title", at: .stockVariants, text)
    }
      + StockFrame.tabs(.variants, visit)
      + Tag.section(.class("panel"), .id("variants"), .label("Variants"), .refreshes(on: "stock")) {
        if rows.isEmpty {
          Parts.empty(
            text.isEmpty ? "No variants yet" : "Nothing found for “\(text)”",
            "A variant is what is sold: a base model with the parts that go into it.")
        } else {
          table
        }
      }
      + Tag.nav(.class("pages"), .label("Pages of the list")) {
        if let next {
          Tag.a(
            .class("button"), .href(Path.stockVariants.query("q", text).query("after", next))
          ) { "More variants" }
        }
      } + adding
  }

  private var table: Markup {
    Table<VariantRow>(
      caption: "Variants by SKU", kind: "variants",
      columns: [
        .init("Variant") { row in
          Tag.a(.class("id"), .href(.variant(row.internalSKU))) { row.internalSKU }
            + (row.title.map { title in Tag.small { title } } ?? Markup())
        },
        .init("Base model") { Markup($0.baseModel ?? "") },
        .init("Parts", isNumber: true) { Markup(Words.count($0.partCount)) },
        .init("Can be built", isNumber: true) { row in
          row.buildable.map { units in Tag.strong { StockFrame.pieces(units) } } ?? Markup()
        },
      ],
      isTrouble: { $0.buildable == 0 }
    ).markup(rows)
  }

  @MarkupBuilder private var adding: Markup {
    if visit.can(.changeStock) {
      Parts.section("add", "Add a variant") {
        visit.form(to: .stockVariants, .class("fields wide")) {
          StockFrame.field("sku", "Our SKU", "", .required, .maxLength(255))
          StockFrame.field("title", "Title", "", .maxLength(200))
          StockFrame.field("base", "Base model", "", .maxLength(200))
          Tag.button(.type("submit"), .class("main")) { "Add" }
        }
      }
    }
  }
}

/// One variant with its bill of materials.
struct VariantPage: Sendable {
  let visit: Visit
  let row: VariantRow
  let bill: [BillLine]

  init(_ visit: Visit) async throws {
    self.visit = visit
    guard let row = try await visit.ledger.variant(visit["sku"]) else {
      throw InventoryError.noSuchVariant(visit["sku"])
    }
    self.row = row
    bill = try await visit.ledger.bill(of: row.id)
  }

  func markup() -> Markup {
    Tag.div(.class("title")) {
      Tag.div {
        Tag.p(.class("crumb")) { Tag.a(.href(.stockVariants)) { "Variants" } }
        Tag.h1 { row.title ?? row.internalSKU }
        Tag.p(.class("lead")) {
          [row.internalSKU, row.baseModel].compactMap(\.self).joined(separator: " · ")
        }
      }
      if let units = row.buildable {
        Parts.badge(
          units == 0 ? "None can be built" : "\(StockFrame.pieces(units)) can be built",
          units == 0 ? .bad : .good)
      }
    }
      + Parts.section("bill", "Bill of materials", note: "of one unit") {
        if bill.isEmpty {
          Parts.empty("No parts yet", "Without a bill nothing is held for its orders.")
        } else {
          table
        }
        if visit.can(.changeStock) { editing }
      }
  }

  private var table: Markup {
    Table<BillLine>(
      caption: "Parts of one unit", kind: "bill",
      columns: [
        .init("Part") { StockFrame.partLink($0.code, $0.name) },
        .init("Type") { Markup($0.type) },
        .init("Pieces", isNumber: true) { Markup(Words.count($0.pieces)) },
        .init("Free", isNumber: true) { Markup(StockFrame.pieces($0.free)) },
        .init("Enough for", isNumber: true) { line in
          Markup(StockFrame.pieces(max(0, line.free) / Int64(line.pieces)))
        },
      ],
      isTrouble: { $0.free < Int64($0.pieces) }
    ).markup(bill)
  }

  private var editing: Markup {
    visit.form(to: .variant(row.internalSKU), .class("fields")) {
      Tag.div(.class("field")) {
        Tag.label(.for("bill-text")) { "Parts, a line each: code and pieces" }
        Tag.textarea(.id("bill-text"), .name("bill"), [.rows(6), .noSpellcheck]) {
          bill.map { "\($0.code) \($0.pieces)" }.joined(separator: "\n")
        }
      }
      Tag.p(.class("hint")) {
        "Orders that were taken on keep the parts that they have; new ones take these."
      }
      Tag.button(.type("submit")) { "Save the bill" }
    }
  }
}
