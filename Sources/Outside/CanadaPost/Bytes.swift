/// Looking for bytes in bytes.
enum Bytes {
  /// Where `wanted` begins first, at or after `start` and wholly before `end`.
  static func index(
    of wanted: [UInt8], in bytes: [UInt8], from start: Int, to end: Int? = nil
  ) -> Int? {
    let span = bytes.span
    let last = min(end ?? bytes.count, bytes.count) - wanted.count
    guard let first = wanted.first, start >= 0, start <= last else { return nil }
    var at = start
    while at <= last {
      if span[at] == first {
        var i = 1
        while i < wanted.count, span[at + i] == wanted[i] { i += 1 }
        if i == wanted.count { return at }
      }
      at += 1
    }
    return nil
  }

  static func lastIndex(of wanted: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    var found: Int?
    var at = start
    while let next = index(of: wanted, in: bytes, from: at) {
      found = next
      at = next + 1
    }
    return found
  }

  static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

  /// Blank, tab, line ends, form feed and NUL, as PDF counts them.
  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 32 || (9...13).contains(byte) || byte == 0
  }
}
