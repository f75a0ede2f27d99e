import Inventory
import Kit
import Ledger
import People
import Stock

/// One component: its numbers, who holds it, what changed, and what may be done.
struct PartPage: Sendable {
  let visit: Visit
  let row: ComponentRow
  let barcodes: [String]
  let holders: [(orderID: String, pieces: Int64)]
  let movements: [Movement]

  init(_ visit: Visit) async throws {
    self.visit = visit
    row = try await Inventory(ledger: visit.ledger).component(visit["code"])
    barcodes = try await visit.ledger.barcodes(of: row.id)
    holders = try await visit.ledger.holders(of: row.id)
    movements = try await visit.ledger.movements(of: row.id, limit: 30)
  }

  func markup() -> Markup {
    Tag.div(.class("title")) {
      Tag.div {
        Tag.p(.class("crumb")) { Tag.a(.href(.stock)) { "Inventory" } }
        Tag.h1 { row.name }
        Tag.p(.class("lead")) { "\(row.code) · \(row.type)" }
      }
      PartsPage.cover(row)
    }
      + Tag.ul(.class("tiles"), .id("numbers"), .refreshes(on: "stock")) {
        tile("There", row.onHand, .done)
        tile("Held by orders", row.reserved, .calm)
        tile("Free", row.free, row.free < 0 ? .bad : .good)
        tile("Left in 30 days", row.used, .off)
      }
      + Tag.div(.class("two")) {
        Tag.div(.class("stack")) {
          if visit.can(.changeStock) { changing }
          bars
        }
        Tag.div(.class("stack")) {
          holding
          if visit.can(.changeStock) { editing }
        }
      }
      + Parts.section("movements", "What changed", note: "newest first") {
        if movements.isEmpty {
          Parts.empty("Nothing yet", "Whatever comes or goes is written down here, for good.")
        } else {
          MovementsTable(moments: visit.moments, showsPart: false).markup(movements)
        }
      }
  }

  private func tile(_ words: String, _ number: Int64, _ tone: Tone) -> Markup {
    Tag.li {
      Tag.div(.class("tile", tone.rawValue)) {
        Tag.strong { StockFrame.pieces(number) }
        Tag.span { words }
      }
    }
  }

  private var changing: Markup {
    Parts.section("changing", "Receive or adjust") {
      visit.form(to: Path.part(row.code).segment("receive"), .class("fields wide")) {
        visit.formKey
        StockFrame.field("pieces", "Pieces that came in", "", .required, .inputMode("numeric"))
        Tag.button(.type("submit"), .class("main")) { "Receive" }
      }
        + visit.form(to: Path.part(row.code).segment("adjust"), .class("fields wide")) {
          visit.formKey
          StockFrame.field(
            "change", "More or fewer", "", .required, .placeholder("-1 or 3"))
          StockFrame.field(
            "reason", "Why", "", .required, .maxLength(500), .placeholder("damaged"))
          Tag.button(.type("submit")) { "Adjust" }
        }
    }
  }

  private var bars: Markup {
    Parts.section("barcodes", "Barcodes", note: "each of them means this part") {
      Tag.div(.class("bars")) {
        for barcode in barcodes {
          Tag.div(.class("bar")) {
            Bars.markup(barcode)
            if visit.can(.changeStock) { removing(barcode) }
          }
        }
        if barcodes.isEmpty { Tag.p(.class("hint")) { "None yet: the bench cannot scan it." } }
      }
      if visit.can(.changeStock) {
        visit.form(to: Path.part(row.code).segment("barcodes"), .class("fields wide")) {
          StockFrame.field("barcode", "One more barcode", "", .required, .maxLength(80))
          Tag.button(.type("submit")) { "Add" }
        }
      }
    }
  }

  private func removing(_ barcode: String) -> Markup {
    visit.form(to: Path.part(row.code).segment("barcodes").segment("remove")) {
      Tag.input(.type("hidden"), .name("barcode"), .value(barcode))
      Tag.button(.type("submit"), .class("quiet"), .label("Remove \(barcode)")) { "Remove" }
    }
  }

  private var holding: Markup {
    Parts.section("holders", "Held by") {
      if holders.isEmpty {
        Parts.empty("No open order holds it", "Orders take parts on when they are accepted.")
      } else {
        Tag.ul(.class("holders")) {
          for holder in holders {
            Tag.li {
              Parts.orderLink(holder.orderID)
              Tag.span { Words.count(Int(holder.pieces), "piece", "pieces") }
            }
          }
        }
      }
    }
  }

  private var editing: Markup {
    Parts.section("edit", "About the part") {
      visit.form(to: .part(row.code), .class("fields")) {
        StockFrame.field("name", "Name", row.name, .required, .maxLength(200))
        StockFrame.field("type", "Type", row.type, .required, .maxLength(40))
        StockFrame.field(
          "cover_days", "Warn when it lasts for fewer days than", "\(row.coverDays)",
          .inputMode("numeric"))
        Tag.label(.class("check")) {
          Tag.input(
            .type("checkbox"), .name("asks_serial"), .value("yes"), .checked(row.asksSerial))
          "The bench asks for its serial number"
        }
        Tag.button(.type("submit")) { "Save" }
      }
    }
  }
}
