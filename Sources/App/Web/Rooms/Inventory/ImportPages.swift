import Inventory
import Kit
import Ledger

/// Where a file is sent in.
struct ImportPage: Sendable {
  let visit: Visit

  func markup() -> Markup {
    Tag.div(.class("title")) { Tag.h1 { "Import" } }
      + StockFrame.tabs(.importing, visit)
      + Parts.section("file", "A file of parts", note: "CSV; nothing is changed before you say so")
    {
      visit.form(to: .stockImport, .class("fields"), .multipart) {
        Tag.div(.class("field")) {
          Tag.label(.for("csv")) { "File" }
          Tag.input(
            .type("file"), .id("csv"), .name("file"), .required, .accept(".csv,text/csv"))
        }
        Tag.p(.class("hint")) {
          "Columns: \(ImportPlan.columns.joined(separator: ", ")). Only code is needed; a new part needs a name too."
        }
        Tag.p(.class("hint")) {
          "“change” says how many come or go, “on_hand” how many there are; use one of them."
        }
        Tag.button(.type("submit"), .class("main")) { "Show what it would do" }
      }
    }
      + Tag.p(.class("hint")) {
        "The export of all parts is a file that can be sent in again: "
        Tag.a(.href(.stockExport)) { "export.csv" }
      }
  }
}

/// What a file would do, row by row, and the two ways to go on.
struct ImportPreviewPage: Sendable {
  static let shownMax = 100

  let visit: Visit
  let fileID: Int64
  let plan: ImportPlan

  func markup() -> Markup {
    Tag.div(.class("title")) {
      Tag.div {
        Tag.p(.class("crumb")) { Tag.a(.href(.stockImport)) { "Import" } }
        Tag.h1 { plan.fileName }
      }
    }
      + Tag.ul(.class("tiles")) {
        tile("Rows that can be applied", plan.rows.count, .good)
        tile("New parts", plan.new.count, .calm)
        tile("Rows refused", plan.refused.count, plan.refused.isEmpty ? .off : .bad)
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
      if plan.rows.isEmpty {
        Tag.p { "No row of this file can be applied." }
      } else if plan.refused.isEmpty {
        visit.form(to: path, .class("one-button")) {
          Tag.input(.type("hidden"), .name("when"), .value(Inventory.WhenRefused.nothing.rawValue))
          Tag.button(.type("submit"), .class("main")) {
            "Apply all \(Words.count(plan.rows.count, "row", "rows"))"
          }
        }
      } else {
        visit.form(to: path, .class("one-button")) {
          Tag.input(.type("hidden"), .name("when"), .value(Inventory.WhenRefused.rest.rawValue))
          Tag.button(.type("submit"), .class("main")) {
            "Apply the other \(Words.count(plan.rows.count, "row", "rows"))"
          }
        }
      }
      Tag.a(.class("button"), .href(.stockImport)) { "Apply nothing" }
    }
  }

  private var path: Path { Path.stockImport.segment(String(fileID)) }

  @MarkupBuilder private var refused: Markup {
    if !plan.refused.isEmpty {
      Parts.section("refused", "Refused rows", note: more(plan.refused.count), tone: .bad) {
        Table<ImportPlan.Refusal>(
          caption: "Refused rows", kind: "refused",
          columns: [
            .init("Line", isNumber: true) { Markup(Words.count($0.line)) },
            .init("Code") { Markup($0.code) },
            .init("Why") { Markup($0.why) },
          ]
        ).markup(Array(plan.refused.prefix(Self.shownMax)))
      }
    }
  }

  private func more(_ count: Int) -> String? {
    count > Self.shownMax
      ? "the first \(Self.shownMax) of \(Words.count(count))" : nil
  }

  @MarkupBuilder private var changes: Markup {
    if !plan.rows.isEmpty {
      Parts.section("changes", "What would change", note: more(plan.rows.count)) {
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
        ).markup(Array(plan.rows.prefix(Self.shownMax)))
      }
    }
  }
}
