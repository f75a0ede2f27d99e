import Kit

/// Columns of text, as wide as they need to be.
enum Table {
  static let columnMax = 90

  static func text(_ head: [String], _ rows: [[String]]) -> String {
    let all = [head] + rows.map { row in row.map { clean($0) } }
    let widths = head.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    let lines = all.enumerated().map { number, row in
      let cells = row.enumerated().map { column, text in
        column == row.count - 1 ? text : text.padded(to: widths[column])
      }
      return (number == 0 ? cells.map { $0.uppercased() } : cells).joined(separator: "  ")
        .trimmedRight
    }
    return lines.joined(separator: "\n")
  }

  /// Nothing from outside may move the cursor or break the row.
  private static func clean(_ text: String) -> String {
    let safe = String(
      text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : Character($0) })
    return safe.count > columnMax ? safe.prefix(columnMax - 1) + "…" : safe
  }
}

extension String {
  var trimmedRight: String {
    var text = self[...]
    while text.last == " " { text = text.dropLast() }
    return String(text)
  }
}

extension Timestamp {
  /// `2026-11-21 07:30:00`.
  var short: String { String(iso8601.prefix(19).map { $0 == "T" ? " " : $0 }) }
}
