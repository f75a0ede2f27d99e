/// One sheet of a spreadsheet: rows of cells, ragged as they are.
struct SimulatedSheet: Sendable {
  var title: String
  var rows: [[SimulatedCell]] = []

  func cell(_ row: Int, _ column: Int) -> SimulatedCell {
    guard rows.indices.contains(row), rows[row].indices.contains(column) else { return .empty }
    return rows[row][column]
  }

  mutating func set(_ row: Int, _ column: Int, _ cell: SimulatedCell) {
    while rows.count <= row { rows.append([]) }
    while rows[row].count <= column { rows[row].append(.empty) }
    rows[row][column] = cell
  }

  /// The rows of a range, without the empty rows and cells at the ends.
  func values(_ range: CellRange) -> [[SimulatedCell]] {
    guard range.firstRow < rows.count else { return [] }
    let last = min(range.lastRow ?? rows.count - 1, rows.count - 1)
    guard last >= range.firstRow else { return [] }
    var found = rows[range.firstRow...last].map { row -> [SimulatedCell] in
      guard range.firstColumn < row.count else { return [] }
      let end = min(range.lastColumn ?? row.count - 1, row.count - 1)
      guard end >= range.firstColumn else { return [] }
      var cells = Array(row[range.firstColumn...end])
      while cells.last?.isEmpty == true { cells.removeLast() }
      return cells
    }
    while found.last?.isEmpty == true { found.removeLast() }
    return found
  }

  /// Where `append` puts its rows: below the table at the range, at that table's first column. Of
  /// several tables in the range the last one counts; without any, the range's own beginning.
  func end(of range: CellRange) -> (row: Int, column: Int, table: ClosedRange<Int>?) {
    func isBlank(_ row: Int) -> Bool { row >= rows.count || rows[row].allSatisfy(\.isEmpty) }
    let last = min(range.lastRow ?? rows.count - 1, rows.count - 1)
    guard last >= range.firstRow,
      let inside = (range.firstRow...last).last(where: { !isBlank($0) })
    else { return (range.firstRow, range.firstColumn, nil) }
    var top = inside
    while top > 0, !isBlank(top - 1) { top -= 1 }
    var bottom = inside
    while !isBlank(bottom + 1) { bottom += 1 }
    let columns = rows[top...bottom].compactMap { $0.firstIndex { !$0.isEmpty } }
    return (bottom + 1, columns.min() ?? 0, top...bottom)
  }

  mutating func insertRows(_ count: Int, at row: Int) {
    guard row < rows.count else { return }
    rows.insert(contentsOf: repeatElement([], count: count), at: row)
  }

  /// As a person does it: by one column, empty cells last, the heading staying or not.
  mutating func sort(column: Int, descending: Bool, heading: Bool) {
    let fixed = heading ? rows.prefix(1) : []
    let sorted = rows.dropFirst(fixed.count).enumerated().sorted { a, b in
      let left = column < a.element.count ? a.element[column].shown : ""
      let right = column < b.element.count ? b.element[column].shown : ""
      if left.isEmpty != right.isEmpty { return right.isEmpty }
      if left == right { return a.offset < b.offset }
      return descending ? left > right : left < right
    }
    rows = fixed + sorted.map(\.element)
  }
}
