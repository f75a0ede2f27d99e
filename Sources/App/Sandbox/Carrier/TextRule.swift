/// The simple types of the carrier's schemas.
enum TextRule {
  /// What is wrong with a text, in the validator's words; nil when nothing is.
  static func problem(_ text: String, _ rule: SchemaRule) -> String? {
    switch rule {
    case .text(let range): length(text, range)
    case .boolean: ["true", "false", "1", "0"].contains(text) ? nil : datatype(text, "boolean")
    case .fixedTrue:
      ["true", "1", ""].contains(text)
        ? nil : "cvc-elt.5.2.2.2.2: The value '\(text)' does not match the fixed value 'true'."
    case .decimal(let most, let fraction): decimal(text, most: most, fraction: fraction)
    case .integer(let range):
      Int(text).map(range.contains) ?? false ? nil : datatype(text, "integer")
    case .digits(let range):
      range.contains(text.utf8.count) && text.utf8.allSatisfy(isDigit) ? nil : pattern(text)
    case .date: isDate(text) ? nil : datatype(text, "date")
    case .dateTime:
      isDate(text.prefix(10)) && text.utf8.count >= 19 ? nil : datatype(text, "dateTime")
    case .postalCode: isPostalCode(text) ? nil : pattern(text)
    case .postalOrZip: isPostalCode(text) || isZip(text) ? nil : pattern(text)
    case .country: text.utf8.count == 2 && text.utf8.allSatisfy(isLetter) ? nil : pattern(text)
    case .tariff: isTariff(text) ? nil : pattern(text)
    case .email(let last): email(text, last)
    case .oneOf(let values):
      values.contains(text)
        ? nil
        : "cvc-enumeration-valid: Value '\(text)' is not facet-valid with respect to "
          + "enumeration '[\(values.joined(separator: ", "))]'."
    case .all, .list: nil
    }
  }

  private static func length(_ text: String, _ range: ClosedRange<Int>) -> String? {
    // A text of so many bytes has at most so many characters.
    let bytes = text.utf8.count
    if bytes <= range.upperBound, range.lowerBound == 0 { return nil }
    let count = text.unicodeScalars.count
    if count > range.upperBound {
      return
        "cvc-maxLength-valid: Value '\(text)' with length = '\(count)' is not facet-valid with "
        + "respect to maxLength '\(range.upperBound)'."
    }
    if count < range.lowerBound {
      return
        "cvc-minLength-valid: Value '\(text)' with length = '\(count)' is not facet-valid with "
        + "respect to minLength '\(range.lowerBound)'."
    }
    return nil
  }

  private static func decimal(_ text: String, most: Int, fraction: Int) -> String? {
    var parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    if let first = parts.first, first.hasPrefix("+") { parts[0] = first.dropFirst() }
    let digits = parts.joined()
    guard !digits.isEmpty, digits.utf8.count < 18, digits.utf8.allSatisfy(isDigit) else {
      return datatype(text, "decimal")
    }
    var places = parts.count > 1 ? String(parts[1]) : ""
    while places.utf8.count > fraction, places.hasSuffix("0") { places.removeLast() }
    if places.utf8.count > fraction {
      return "cvc-fractionDigits-valid: Value '\(text)' has \(places.utf8.count) fraction digits, "
        + "but the number of fraction digits has been limited to \(fraction)."
    }
    places += String(repeating: "0", count: fraction - places.utf8.count)
    let units = Int((parts.first ?? "") + places) ?? 0
    if units <= 0 {
      return "cvc-minExclusive-valid: Value '\(text)' is not facet-valid with respect to "
        + "minExclusive '0.0'."
    }
    return units <= most
      ? nil
      : "cvc-maxInclusive-valid: Value '\(text)' is not facet-valid with respect to maxInclusive."
  }

  private static func email(_ text: String, _ lastLabel: ClosedRange<Int>) -> String? {
    if text.unicodeScalars.count > 60 { return length(text, 0...60) }
    let halves = text.split(separator: "@", omittingEmptySubsequences: false)
    guard halves.count == 2 else { return pattern(text) }
    let local = halves[0].split(separator: ".", omittingEmptySubsequences: false)
    let labels = halves[1].split(separator: ".", omittingEmptySubsequences: false)
    let localFine = local.allSatisfy { part in
      !part.isEmpty && part.utf8.allSatisfy { isLetter($0) || isDigit($0) || isLocalMark($0) }
    }
    let labelsFine = labels.allSatisfy { label in
      !label.isEmpty
        && label.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
    }
    guard let last = labels.last, labels.count > 1, localFine, labelsFine,
      lastLabel.contains(last.utf8.count), last.utf8.allSatisfy(isLetter)
    else { return pattern(text) }
    return nil
  }

  private static func isLocalMark(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "'") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
      || byte == UInt8(ascii: "+")
  }

  static func isPostalCode(_ text: some StringProtocol) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 6 else { return false }
    return bytes.enumerated().allSatisfy { index, byte in
      index % 2 == 0 ? byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") : isDigit(byte)
    }
  }

  private static func isZip(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard let first = parts.first, first.utf8.count == 5, first.utf8.allSatisfy(isDigit) else {
      return false
    }
    return parts.count == 1
      || parts.count == 2 && parts[1].utf8.count == 4 && parts[1].utf8.allSatisfy(isDigit)
  }

  private static func isTariff(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return (1...4).contains(parts.count)
      && parts.enumerated().allSatisfy { index, part in
        part.utf8.count == (index == 0 ? 4 : 2) && part.utf8.allSatisfy(isDigit)
      }
  }

  static func isDate(_ text: some StringProtocol) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].utf8.count == 4, parts[1].utf8.count == 2,
      parts[2].utf8.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy(isDigit) }),
      let month = Int(parts[1]), let day = Int(parts[2])
    else { return false }
    return (1...12).contains(month) && (1...31).contains(day)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    let lower = byte | 0x20
    return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
  }

  private static func datatype(_ text: String, _ type: String) -> String {
    "cvc-datatype-valid.1.2.1: '\(text)' is not a valid value for '\(type)'."
  }

  private static func pattern(_ text: String) -> String {
    "cvc-pattern-valid: Value '\(text)' is not facet-valid with respect to its pattern."
  }
}
