import HTTP

/// A rectangle of a sheet in A1 notation. The title is always quoted: a sheet called H7 would
/// otherwise mean the cell.
public struct A1Range: Sendable, Hashable, CustomStringConvertible {
  public var sheet: String
  /// From 1, as people count.
  public var firstColumn: Int
  public var firstRow: Int
  public var lastColumn: Int
  /// `nil`: to the end of the sheet.
  public var lastRow: Int?

  public init(sheet: String, firstColumn: Int, firstRow: Int, lastColumn: Int, lastRow: Int?) {
    precondition(firstColumn > 0 && firstRow > 0 && lastColumn >= firstColumn, "no such range")
    self.sheet = sheet
    self.firstColumn = firstColumn
    self.firstRow = firstRow
    self.lastColumn = lastColumn
    self.lastRow = lastRow
  }

  /// The first so many columns of one row.
  public static func row(_ row: Int, of sheet: String, columns: Int) -> A1Range {
    A1Range(sheet: sheet, firstColumn: 1, firstRow: row, lastColumn: columns, lastRow: row)
  }

  /// The first so many columns, all rows.
  public static func columns(_ columns: Int, of sheet: String) -> A1Range {
    A1Range(sheet: sheet, firstColumn: 1, firstRow: 1, lastColumn: columns, lastRow: nil)
  }

  /// `'Orders'!A2:I40`.
  public var description: String {
    let title = sheet.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "''")
    let end = Self.letters(lastColumn) + (lastRow.map(String.init) ?? "")
    return "'\(title)'!\(Self.letters(firstColumn))\(firstRow):\(end)"
  }

  /// As one segment of an address's path.
  public var encoded: String { PercentEncoding.encode(description) }

  /// A, B, ... Z, AA, AB, ...
  public static func letters(_ column: Int) -> String {
    var text = ""
    var rest = column
    while rest > 0 {
      rest -= 1
      text = String(UnicodeScalar(UInt8(65 + rest % 26))) + text
      rest /= 26
    }
    return text
  }

  /// Where the range of an answer begins: `'My Orders'!B41:I42` begins at column 2, row 41.
  public static func start(of text: String) -> (column: Int, row: Int)? {
    let cells = text.lastIndex(of: "!").map { text[text.index(after: $0)...] } ?? text[...]
    let first = cells.prefix { $0 != ":" }
    let letters = first.utf8.prefix { (65...90).contains($0) }
    guard (1...3).contains(letters.count), let row = Int(first.dropFirst(letters.count)), row > 0
    else { return nil }
    return (letters.reduce(0) { $0 * 26 + Int($1 - 64) }, row)
  }
}
