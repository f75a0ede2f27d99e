package import Kit

/// Gathers what is wrong with fields, each with the carrier's name of the field and its limit.
package struct FieldCheck {
  static let phoneMax = 25

  package private(set) var problems: [FieldProblem] = []

  package init() {}

  mutating func add(_ field: String, _ problem: String) {
    problems.append(FieldProblem(field: field, problem: problem))
  }

  /// Lengths count characters as the schema does: Unicode scalars.
  mutating func text(_ field: String, _ value: String?, _ range: ClosedRange<Int>) {
    guard let value else {
      if range.lowerBound > 0 { add(field, "missing") }
      return
    }
    // A scalar takes a byte or more, so most texts need no counting.
    let count =
      value.utf8.count <= range.upperBound ? value.utf8.count : value.unicodeScalars.count
    if count < range.lowerBound {
      add(field, "missing")
    } else if count > range.upperBound {
      add(field, "\(count) characters, the carrier takes \(range.upperBound)")
    }
    if value.utf8.contains(where: { $0 < 32 || $0 == 127 }) { add(field, "has control characters") }
  }

  mutating func number(_ field: String, _ value: Int, _ range: ClosedRange<Int>, _ unit: String) {
    guard !range.contains(value) else { return }
    add(field, "\(value) \(unit); the carrier takes \(range.lowerBound) to \(range.upperBound)")
  }

  mutating func choice(_ field: String, _ value: String, _ values: [String]) {
    guard !values.contains(value) else { return }
    add(field, "'\(value)'; the carrier takes \(values.joined(separator: " or "))")
  }

  mutating func digits(_ field: String, _ value: String, _ range: ClosedRange<Int>) {
    text(field, value, range)
    if !value.utf8.allSatisfy({ (48...57).contains($0) }) { add(field, "digits only") }
  }

  /// More than 0, at most 999999.99, two decimals.
  mutating func amount(_ field: String, _ value: String) {
    let parts = value.split(separator: ".", omittingEmptySubsequences: false)
    let isNumber =
      !parts.isEmpty && parts.count <= 2
      && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }
    guard isNumber, parts[0].utf8.count <= 6, parts.count == 1 || parts[1].utf8.count <= 2,
      value.utf8.contains(where: { (49...57).contains($0) })
    else {
      add(field, "'\(value)'; the carrier takes more than 0 to 999999.99 with two decimals")
      return
    }
  }

  /// - Parameter lastLabelMax: letters of the top-level domain.
  mutating func email(_ field: String, _ value: String, lastLabelMax: Int) {
    text(field, value, 1...60)
    guard !value.isEmpty, !FieldCheck.isEmail(value, lastLabelMax: lastLabelMax) else { return }
    add(field, "no e-mail address that the carrier takes")
  }

  private static func isEmail(_ text: String, lastLabelMax: Int) -> Bool {
    let halves = text.utf8.split(separator: 64, omittingEmptySubsequences: false)
    guard halves.count == 2 else { return false }
    let name = halves[0].split(separator: 46, omittingEmptySubsequences: false)
    let host = halves[1].split(separator: 46, omittingEmptySubsequences: false)
    func isWord(_ byte: UInt8) -> Bool {
      (48...57).contains(byte) || isLetter(byte) || byte == UInt8(ascii: "-")
    }
    func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }
    guard host.count >= 2, let last = host.last else { return false }
    return name.allSatisfy { atom in
      !atom.isEmpty && atom.allSatisfy { isWord($0) || $0 == 95 || $0 == 39 || $0 == 43 }
    } && host.allSatisfy { !$0.isEmpty && $0.allSatisfy(isWord) }
      && last.count >= 2 && last.count <= lastLabelMax && last.allSatisfy(isLetter)
  }

  /// Letter digit letter digit letter digit, upper case.
  static func isPostalCode(_ text: String) -> Bool {
    var i = 0
    for byte in text.utf8 {
      guard i % 2 == 0 ? (65...90).contains(byte) : (48...57).contains(byte) else { return false }
      i += 1
    }
    return i == 6
  }

  /// `YYYY-MM-DD`.
  static func isDate(_ text: String) -> Bool {
    text.utf8.count == 10 && Timestamp(iso8601: text) != nil
  }
}
