/// JSON to be written. Members keep the order in which they were given.
public indirect enum JSON: Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  /// A number's own text.
  case decimal(String)
  case string(String)
  case array([JSON])
  case object([(String, JSON)])
  /// JSON text that is already written.
  case raw(String)

  public init(_ value: JSONValue) { self = .raw(value.rawText) }

  public var bytes: [UInt8] {
    var out: [UInt8] = []
    write(to: &out)
    return out
  }

  public var text: String { String(decoding: bytes, as: UTF8.self) }

  private func write(to out: inout [UInt8]) {
    switch self {
    case .null: out += "null".utf8
    case .bool(let value): out += (value ? "true" : "false").utf8
    case .int(let value): out += String(value).utf8
    case .decimal(let text), .raw(let text): out += text.utf8
    case .string(let text): JSON.quote(text, to: &out)
    case .array(let values):
      out.append(91)
      for (i, value) in values.enumerated() {
        if i > 0 { out.append(44) }
        value.write(to: &out)
      }
      out.append(93)
    case .object(let members):
      out.append(123)
      for (i, (key, value)) in members.enumerated() {
        if i > 0 { out.append(44) }
        JSON.quote(key, to: &out)
        out.append(58)
        value.write(to: &out)
      }
      out.append(125)
    }
  }

  private static func quote(_ text: String, to out: inout [UInt8]) {
    out.append(34)
    var text = text
    text.withUTF8 { bytes in
      var copied = 0
      for (i, byte) in bytes.enumerated() where byte < 32 || byte == 34 || byte == 92 {
        out += UnsafeBufferPointer(rebasing: bytes[copied..<i])
        escape(byte, to: &out)
        copied = i + 1
      }
      out += UnsafeBufferPointer(rebasing: bytes[copied...])
    }
    out.append(34)
  }

  private static func escape(_ byte: UInt8, to out: inout [UInt8]) {
    switch byte {
    case 34: out += [92, 34]
    case 92: out += [92, 92]
    case 10: out += [92, 110]
    case 13: out += [92, 114]
    case 9: out += [92, 116]
    default:
      let digits = Array("0123456789abcdef".utf8)
      out += [92, 117, 48, 48, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }

  /// Two spaces a level, for people.
  public var pretty: String {
    var out = ""
    prettyPrint(to: &out, indent: "")
    return out
  }

  private func prettyPrint(to out: inout String, indent: String) {
    switch self {
    case .array(let values) where !values.isEmpty:
      out += "[\n"
      for (i, value) in values.enumerated() {
        out += indent + "  "
        value.prettyPrint(to: &out, indent: indent + "  ")
        out += i + 1 < values.count ? ",\n" : "\n"
      }
      out += indent + "]"
    case .object(let members) where !members.isEmpty:
      out += "{\n"
      for (i, (key, value)) in members.enumerated() {
        out += indent + "  " + JSON.string(key).text + ": "
        value.prettyPrint(to: &out, indent: indent + "  ")
        out += i + 1 < members.count ? ",\n" : "\n"
      }
      out += indent + "}"
    default: out += text
    }
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral,
  ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .int(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(nilLiteral: ()) { self = .null }
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements) }

  public static func optional(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }
  public static func optional(_ moment: Timestamp?) -> JSON {
    moment.map { .string($0.iso8601) } ?? .null
  }
  public static func optional(_ number: Int?) -> JSON { number.map { .int(Int64($0)) } ?? .null }
}
