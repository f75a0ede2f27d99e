/// Splits a content stream of a PDF into strings and operators; numbers and names are skipped.
struct ContentScanner {
  enum Token: Equatable {
    case string([UInt8])
    /// An operator that shows the strings before it.
    case shows
    case other
  }

  private let bytes: [UInt8]
  private var at = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// `nil` at the end.
  mutating func next() -> Token? {
    while at < bytes.count {
      let byte = bytes[at]
      switch byte {
      case UInt8(ascii: "("): return .string(literal())
      case UInt8(ascii: "<"):
        if at + 1 < bytes.count, bytes[at + 1] == byte {
          at += 2
        } else {
          return .string(hexadecimal())
        }
      case UInt8(ascii: "%"): skip { $0 != 10 && $0 != 13 }
      case UInt8(ascii: "/"):
        at += 1
        skip(Self.isRegular)
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        at += 1
        return .shows
      case 65...90, 97...122:
        let start = at
        skip(Self.isRegular)
        return operation(bytes[start..<at])
      default: at += 1
      }
    }
    return nil
  }

  private mutating func operation(_ name: ArraySlice<UInt8>) -> Token {
    if name.elementsEqual("Tj".utf8) || name.elementsEqual("TJ".utf8) { return .shows }
    // A picture within the text: its bytes are no operators.
    if name.elementsEqual("ID".utf8) {
      at = Bytes.index(of: Array("EI".utf8), in: bytes, from: at).map { $0 + 2 } ?? bytes.count
    }
    return .other
  }

  private mutating func skip(_ condition: (UInt8) -> Bool) {
    while at < bytes.count, condition(bytes[at]) { at += 1 }
  }

  private static func isRegular(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...32, UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"),
      UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "/"), UInt8(ascii: "%"),
      UInt8(ascii: "{"), UInt8(ascii: "}"):
      false
    default: true
    }
  }

  /// `(...)` with escapes and balanced parentheses.
  private mutating func literal() -> [UInt8] {
    var out: [UInt8] = []
    var depth = 0
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      switch byte {
      case UInt8(ascii: "("):
        depth += 1
        if depth > 1 { out.append(byte) }
      case UInt8(ascii: ")"):
        depth -= 1
        if depth == 0 { return out }
        out.append(byte)
      case UInt8(ascii: "\\"): escape(&out)
      default: out.append(byte)
      }
    }
    return out
  }

  private mutating func escape(_ out: inout [UInt8]) {
    guard at < bytes.count else { return }
    let byte = bytes[at]
    at += 1
    switch byte {
    case UInt8(ascii: "n"): out.append(10)
    case UInt8(ascii: "r"): out.append(13)
    case UInt8(ascii: "t"): out.append(9)
    case UInt8(ascii: "b"), UInt8(ascii: "f"): out.append(32)
    case 13:
      // A line that goes on.
      if at < bytes.count, bytes[at] == 10 { at += 1 }
    case 10: break
    case 48...55:
      var code = Int(byte) - 48
      for _ in 0..<2 {
        guard at < bytes.count, (48...55).contains(bytes[at]) else { break }
        code = code * 8 + Int(bytes[at]) - 48
        at += 1
      }
      out.append(UInt8(truncatingIfNeeded: code))
    default: out.append(byte)
    }
  }

  /// `<4142>`; the last digit may be missing.
  private mutating func hexadecimal() -> [UInt8] {
    at += 1
    var out: [UInt8] = []
    var high: UInt8?
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      let digit: UInt8
      switch byte {
      case UInt8(ascii: ">"):
        if let high { out.append(high << 4) }
        return out
      case 48...57: digit = byte - 48
      case 65...70: digit = byte - 55
      case 97...102: digit = byte - 87
      default: continue
      }
      if let first = high {
        out.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return out
  }
}
