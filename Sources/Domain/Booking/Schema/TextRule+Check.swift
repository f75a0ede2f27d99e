import Kit

extension TextRule {
  /// What is wrong with the text, in words for whoever wrote it; `nil` when nothing.
  public func problem(with text: String) -> InputProblem.Fault? {
    let count = text.unicodeScalars.count
    if count < length.lowerBound {
      return count == 0
        ? .init(.tooShort, "must not be empty")
        : .init(.tooShort, "must have at least \(length.lowerBound) characters")
    }
    if count > length.upperBound {
      return .init(.tooLong, "must have at most \(length.upperBound) characters")
    }
    return fits(text) ? nil : .init(.format, expected)
  }

  private var expected: String {
    switch kind {
    case .line: "must be one line of text without control characters, and not blank"
    case .lines: "must be text without control characters"
    case .phone: "must be a phone number of 10 to 15 digits"
    case .identifier: "may have letters, digits and . _ : - only"
    case .uuid: "must be a UUID"
    case .moment: "must be a time such as 2026-11-21T15:00:00Z"
    case .amount: "must be an amount such as 12.50"
    case .digest: "must be 64 lower-case hexadecimal digits"
    case .key: "may have visible ASCII characters only"
    case .code: "must be six digits"
    }
  }

  private func fits(_ text: String) -> Bool {
    switch kind {
    case .line:
      if let isFine = Self.isPlainLine(text) { return isFine }
      var isBlank = true
      for scalar in text.unicodeScalars {
        switch scalar.value {
        case 0..<32, 0x7F...0x9F, 0x2028, 0x2029: return false
        default: if !scalar.properties.isWhitespace { isBlank = false }
        }
      }
      return !isBlank
    case .lines:
      return text.unicodeScalars.allSatisfy {
        $0 == "\n" || $0 == "\t" || $0.value >= 32 && $0 != "\u{7F}"
      }
    case .phone: return Self.isPhone(text)
    case .identifier:
      return text.utf8.allSatisfy {
        Self.isWord($0) || $0 == 46 || $0 == 95 || $0 == 58 || $0 == 45
      }
    case .uuid: return text.utf8.count == 36 && UUIDv7(text: text) != nil
    case .moment: return Timestamp(iso8601: text) != nil
    case .amount:
      return Amount.hundredths(text) != nil && !text.hasPrefix("-")
        && text.utf8.allSatisfy { (48...57).contains($0) || $0 == 46 }
    case .digest:
      return text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    case .key: return text.utf8.allSatisfy { (33...126).contains($0) }
    case .code: return text.utf8.allSatisfy { (48...57).contains($0) }
    }
  }

  /// The answer for ASCII, which most lines are; `nil` for anything else.
  private static func isPlainLine(_ text: String) -> Bool? {
    var (isBlank, isClean) = (true, true)
    for byte in text.utf8 {
      switch byte {
      case 32: continue
      case 33...126: isBlank = false
      case 0..<32, 127: isClean = false
      default: return nil
      }
    }
    return isClean && !isBlank
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
  }

  private static func isPhone(_ text: String) -> Bool {
    var rest = text.utf8[...]
    if rest.first == 43 { rest = rest.dropFirst() }
    if rest.first == 40 { rest = rest.dropFirst() }
    guard let first = rest.first, (48...57).contains(first) else { return false }
    var (digits, between) = (0, 0)
    for byte in rest {
      switch byte {
      case 48...57:
        digits += 1
        between = 0
      case 32, 40, 41, 45, 46:
        between += 1
        if between > 2 { return false }
      default: return false
      }
    }
    return between == 0 && (10...15).contains(digits)
  }
}
