/// What a write did to a sheet that was sorted under its hands.
struct Stray {
  /// Rows that we wrote for an order which still stands somewhere else as well.
  var rows: Set<Int> = []
  /// Blank rows that we blanked while the double that we meant is still there.
  var blanked: [Int] = []
  /// Orders that were there before and are gone, with what their rows showed.
  var gone: [(key: String, cells: [SheetCell])] = []

  init() {}

  /// Only where the signs of a misplaced write are there is anything taken for lost: what a person
  /// removed stays removed, unless it was removed in that very moment.
  init(_ table: SheetTable, after last: SheetRound) {
    var isMisplaced = false
    for placed in last.plan.placed {
      if let key = placed.key {
        let places = table.places[key] ?? []
        guard places.count > 1 else { continue }
        isMisplaced = true
        // The row that we wrote may have moved on since; the one with the old text is the home.
        let written = places.filter { table.shows(placed.cells, at: $0) }
        rows.formUnion(written.count == places.count ? written.dropFirst() : written[...])
      } else if Self.isStillDouble(placed.row, last.before, table) {
        isMisplaced = true
        if table.cells(placed.row).allSatisfy(\.isEmpty) { blanked.append(placed.row) }
      }
    }
    // What was being put back and is not there yet is still owed.
    gone = last.plan.owed.compactMap { owed in
      owed.key.flatMap { table.places[$0] == nil ? ($0, owed.cells) : nil }
    }
    guard isMisplaced else { return }
    let owed = Set(gone.map(\.key))
    gone += last.before.places.filter { table.places[$0.key] == nil && !owed.contains($0.key) }
      .sorted { ($0.value.first ?? 0) < ($1.value.first ?? 0) }
      .compactMap { key, places in
        places.first.map { (key, Self.cells(last.before.cells($0))) }
      }
  }

  /// Whether what the row was blanked for, a double of an order or of the heading, is still there.
  private static func isStillDouble(
    _ row: Int, _ before: SheetTable, _ table: SheetTable
  ) -> Bool {
    if before.headings.contains(row) { return table.headings.count > 1 }
    guard let key = before.places.first(where: { $0.value.contains(row) })?.key else {
      return false
    }
    return (table.places[key]?.count ?? 0) > 1
  }

  /// As they were; the one number that we write is a number again.
  private static func cells(_ shown: [String]) -> [SheetCell] {
    shown.enumerated().map { column, text in
      guard OrderRow.header[column] == "Total Qty", let number = Int64(text) else {
        return .text(text)
      }
      return .whole(number)
    }
  }
}
