import Ledger
import Packing

/// Barcodes to print: one label a part, and what the bench takes as commands.
struct LabelsPage: Sendable {
  static let listed = 200

  let visit: Visit
  let rows: [ComponentRow]

  init(_ visit: Visit) async throws {
    self.visit = visit
    rows = try await visit.ledger.components(ComponentFilter(limit: Self.listed))
      .filter { $0.barcode != nil && $0.isActive }
  }

  func markup() -> Markup {
    Tag.div(.class("title")) {
      Tag.h1 { "Barcodes" }
      Tag.p(.class("lead")) { "Print this page; the rest of it stays off the paper." }
    }
      + StockFrame.tabs(.labels, visit)
      + Tag.section(.class("panel label-sheet"), .label("Commands of the packing bench")) {
        for command in PackingEvent.commands {
          label(command.words, "packing bench", command.code)
        }
      }
      + Tag.section(.class("panel label-sheet"), .label("Barcodes")) {
        if rows.isEmpty {
          Parts.empty("No barcodes yet", "Give a part a barcode and it is printed here.")
        }
        for row in rows { label(row.name, "\(row.type) · \(row.code)", row.barcode ?? "") }
      }
  }

  private func label(_ name: String, _ detail: String, _ barcode: String) -> Markup {
    Tag.div(.class("part-label")) {
      Tag.strong { name }
      Tag.span { detail }
      Bars.markup(barcode)
    }
  }
}
