import Inventory
import Kit
import Ledger

/// Where a file is sent in.
struct ImportPage: Sendable {
  let visit: Visit

  func markup() -> Markup {
    Tag.div(.class("title")) { Tag.h1 { "Import" } }
      + StockFrame.tabs(.importing, visit)
      + Parts.section(
        "file", "A file of parts, variants or shop SKUs",
        note: "CSV; nothing is changed before you say so"
      ) {
        visit.form(to: .stockImport, .class("fields"), .multipart) {
          Tag.div(.class("field")) {
            Tag.label(.for("csv")) { "File" }
            Tag.input(
              .type("file"), .id("csv"), .name("file"), .required, .accept(".csv,text/csv"))
          }
          Tag.p(.class("hint")) {
            "Up to \(Website.filesBytesMax >> 20) MB; a larger one goes in by "
            Tag.code { "quayside stock import" }
            "."
          }
          Tag.button(.type("submit"), .class("main")) { "Show what it would do" }
        }
      }
      + holding
      + Tag.p(.class("hint")) {
        "The export of all parts is a file that can be sent in again: "
        Tag.a(.href(.stockExport)) { "export.csv" }
      }
  }

  private var holding: Markup {
    Parts.section(
      "columns", "What a file may hold", note: "its first line says which; any order of columns"
    ) {
      Parts.facts([
        (
          "Parts",
          columns(
            ImportPlan.columns,
            "Only code is needed; a new part needs a name too. “change” says how many come or go, "
              + "“on_hand” how many there are: one of them.")
        ),
        (
          "Variants",
          columns(
            CataloguePlan.Kind.variants.columns,
            "Only sku is needed. A bill looks like RAM-16:2 SSD-1T:1.")
        ),
        (
          "Shop SKUs",
          columns(
            CataloguePlan.Kind.mappings.columns,
            "What a shop’s SKU stands for; without a shop, in every shop.")
        ),
      ])
    }
  }

  private func columns(_ names: [String], _ words: String) -> Markup {
    Tag.code { names.joined(separator: ", ") } + Tag.span(.class("line hint")) { words }
  }
}
