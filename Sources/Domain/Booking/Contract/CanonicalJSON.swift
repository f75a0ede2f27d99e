import Cryptography
public import Kit

/// JSON in its one canonical form (RFC 8785): members sorted by UTF-16 code units, no white space,
/// numbers as ECMAScript writes them. What a digest is taken of.
public enum CanonicalJSON {
  /// - Returns: `nil` for a number that is no finite double: it has no canonical form.
  public static func bytes(of value: JSONValue) -> [UInt8]? {
    var out: [UInt8] = []
    out.reserveCapacity(value.rawBytes.count)
    return write(value, to: &out) ? out : nil
  }

  /// Of JSON of ours, whose numbers are whole and small.
  public static func bytes(of json: JSON) -> [UInt8] {
    guard let value = try? JSONValue.parse(json.bytes), let bytes = bytes(of: value) else {
      preconditionFailure("JSON of ours that is none")
    }
    return bytes
  }

  /// SHA-256 of the canonical form, 32 bytes.
  public static func digest(of json: JSON) -> [UInt8] { SHA256.hash(bytes(of: json)) }

  private static func write(_ value: JSONValue, to out: inout [UInt8]) -> Bool {
    switch value.kind {
    case .null, .bool: out += value.rawBytes
    case .number:
      if isPlainInteger(value.rawBytes) {
        out += value.rawBytes
        return true
      }
      guard let number = Double(value.rawText), number.isFinite else { return false }
      out += ecmaText(of: number).utf8
    case .string: quote(value.string ?? "", to: &out)
    case .array:
      out.append(91)
      for (i, element) in value.elements.enumerated() {
        if i > 0 { out.append(44) }
        guard write(element, to: &out) else { return false }
      }
      out.append(93)
    case .object:
      out.append(123)
      let sorted = value.members.sorted { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }
      for (i, member) in sorted.enumerated() {
        if i > 0 { out.append(44) }
        quote(member.key, to: &out)
        out.append(58)
        guard write(member.value, to: &out) else { return false }
      }
      out.append(125)
    }
    return true
  }

  /// Up to 15 digits without a sign: the same text in every form.
  private static func isPlainInteger(_ raw: ArraySlice<UInt8>) -> Bool {
    guard raw.count <= 15, raw.first != 45 else { return false }
    return raw.allSatisfy { (48...57).contains($0) }
  }

  private static func quote(_ text: String, to out: inout [UInt8]) {
    out.append(34)
    for byte in text.utf8 {
      switch byte {
      case 34: out += [92, 34]
      case 92: out += [92, 92]
      case 8: out += [92, 98]
      case 9: out += [92, 116]
      case 10: out += [92, 110]
      case 12: out += [92, 102]
      case 13: out += [92, 114]
      case 0..<32:
        let digits = Array("0123456789abcdef".utf8)
        out += [92, 117, 48, 48, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: out.append(byte)
      }
    }
    out.append(34)
  }

  /// ECMA-262, Number::toString. Swift finds the shortest digits too; only the layout differs.
  static func ecmaText(of number: Double) -> String {
    if number == 0 { return "0" }
    if number < 0 { return "-" + ecmaText(of: -number) }
    let swift = number.description
    let parts = swift.split(separator: "e")
    let mantissa = parts[0].split(separator: ".")
    let fraction = mantissa.count > 1 && mantissa[1] != "0" ? mantissa[1] : ""
    // The value is 0.DIGITS times ten to `point`.
    var digits = Array((mantissa[0] + fraction).utf8)
    var point = mantissa[0].utf8.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
    while digits.first == 48 {
      digits.removeFirst()
      point -= 1
    }
    while digits.last == 48 { digits.removeLast() }
    let text = String(decoding: digits, as: UTF8.self)
    let zeros = { (count: Int) in String(repeating: "0", count: count) }
    switch point {
    case _ where point >= digits.count && point <= 21: return text + zeros(point - digits.count)
    case 1...21: return text.prefix(point) + "." + text.dropFirst(point)
    case -5...0: return "0." + zeros(-point) + text
    default:
      let power = point - 1
      let tail = digits.count > 1 ? "." + text.dropFirst() : ""
      return text.prefix(1) + tail + "e" + (power < 0 ? "-" : "+") + "\(abs(power))"
    }
  }
}
