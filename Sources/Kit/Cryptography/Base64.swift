/// RFC 4648: `+/` with padding, or the URL alphabet `-_` without.
public enum Base64 {
  private static let standard: StaticString =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  private static let url: StaticString =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

  public static func encode(_ bytes: [UInt8]) -> String { encode(bytes, standard, pads: true) }

  /// For addresses and tokens: `-_`, no padding.
  public static func encodeURL(_ bytes: [UInt8]) -> String { encode(bytes, url, pads: false) }

  /// Strict: `nil` for characters outside the alphabet, white space, missing or misplaced padding,
  /// and bits that are left over.
  public static func decode(_ text: some StringProtocol) -> [UInt8]? {
    decode(text, plus: 43, slash: 47, pads: true)
  }

  /// Reads the URL alphabet; padding may be there or not.
  public static func decodeURL(_ text: some StringProtocol) -> [UInt8]? {
    decode(text, plus: 45, slash: 95, pads: false)
  }

  private static func encode(_ bytes: [UInt8], _ alphabet: StaticString, pads: Bool) -> String {
    let letters = alphabet.utf8Start
    return String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { out in
      var count = 0
      func write(_ sextet: UInt32) {
        out[count] = letters[Int(sextet & 63)]
        count += 1
      }
      var at = 0
      while at + 2 < bytes.count {
        let word = UInt32(bytes[at]) << 16 | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2])
        write(word >> 18)
        write(word >> 12)
        write(word >> 6)
        write(word)
        at += 3
      }
      let rest = bytes.count - at
      guard rest > 0 else { return count }
      let word = UInt32(bytes[at]) << 16 | (rest == 2 ? UInt32(bytes[at + 1]) << 8 : 0)
      write(word >> 18)
      write(word >> 12)
      if rest == 2 { write(word >> 6) }
      for _ in 0..<(pads ? 3 - rest : 0) {
        out[count] = 61
        count += 1
      }
      return count
    }
  }

  private static func decode(
    _ text: some StringProtocol, plus: UInt8, slash: UInt8, pads: Bool
  ) -> [UInt8]? {
    var text = Array(text.utf8)[...]
    let length = text.count
    while text.last == 61, length - text.count < 2 { text.removeLast() }
    let padding = length - text.count
    guard text.count % 4 != 1, padding == 0 || length % 4 == 0, !pads || length % 4 == 0
    else { return nil }
    var out: [UInt8] = []
    out.reserveCapacity(text.count * 3 / 4)
    var word: UInt32 = 0
    var bits = 0
    for byte in text {
      let value: UInt8
      switch byte {
      case 65...90: value = byte - 65
      case 97...122: value = byte - 71
      case 48...57: value = byte + 4
      case plus: value = 62
      case slash: value = 63
      default: return nil
      }
      word = word << 6 | UInt32(value)
      bits += 6
      if bits >= 8 {
        bits -= 8
        out.append(UInt8(truncatingIfNeeded: word >> UInt32(bits)))
      }
    }
    return word & (1 << UInt32(bits) - 1) == 0 ? out : nil
  }
}
