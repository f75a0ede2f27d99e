import Kit

/// A file's rows by the names of its columns. What is wrong with one row is that row's alone.
struct ImportSheet: Sendable {
  static let fileBytesMax = 64 << 20
  static let rowsMax = 200_000

  struct Row: Sendable {
    let line: Int
    /// By column; empty cells are left out.
    let cells: [String: String]
    let problem: String?
  }

  let rows: [Row]

  /// - Parameter columns: that it may have, in whatever order.
  /// - Throws: `InventoryError.unreadableFile` when it has no header that is understood.
  init(_ bytes: [UInt8], columns: [String], needed: [String]) throws(InventoryError) {
    guard bytes.count <= Self.fileBytesMax else {
      throw .unreadableFile("it is larger than \(Self.fileBytesMax >> 20) MiB")
    }
    var reader = CSVReader(separator: Self.separator(bytes))
    let all = reader.take(bytes) + reader.finish()
    guard let header = all.first else { throw .unreadableFile("it is empty") }
    if let problem = header.problem { throw .unreadableFile("its first line: \(problem)") }
    guard all.count - 1 <= Self.rowsMax else {
      throw .unreadableFile("it has more than \(Self.rowsMax) rows")
    }
    let names = Self.names(header)
    if let stranger = names.first(where: { !columns.contains($0) }) {
      throw .unreadableFile(
        "column \(stranger.prefix(40)) is not known; it takes \(columns.joined(separator: ", "))")
    }
    if let missing = needed.first(where: { !names.contains($0) }) {
      throw .unreadableFile("it has no column \(missing)")
    }
    guard Set(names).count == names.count else { throw .unreadableFile("a column is there twice") }
    rows = all.dropFirst().map { row in
      var cells: [String: String] = [:]
      for (name, text) in zip(names, row.fields) {
        let text = Self.trimmed(text)
        if !text.isEmpty { cells[name] = text }
      }
      let isWhole = row.fields.count == names.count
      return Row(
        line: row.line, cells: cells,
        problem: row.problem
          ?? (isWhole ? nil : "\(row.fields.count) cells instead of \(names.count)"))
    }
  }

  /// The names of a file's columns; empty where its first line cannot be read.
  static func header(of bytes: [UInt8]) -> [String] {
    let head = Array(bytes.prefix { $0 != 0x0A && $0 != 0x0D }.prefix(4_096))
    var reader = CSVReader(separator: separator(head))
    return (reader.take(head) + reader.finish()).first.map(names) ?? []
  }

  private static func names(_ row: CSVReader.Row) -> [String] {
    row.fields.map { $0.lowercased().filter { $0 != " " } }
  }

  /// Spreadsheets of some countries write semicolons.
  private static func separator(_ bytes: [UInt8]) -> Character {
    let head = bytes.prefix { $0 != 0x0A && $0 != 0x0D }
    return head.contains(0x3B) && !head.contains(0x2C) ? ";" : ","
  }

  private static func trimmed(_ text: String) -> String {
    var rest = text[...]
    while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
    while rest.last?.isWhitespace == true { rest = rest.dropLast() }
    return String(rest)
  }
}
