import Inventory
import Kit
import Ledger

/// What a file would do, row by row, and the two ways to go on.
struct ImportPreviewPage: Sendable {
  static let shownMax = 100

  let visit: Visit
  let fileID: Int64
  let fileName: String
  /// Rows that can be applied.
  let rows: Int
  let new: Int
  /// What is new: `New parts`.
  let newWords: String
  let refusals: [ImportPlan.Refusal]
  /// The rows that can be applied.
  let table: Markup

  init(_ visit: Visit, _ fileID: Int64, _ plan: ImportPlan) {
    self.visit = visit
    self.fileID = fileID
    fileName = plan.fileName
    rows = plan.rows.count
    new = plan.new.count
    newWords = "New parts"
    refusals = plan.refused
    table = Self.table(plan)
  }

  init(_ visit: Visit, _ fileID: Int64, _ plan: CataloguePlan) {
    self.visit = visit
    self.fileID = fileID
    fileName = plan.fileName
    rows = plan.rows.count
    new = plan.rows.count { $0.isNew }
    newWords = "New variants"
    refusals = plan.refused
    table = Self.table(plan)
  }

  func markup() -> Markup {
    Tag.div(.class("title")) {
      Tag.div {
        Tag.p(.class("crumb")) { Tag.a(.href(.stockImport)) { "Import" } }
        Tag.h1 { fileName }
      }
    }
      + Tag.ul(.class("tiles")) {
        tile("Rows that can be applied", rows, .good)
        if new > 0 || newWords == "New parts" { tile(newWords, new, .calm) }
        tile("Rows refused", refusals.count, refusals.isEmpty ? .off : .bad)
      }
      + refused
      + Parts.section("go", "Go on") { going }
      + changes
  }

  private func tile(_ words: String, _ number: Int, _ tone: Tone) -> Markup {
    Tag.li {
      Tag.div(.class("tile", tone.rawValue)) {
        Tag.strong { Words.count(number) }
        Tag.span { words }
      }
    }
  }

  private var going: Markup {
    Tag.div(.class("going")) {
      if rows == 0 {
        Tag.p { "No row of this file can be applied." }
      } else if refusals.isEmpty {
        visit.form(to: path, .class("one-button")) {
          Tag.input(.type("hidden"), .name("when"), .value(Inventory.WhenRefused.nothing.rawValue))
          Tag.button(.type("submit"), .class("main")) {
            "Apply all \(Words.count(rows, "row", "rows"))"
          }
        }
      } else {
        visit.form(to: path, .class("one-button")) {
          Tag.input(.type("hidden"), .name("when"), .value(Inventory.WhenRefused.rest.rawValue))
          Tag.button(.type("submit"), .class("main")) {
            "Apply the other \(Words.count(rows, "row", "rows"))"
          }
        }
      }
      Tag.a(.class("button"), .href(.stockImport)) { "Apply nothing" }
    }
  }

  private var path: Path { Path.stockImport.segment(String(fileID)) }

  @MarkupBuilder private var refused: Markup {
    if !refusals.isEmpty {
      Parts.section("refused", "Refused rows", note: more(refusals.count), tone: .bad) {
        Table<ImportPlan.Refusal>(
          caption: "Refused rows", kind: "refused",
          columns: [
            .init("Line", isNumber: true) { Markup(Words.count($0.line)) },
            .init("Code") { Markup($0.code) },
            .init("Why") { Markup($0.why) },
          ]
        ).markup(Array(refusals.prefix(Self.shownMax)))
      }
    }
  }

  private func more(_ count: Int) -> String? {
    count > Self.shownMax
      ? "the first \(Self.shownMax) of \(Words.count(count))" : nil
  }

  @MarkupBuilder private var changes: Markup {
    if rows > 0 {
      Parts.section("changes", "What would change", note: more(rows)) { table }
    }
  }

  private static func table(_ plan: ImportPlan) -> Markup {
    Table<StockImport.Row>(
      caption: "Rows that can be applied", kind: "changes",
      columns: [
        .init("Line", isNumber: true) { Markup(Words.count($0.line)) },
        .init("Part") { row in
          Tag.strong { row.draft.code }
            + (row.draft.name.map { name in Tag.small { name } } ?? Markup())
        },
        .init("") { row in
          plan.new.contains(row.draft.code) ? Parts.badge("New", .calm) : Markup()
        },
        .init("There now", isNumber: true) { row in
          Markup(plan.onHand[row.draft.code].map(StockFrame.pieces) ?? "")
        },
        .init("Change", isNumber: true) { row in
          Markup(plan.delta(of: row).map { $0 == 0 ? "none" : StockFrame.change($0) } ?? "")
        },
      ]
    ).markup(Array(plan.rows.prefix(shownMax)))
  }

  private static func table(_ plan: CataloguePlan) -> Markup {
    let isVariants = plan.kind == .variants
    return Table<CataloguePlan.Row>(
      caption: "Rows that can be applied", kind: "changes",
      columns: [
        .init("Line", isNumber: true) { Markup(Words.count($0.line)) },
        .init(isVariants ? "Variant" : "Shop SKU") { row in Tag.strong { row.name } },
        .init("") { $0.isNew ? Parts.badge("New", .calm) : Markup() },
        .init(isVariants ? "Made of" : "Stands for") { Markup($0.words) },
      ]
    ).markup(Array(plan.rows.prefix(shownMax)))
  }
}
