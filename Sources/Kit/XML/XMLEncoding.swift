/// Looks at the declaration before libxml2 does: iconv's many converters stay out of reach.
enum XMLEncoding {
  private static let accepted: Set<String> = ["utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1"]
  /// Where the declaration has to end.
  private static let declarationBytesMax = 256

  /// - Returns: the name of an encoding that is not accepted; `nil` when all is well.
  static func refused(_ bytes: [UInt8]) -> String? {
    // UTF-16, UTF-32 and EBCDIC start with one of these: a zero, half a byte order mark, `<` of
    // EBCDIC.
    let start = bytes.prefix(4)
    if start.contains(0) || start.first == 0xFE || start.first == 0xFF || start.first == 0x4C {
      return "not UTF-8"
    }
    var head = bytes.prefix(declarationBytesMax)
    if head.starts(with: [0xEF, 0xBB, 0xBF]) { head = head.dropFirst(3) }
    guard head.starts(with: Array("<?xml".utf8)) else { return nil }
    guard let end = head.first("?>") else { return "a declaration without an end" }
    guard let found = head[..<end].first("encoding") else { return nil }
    let rest = head[(found + "encoding".utf8.count)..<end]
    let value = String(decoding: rest, as: UTF8.self).drop { $0 == "=" || $0.isWhitespace }
    guard let quote = value.first, quote == "\"" || quote == "'" else { return "no name" }
    let name = String(value.dropFirst().prefix { $0 != quote })
    return accepted.contains(name.lowercased()) ? nil : name
  }
}

extension ArraySlice<UInt8> {
  /// Where this text begins first.
  fileprivate func first(_ text: StaticString) -> Int? {
    text.withUTF8Buffer { text in
      guard count >= text.count else { return nil }
      return (startIndex...(endIndex - text.count)).first { self[$0...].starts(with: text) }
    }
  }
}
