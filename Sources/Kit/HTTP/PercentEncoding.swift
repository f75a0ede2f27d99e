/// RFC 3986 percent-encoding.
public enum PercentEncoding {
  private static let digits = Array("0123456789ABCDEF".utf8)

  /// Encodes everything but unreserved characters: fit for a path segment or a query value.
  public static func encode(_ text: some StringProtocol) -> String {
    var out: [UInt8] = []
    out.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      switch byte {
      case 48...57, 65...90, 97...122, 45, 46, 95, 126: out.append(byte)
      default: out += [37, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// Malformed escapes stay as they are.
  public static func decode(_ text: Substring, plusIsSpace: Bool = false) -> String {
    guard text.utf8.contains(where: { $0 == 37 || $0 == 43 }) else { return String(text) }
    let bytes = Array(text.utf8)
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var i = 0
    while i < bytes.count {
      if bytes[i] == 37, i + 2 < bytes.count, let high = value(bytes[i + 1]),
        let low = value(bytes[i + 2])
      {
        out.append(high << 4 | low)
        i += 3
      } else {
        out.append(plusIsSpace && bytes[i] == 43 ? 32 : bytes[i])
        i += 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// `a=1&b=2` as pairs; `+` is a blank, as forms write it.
  public static func query(_ text: Substring) -> [(String, String)] {
    text.split(separator: "&").map { pair in
      guard let equals = pair.firstIndex(of: "=") else {
        return (decode(pair, plusIsSpace: true), "")
      }
      return (
        decode(pair[..<equals], plusIsSpace: true),
        decode(pair[pair.index(after: equals)...], plusIsSpace: true)
      )
    }
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 48...57: digit - 48
    case 65...70: digit - 55
    case 97...102: digit - 87
    default: nil
    }
  }
}
