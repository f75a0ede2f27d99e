import OrderSheet

/// A plan in calls of bounded size. Rows that stand somewhere are written first, while the look at
/// the sheet is fresh.
enum SheetParts {
  enum Part: Equatable {
    case placed([SheetPlan.Placed])
    case added([SheetPlan.Added])
  }

  static func split(_ plan: SheetPlan, bytesMax: Int) -> [Part] {
    chunks(plan.placed, bytesMax) { $0.cells }.map(Part.placed)
      + chunks(plan.added, bytesMax) { $0.cells }.map(Part.added)
  }

  private static func chunks<Row>(
    _ rows: [Row], _ bytesMax: Int, _ cells: (Row) -> [SheetCell]
  ) -> [[Row]] {
    var chunks: [[Row]] = []
    var bytes = 0
    for row in rows {
      let size = cells(row).reduce(60) { $0 + $1.text.utf8.count + 4 }
      if chunks.isEmpty || bytes + size > bytesMax {
        chunks.append([])
        bytes = 0
      }
      chunks[chunks.count - 1].append(row)
      bytes += size
    }
    return chunks
  }
}
