/// GS1's element strings (GS1 General Specifications, section 3), as far as the bench needs them: the
/// trade item and the serial number.
enum GS1 {
  /// FNC1 as scanners send it.
  static let separator: Character = "\u{1D}"

  /// Identifiers with a fixed length of data; all others end at a separator.
  private static let fixed: [String: Int] = [
    "00": 18, "01": 14, "02": 14, "11": 6, "12": 6, "13": 6, "15": 6, "16": 6, "17": 6, "20": 2,
  ]
  private static let open: Set<String> = ["10", "21", "22", "30", "37", "91", "92", "93"]
  private static let openOfThree: Set<String> = ["235", "240", "241", "242", "243", "250", "251"]

  /// - Parameter isDeclared: the scanner said that it is GS1. Without that, it has to look like it
  ///   from its first character to its last.
  /// - Returns: `nil` when it is something else.
  static func parse(_ text: String, isDeclared: Bool) -> (gtin: String?, serial: String?)? {
    if text.hasPrefix("(") { return parsePrinted(text) }
    var rest = text.drop { $0 == separator }
    guard isDeclared || rest.hasPrefix("01") && rest.count > 16 else { return nil }
    var (gtin, serial): (String?, String?)
    while !rest.isEmpty {
      guard let (name, data, next) = element(rest) else { return isDeclared ? (gtin, serial) : nil }
      if name == "01" { gtin = data }
      if name == "21" { serial = data }
      rest = next
    }
    guard isDeclared || gtin.map(hasCheckDigit) == true else { return nil }
    return (gtin, serial)
  }

  private static func element(
    _ text: Substring
  ) -> (name: String, data: String, next: Substring)? {
    let two = String(text.prefix(2))
    if let length = fixed[two] {
      let data = text.dropFirst(2).prefix(length)
      guard data.count == length, data.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
      return (two, String(data), text.dropFirst(2 + length).drop { $0 == separator })
    }
    let three = String(text.prefix(3))
    guard open.contains(two) || openOfThree.contains(three) else { return nil }
    let name = openOfThree.contains(three) ? three : two
    let body = text.dropFirst(name.count)
    let data = body.prefix { $0 != separator }
    guard (1...90).contains(data.count) else { return nil }
    return (name, String(data), body.dropFirst(data.count).drop { $0 == separator })
  }

  /// `(01)09506000134352(21)A1`, as printed below a symbol.
  private static func parsePrinted(_ text: String) -> (gtin: String?, serial: String?)? {
    var (gtin, serial): (String?, String?)
    for part in text.dropFirst().split(separator: "(", omittingEmptySubsequences: false) {
      guard let end = part.firstIndex(of: ")") else { return nil }
      let data = String(part[part.index(after: end)...])
      if part[..<end] == "01" { gtin = data }
      if part[..<end] == "21" { serial = data }
    }
    return gtin == nil && serial == nil ? nil : (gtin, serial)
  }

  /// One trade item is written with 8, 12, 13 or 14 digits, all the same but for zeros in front.
  static func gtinForms(of digits: String) -> [String] {
    guard [8, 12, 13, 14].contains(digits.count), hasCheckDigit(digits) else { return [] }
    let bare = digits.drop { $0 == "0" }
    return [12, 13, 14, 8].compactMap { length in
      guard bare.count <= length, length != digits.count else { return nil }
      return String(repeating: "0", count: length - bare.count) + bare
    }
  }

  static func hasCheckDigit(_ digits: String) -> Bool {
    let values = digits.utf8.map { Int($0) - 48 }
    guard values.count > 1, values.allSatisfy({ (0...9).contains($0) }) else { return false }
    var sum = 0
    for (i, value) in values.dropLast().reversed().enumerated() {
      sum += value * (i.isMultiple(of: 2) ? 3 : 1)
    }
    return (10 - sum % 10) % 10 == values[values.count - 1]
  }
}
