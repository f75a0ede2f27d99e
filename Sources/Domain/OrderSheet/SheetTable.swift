/// The sheet as it was just read: our columns, all rows.
public struct SheetTable: Sendable, Equatable {
  /// `rows[0]` is row 1 of the sheet. Rows and cells may be missing at the end.
  public let rows: [[String]]
  /// Where each key stands, from 1; without the heading's.
  public let places: [String: [Int]]
  /// Rows that are our heading.
  public let headings: [Int]

  public init(rows: [[String]]) {
    self.rows = rows
    var places: [String: [Int]] = [:]
    var headings: [Int] = []
    for (index, row) in rows.enumerated() {
      if Self.isHeading(row) {
        headings.append(index + 1)
        continue
      }
      let key = Self.key(row.first ?? "")
      if !key.isEmpty { places[key, default: []].append(index + 1) }
    }
    self.places = places
    self.headings = headings
  }

  /// A key as people and programs may have left it: blanks around it, an apostrophe before it.
  public static func key(_ cell: String) -> String {
    var text = cell[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text.first == "'" ? String(text.dropFirst()) : String(text)
  }

  public var isBlank: Bool { rows.allSatisfy { row in row.allSatisfy { $0.isEmpty } } }

  /// The cells of a row, as many as we have columns.
  public func cells(_ row: Int) -> [String] {
    guard rows.indices.contains(row - 1) else {
      return Array(repeating: "", count: OrderRow.columns)
    }
    let cells = rows[row - 1].prefix(OrderRow.columns)
    return cells + Array(repeating: "", count: OrderRow.columns - cells.count)
  }

  /// Whether the row shows just this.
  public func shows(_ cells: [SheetCell], at row: Int) -> Bool {
    zip(cells, self.cells(row)).allSatisfy { wanted, found in
      wanted.text == found || Self.bare(wanted.text) == Self.bare(found)
    }
  }

  /// Sheets may take a leading apostrophe for its own mark of a text.
  private static func bare(_ text: String) -> Substring {
    text.first == "'" ? text.dropFirst() : text[...]
  }

  private static func isHeading(_ row: [String]) -> Bool {
    row.count >= OrderRow.columns
      && zip(row, OrderRow.header).allSatisfy { key($0).lowercased() == $1.lowercased() }
  }
}
