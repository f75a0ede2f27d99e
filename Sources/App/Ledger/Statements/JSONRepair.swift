import Kit

/// Valid JSON that `jsonb` nevertheless refuses: `\u0000`, lone surrogates, numbers out of range.
/// They become U+FFFD and strings; the untouched answer is in `api_calls`.
enum JSONRepair {
  /// Digits of an exponent, or of a number altogether, past which `numeric` may overflow.
  private static let exponentDigitsMax = 3
  private static let numberDigitsMax = 1_000

  /// Fast: only escapes `\u` and numbers with exponents or absurd lengths are suspects.
  static func isNeeded(_ raw: [UInt8]) -> Bool {
    ByteScan.mayHoldOddJSON(raw, digitsMax: numberDigitsMax)
  }

  static func repaired(_ raw: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(raw.count + 16)
    var i = 0
    var inString = false
    while i < raw.count {
      let byte = raw[i]
      if inString {
        if byte == UInt8(ascii: "\\") {
          i = copyEscape(raw, at: i, to: &out)
          continue
        }
        if byte == UInt8(ascii: "\"") { inString = false }
        out.append(byte)
        i += 1
      } else if byte == UInt8(ascii: "-") || isDigit(byte) {
        i = copyNumber(raw, at: i, to: &out)
      } else {
        if byte == UInt8(ascii: "\"") { inString = true }
        out.append(byte)
        i += 1
      }
    }
    return out
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func copyEscape(_ raw: [UInt8], at i: Int, to out: inout [UInt8]) -> Int {
    guard i + 1 < raw.count, raw[i + 1] == UInt8(ascii: "u"), let unit = hex(raw, at: i + 2) else {
      out.append(contentsOf: raw[i..<min(i + 2, raw.count)])
      return i + 2
    }
    let replacement = Array("\\ufffd".utf8)
    if unit == 0 || (0xDC00...0xDFFF).contains(unit) {
      out += replacement
      return i + 6
    }
    if (0xD800...0xDBFF).contains(unit) {
      if i + 7 < raw.count, raw[i + 6] == UInt8(ascii: "\\"), raw[i + 7] == UInt8(ascii: "u"),
        let low = hex(raw, at: i + 8), (0xDC00...0xDFFF).contains(low)
      {
        out.append(contentsOf: raw[i..<(i + 12)])
        return i + 12
      }
      out += replacement
      return i + 6
    }
    out.append(contentsOf: raw[i..<(i + 6)])
    return i + 6
  }

  private static func hex(_ raw: [UInt8], at i: Int) -> UInt32? {
    guard i + 4 <= raw.count else { return nil }
    return UInt32(String(decoding: raw[i..<(i + 4)], as: UTF8.self), radix: 16)
  }

  /// A number as it is, or as a string when `numeric` could not hold it.
  private static func copyNumber(_ raw: [UInt8], at start: Int, to out: inout [UInt8]) -> Int {
    var end = start
    var exponentDigits = 0
    var inExponent = false
    while end < raw.count {
      let byte = raw[end]
      if isDigit(byte) {
        if inExponent { exponentDigits += 1 }
      } else if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
        inExponent = true
      } else if byte != UInt8(ascii: "-") && byte != UInt8(ascii: "+") && byte != UInt8(ascii: ".")
      {
        break
      }
      end += 1
    }
    let isAbsurd = exponentDigits > exponentDigitsMax || end - start > numberDigitsMax
    if isAbsurd { out.append(UInt8(ascii: "\"")) }
    out.append(contentsOf: raw[start..<end])
    if isAbsurd { out.append(UInt8(ascii: "\"")) }
    return end
  }
}
