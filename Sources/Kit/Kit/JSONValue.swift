/// JSON from outside, read once into an index over its untouched bytes.
///
/// Strict RFC 8259: one value, UTF-8, no trailing text, bounded size and depth. Looking something up
/// makes no copies but of what is asked for; `rawBytes` is what came, to the byte.
public struct JSONValue: Sendable {
  public enum Kind: UInt8, Sendable { case null, bool, number, string, array, object }

  let document: JSONDocument
  let index: Int

  /// - Throws: `JSONError` with the offset of the trouble.
  public static func parse(
    _ bytes: [UInt8], limits: JSONLimits = JSONLimits()
  ) throws(JSONError) -> JSONValue {
    JSONValue(document: try JSONDocument(bytes, limits: limits), index: 0)
  }

  private var node: JSONDocument.Node { document.nodes[index] }

  public var kind: Kind { node.kind }
  public var isNull: Bool { kind == .null }

  /// The untouched source of this value.
  public var rawBytes: ArraySlice<UInt8> { document.bytes[Int(node.start)..<Int(node.end)] }
  public var rawText: String { String(decoding: rawBytes, as: UTF8.self) }

  /// A member of an object; of duplicate keys the last counts. `nil` when absent or no object.
  public subscript(key: String) -> JSONValue? {
    guard kind == .object else { return nil }
    var key = key
    let found = key.withUTF8 { document.member($0, of: index) }
    return found.map { JSONValue(document: document, index: $0) }
  }

  public var elements: [JSONValue] {
    guard kind == .array else { return [] }
    var all: [JSONValue] = []
    var child = index + 1
    let end = Int(node.next)
    while child < end {
      all.append(JSONValue(document: document, index: child))
      child = Int(document.nodes[child].next)
    }
    return all
  }

  public var members: [(key: String, value: JSONValue)] {
    guard kind == .object else { return [] }
    var all: [(key: String, value: JSONValue)] = []
    var child = index + 1
    let end = Int(node.next)
    while child < end {
      let key = JSONValue(document: document, index: child).string ?? ""
      all.append((key, JSONValue(document: document, index: child + 1)))
      child = Int(document.nodes[child + 1].next)
    }
    return all
  }

  /// The text of a string; `nil` for anything else.
  public var string: String? {
    guard kind == .string else { return nil }
    let content = document.bytes[(Int(node.start) + 1)..<(Int(node.end) - 1)]
    return node.isPlain ? String(decoding: content, as: UTF8.self) : JSONDocument.unescaped(content)
  }

  /// A string, a number or a boolean as text: some answers write codes as numbers.
  public var text: String? {
    switch kind {
    case .string: string
    case .number, .bool: rawText
    case .null, .array, .object: nil
    }
  }

  /// A whole number, also one in a string.
  public var int: Int64? {
    guard kind == .number || kind == .string, let text else { return nil }
    if let value = Int64(text) { return value }
    // 2.0 and 2e0 are whole numbers too.
    return DecimalText(text)?.whole
  }

  /// A number's own text, untouched; also of a number in a string.
  public var decimal: String? {
    switch kind {
    case .number: return rawText
    case .string:
      guard let string, DecimalText(string) != nil else { return nil }
      return string
    case .null, .bool, .array, .object: return nil
    }
  }

  public var bool: Bool? {
    switch text {
    case "true": true
    case "false": false
    default: nil
    }
  }

  public var timestamp: Timestamp? {
    guard kind == .string, node.isPlain else { return string.flatMap { Timestamp(iso8601: $0) } }
    return document.bytes.withUnsafeBufferPointer {
      Timestamp(iso8601: UnsafeBufferPointer(rebasing: $0[Int(node.start) + 1..<Int(node.end) - 1]))
    }
  }
}

public struct JSONLimits: Sendable {
  public var bytes: Int
  public var depth: Int

  public init(bytes: Int = 16 << 20, depth: Int = 64) {
    self.bytes = bytes
    self.depth = depth
  }
}

public struct JSONError: ClassifiedError {
  public var problem: String
  /// In bytes.
  public var offset: Int

  public init(_ problem: String, offset: Int) {
    self.problem = problem
    self.offset = offset
  }

  public var description: String { "not readable as JSON: \(problem) at byte \(offset)" }
  public var debugDescription: String { description }
  public var classification: Classification {
    .invalid([FieldProblem(field: "body", problem: description)])
  }
}
