/// Two lower-case digits a byte.
public enum Hex {
  private static let digits: StaticString = "0123456789abcdef"

  public static func encode(_ bytes: some Collection<UInt8>) -> String {
    let digits = digits.utf8Start
    return String(unsafeUninitializedCapacity: bytes.count * 2) { out in
      var at = 0
      for byte in bytes {
        out[at] = digits[Int(byte >> 4)]
        out[at + 1] = digits[Int(byte & 15)]
        at += 2
      }
      return at
    }
  }

  /// Reads both cases; `nil` for an odd length or anything that is no digit.
  public static func decode(_ text: some StringProtocol) -> [UInt8]? {
    var out: [UInt8] = []
    out.reserveCapacity(text.utf8.count / 2)
    var high: UInt8?
    for byte in text.utf8 {
      let value: UInt8
      switch byte {
      case 48...57: value = byte - 48
      case 65...70: value = byte - 55
      case 97...102: value = byte - 87
      default: return nil
      }
      if let first = high {
        out.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return high == nil ? out : nil
  }
}
