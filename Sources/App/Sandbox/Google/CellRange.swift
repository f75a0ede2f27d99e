/// A range of A1 notation, taken apart. Counted from 0; an open end is nil.
struct CellRange: Sendable, Equatable {
  /// nil: the first sheet.
  var sheet: String?
  var firstRow = 0
  var firstColumn = 0
  var lastRow: Int?
  var lastColumn: Int?

  /// nil for a text that is no range.
  init?(_ text: String) {
    var cells = text[...]
    if text.first == "'" {
      var title = ""
      var rest = text.dropFirst()
      while let quote = rest.firstIndex(of: "'") {
        title += rest[..<quote]
        rest = rest[rest.index(after: quote)...]
        guard rest.first == "'" else { break }
        title += "'"
        rest = rest.dropFirst()
      }
      sheet = title
      if rest.isEmpty { return }
      guard rest.first == "!" else { return nil }
      cells = rest.dropFirst()
    } else if let mark = text.lastIndex(of: "!") {
      sheet = String(text[..<mark])
      cells = text[text.index(after: mark)...]
    }
    let ends = cells.split(separator: ":", omittingEmptySubsequences: false)
    guard (1...2).contains(ends.count), let first = Self.cell(ends[0]) else {
      // A bare word is a sheet's title.
      guard sheet == nil else { return nil }
      sheet = text
      return
    }
    firstColumn = first.column ?? 0
    firstRow = first.row ?? 0
    guard ends.count == 2 else {
      lastColumn = first.column
      lastRow = first.row
      return
    }
    guard let last = Self.cell(ends[1]) else { return nil }
    lastColumn = last.column
    lastRow = last.row
  }

  private static func cell(_ text: Substring) -> (column: Int?, row: Int?)? {
    let letters = text.utf8.prefix { (65...90).contains($0) || (97...122).contains($0) }
    let digits = text.utf8.dropFirst(letters.count)
    guard letters.count <= 3, !(letters.isEmpty && digits.isEmpty),
      digits.allSatisfy({ (48...57).contains($0) })
    else { return nil }
    let row = digits.isEmpty ? nil : Int(Substring(digits)).map { $0 - 1 }
    guard row ?? 0 >= 0 else { return nil }
    let column = letters.isEmpty ? nil : letters.reduce(0) { $0 * 26 + Int($1 & 31) } - 1
    return (column, row)
  }

  static func letters(_ column: Int) -> String {
    var rest = column + 1
    var text = ""
    while rest > 0 {
      rest -= 1
      text = String(UnicodeScalar(UInt8(65 + rest % 26))) + text
      rest /= 26
    }
    return text
  }
}
