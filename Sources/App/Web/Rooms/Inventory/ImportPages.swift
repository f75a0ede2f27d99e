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
          Tag.dl(.class("facts")) {
            Tag.dt { "Parts" }
            Tag.dd {
              columns(ImportPlan.columns)
              Tag.small {
                "Only code is needed; a new part needs a name too. “change” says how many come or go, "
                  + "“on_hand” how many there are: one of them."
              }
            }
            Tag.dt { "Variants" }
            Tag.dd {
              columns(CataloguePlan.Kind.variants.columns)
              Tag.small { "Only sku is needed. A bill looks like RAM-16:2 SSD-1T:1." }
            }
            Tag.dt { "Shop SKUs" }
            Tag.dd {
              columns(CataloguePlan.Kind.mappings.columns)
              Tag.small { "What a shop’s SKU stands for; without a shop, in every shop." }
            }
          }
          Tag.button(.type("submit"), .class("main")) { "Show what it would do" }
        }
      }
      + Tag.p(.class("hint")) {
        "The export of all parts is a file that can be sent in again: "
        Tag.a(.href(.stockExport)) { "export.csv" }
      }
  }

  private func columns(_ names: [String]) -> Markup { Tag.code { names.joined(separator: ", ") } }
}
