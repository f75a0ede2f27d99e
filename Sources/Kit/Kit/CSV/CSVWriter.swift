/// Writes CSV as RFC 4180 has it.
public enum CSVWriter {
  /// One record with its CRLF. Cells are quoted where they must be.
  ///
  /// A cell that a spreadsheet would take for a formula is led by an apostrophe, unless it is a
  /// number: what a stranger typed into a name must not run in somebody's spreadsheet (OWASP, "CSV
  /// injection").
  public static func row(_ cells: [String], separator: Character = ",") -> String {
    cells.map { cell($0, separator) }.joined(separator: String(separator)) + "\r\n"
  }

  private static func cell(_ text: String, _ separator: Character) -> String {
    var text = text
    if let first = text.utf8.first, "=+-@\t\r".utf8.contains(first), !isNumber(text) {
      text = "'" + text
    }
    let mustQuote = text.utf8.contains {
      $0 == 0x22 || $0 == 0x0A || $0 == 0x0D || $0 == separator.asciiValue
    }
    return mustQuote ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
  }

  private static func isNumber(_ text: String) -> Bool {
    let digits = text.utf8.drop { $0 == 0x2B || $0 == 0x2D }
    return text.utf8.count - digits.count <= 1 && !digits.isEmpty
      && digits.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
  }
}
