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
    let text = String(decoding: head, as: UTF8.self)
    guard let end = text.firstRange(of: "?>") else { return "a declaration without an end" }
    let declaration = text[..<end.lowerBound]
    guard let found = declaration.firstRange(of: "encoding") else { return nil }
    let value = declaration[found.upperBound...].drop { $0 == "=" || $0.isWhitespace }
    guard let quote = value.first, quote == "\"" || quote == "'" else { return "no name" }
    let name = String(value.dropFirst().prefix { $0 != quote })
    return accepted.contains(name.lowercased()) ? nil : name
  }
}
