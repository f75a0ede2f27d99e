import Glibc

/// The bytes of a JSON text and the index over them; built in one pass without recursion.
public final class JSONDocument: Sendable {
  struct Node: Sendable {
    var start: UInt32
    var end: UInt32
    /// Index of the node after this one and all that it holds.
    var next: UInt32
    var kind: JSONValue.Kind
    /// A string without escapes.
    var isPlain: Bool
  }

  let bytes: [UInt8]
  let nodes: [Node]

  init(_ bytes: [UInt8], limits: JSONLimits) throws(JSONError) {
    guard bytes.count <= min(limits.bytes, Int(UInt32.max) - 1) else {
      throw JSONError("longer than \(limits.bytes) bytes", offset: limits.bytes)
    }
    var nodes: [Node] = []
    nodes.reserveCapacity(bytes.count / 12 + 4)
    var problem: JSONError?
    bytes.withUnsafeBufferPointer { buffer in
      var parser = Parser(bytes: buffer, depthMax: limits.depth)
      problem = parser.parse(&nodes)
    }
    if let problem { throw problem }
    self.bytes = bytes
    self.nodes = nodes
  }

  /// The node of a member's value in the object at `object`; of duplicate keys the last.
  func member(_ wanted: UnsafeBufferPointer<UInt8>, of object: Int) -> Int? {
    nodes.withUnsafeBufferPointer { nodes in
      bytes.withUnsafeBufferPointer { bytes in
        var found: Int?
        var key = object + 1
        let end = Int(nodes[object].next)
        while key < end {
          if JSONDocument.isKey(nodes[key], wanted, bytes) { found = key + 1 }
          key = Int(nodes[key + 1].next)
        }
        return found
      }
    }
  }

  @inline(__always)
  private static func isKey(
    _ node: Node, _ wanted: UnsafeBufferPointer<UInt8>, _ bytes: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    // Between its quotes.
    let content = Int(node.start) + 1..<Int(node.end) - 1
    if node.isPlain {
      guard content.count == wanted.count, let base = bytes.baseAddress else { return false }
      guard let name = wanted.baseAddress else { return true }
      return memcmp(base + content.lowerBound, name, wanted.count) == 0
    }
    return unescaped(Array(bytes[content])[...]).utf8.elementsEqual(wanted)
  }

  /// The text of a string with escapes; lone surrogates become U+FFFD.
  static func unescaped(_ content: ArraySlice<UInt8>) -> String {
    var out: [UInt8] = []
    out.reserveCapacity(content.count)
    var i = content.startIndex
    func unit(at index: Int) -> UInt32? {
      guard index + 4 <= content.endIndex else { return nil }
      return UInt32(String(decoding: content[index..<(index + 4)], as: UTF8.self), radix: 16)
    }
    while i < content.endIndex {
      let byte = content[i]
      guard byte == 92, i + 1 < content.endIndex else {
        out.append(byte)
        i += 1
        continue
      }
      let escape = content[i + 1]
      i += 2
      switch escape {
      case 110: out.append(10)
      case 116: out.append(9)
      case 114: out.append(13)
      case 98: out.append(8)
      case 102: out.append(12)
      case 117:
        var code = unit(at: i) ?? 0xFFFD
        i += 4
        if (0xD800...0xDBFF).contains(code), i + 1 < content.endIndex, content[i] == 92,
          content[i + 1] == 117, let low = unit(at: i + 2), (0xDC00...0xDFFF).contains(low)
        {
          code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
          i += 6
        }
        out.append(contentsOf: String(Unicode.Scalar(code) ?? "\u{FFFD}").utf8)
      default: out.append(escape)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}

extension JSONDocument {
  /// One pass over the bytes; open arrays and objects are kept on a stack of bounded depth.
  struct Parser {
    let bytes: UnsafeBufferPointer<UInt8>
    let depthMax: Int
    var at = 0
    /// Nodes of the arrays and objects that are open.
    var open: [Int] = []

    init(bytes: UnsafeBufferPointer<UInt8>, depthMax: Int) {
      self.bytes = bytes
      self.depthMax = depthMax
    }

    private enum Expects { case value, valueOrEnd, key, keyOrEnd, commaOrEnd, end }

    mutating func parse(_ nodes: inout [Node]) -> JSONError? {
      var expects = Expects.value
      while true {
        skipSpace()
        guard at < bytes.count else {
          return expects == .end ? nil : JSONError("it ends too early", offset: at)
        }
        let byte = bytes[at]
        switch expects {
        case .end:
          return JSONError("text after the value", offset: at)
        case .commaOrEnd:
          guard let top = open.last else { return JSONError("nothing is open", offset: at) }
          let isObject = nodes[top].kind == .object
          if byte == 44 {
            at += 1
            expects = isObject ? .key : .value
          } else if byte == (isObject ? 125 : 93) {
            expects = close(&nodes)
          } else {
            return JSONError("expected a comma or an end", offset: at)
          }
        case .keyOrEnd where byte == 125, .valueOrEnd where byte == 93:
          expects = close(&nodes)
        case .key, .keyOrEnd:
          guard byte == 34 else { return JSONError("expected a key", offset: at) }
          if let problem = string(&nodes) { return problem }
          skipSpace()
          guard at < bytes.count, bytes[at] == 58 else {
            return JSONError("expected a colon", offset: at)
          }
          at += 1
          expects = .value
        case .value, .valueOrEnd:
          switch byte {
          case 123, 91:
            guard open.count < depthMax else {
              return JSONError("nested deeper than \(depthMax)", offset: at)
            }
            open.append(nodes.count)
            nodes.append(
              Node(
                start: UInt32(at), end: 0, next: 0, kind: byte == 123 ? .object : .array,
                isPlain: true))
            at += 1
            expects = byte == 123 ? .keyOrEnd : .valueOrEnd
          case 34:
            if let problem = string(&nodes) { return problem }
            expects = open.isEmpty ? .end : .commaOrEnd
          default:
            if let problem = scalar(byte, &nodes) { return problem }
            expects = open.isEmpty ? .end : .commaOrEnd
          }
        }
      }
    }

    private mutating func close(_ nodes: inout [Node]) -> Expects {
      at += 1
      let top = open.removeLast()
      nodes[top].end = UInt32(at)
      nodes[top].next = UInt32(nodes.count)
      return open.isEmpty ? .end : .commaOrEnd
    }

    private mutating func skipSpace() {
      while at < bytes.count {
        switch bytes[at] {
        case 32, 10, 13, 9: at += 1
        default: return
        }
      }
    }

    private func leaf(_ start: Int, _ kind: JSONValue.Kind, _ count: Int, plain: Bool = true)
      -> Node
    {
      Node(
        start: UInt32(start), end: UInt32(at), next: UInt32(count + 1), kind: kind, isPlain: plain)
    }

    private mutating func string(_ nodes: inout [Node]) -> JSONError? {
      let start = at
      at += 1
      var isPlain = true
      while at < bytes.count {
        let byte = bytes[at]
        if byte == 34 {
          at += 1
          nodes.append(leaf(start, .string, nodes.count, plain: isPlain))
          return nil
        }
        if byte == 92 {
          isPlain = false
          guard let length = escapeLength() else {
            return JSONError("not a legal escape", offset: at)
          }
          at += length
        } else if byte < 32 {
          return JSONError("a control character in a string", offset: at)
        } else if byte < 128 {
          at += 1
        } else {
          guard let length = utf8Length() else { return JSONError("not UTF-8", offset: at) }
          at += length
        }
      }
      return JSONError("a string that never ends", offset: start)
    }

    private func escapeLength() -> Int? {
      guard at + 1 < bytes.count else { return nil }
      switch bytes[at + 1] {
      case 34, 92, 47, 98, 102, 110, 114, 116: return 2
      case 117:
        guard at + 5 < bytes.count else { return nil }
        for i in (at + 2)...(at + 5) {
          switch bytes[i] {
          case 48...57, 65...70, 97...102: continue
          default: return nil
          }
        }
        return 6
      default: return nil
      }
    }

    /// The length of the well-formed UTF-8 sequence here (RFC 3629); `nil` when it is none.
    private func utf8Length() -> Int? {
      let first = bytes[at]
      func follows(_ offset: Int, _ range: ClosedRange<UInt8>) -> Bool {
        at + offset < bytes.count && range.contains(bytes[at + offset])
      }
      switch first {
      case 0xC2...0xDF: return follows(1, 0x80...0xBF) ? 2 : nil
      case 0xE0...0xEF:
        let second: ClosedRange<UInt8> =
          first == 0xE0 ? 0xA0...0xBF : first == 0xED ? 0x80...0x9F : 0x80...0xBF
        return follows(1, second) && follows(2, 0x80...0xBF) ? 3 : nil
      case 0xF0...0xF4:
        let second: ClosedRange<UInt8> =
          first == 0xF0 ? 0x90...0xBF : first == 0xF4 ? 0x80...0x8F : 0x80...0xBF
        return follows(1, second) && follows(2, 0x80...0xBF) && follows(3, 0x80...0xBF) ? 4 : nil
      default: return nil
      }
    }

    private mutating func scalar(_ first: UInt8, _ nodes: inout [Node]) -> JSONError? {
      let start = at
      switch first {
      case 116: return word("true", .bool, &nodes)
      case 102: return word("false", .bool, &nodes)
      case 110: return word("null", .null, &nodes)
      default: break
      }
      if first == 45 { at += 1 }
      guard at < bytes.count, isDigit(bytes[at]) else {
        return JSONError("expected a value", offset: start)
      }
      if bytes[at] == 48 { at += 1 } else { digits() }
      if at < bytes.count, bytes[at] == 46 {
        at += 1
        guard at < bytes.count, isDigit(bytes[at]) else {
          return JSONError("a fraction without digits", offset: at)
        }
        digits()
      }
      if at < bytes.count, bytes[at] == 101 || bytes[at] == 69 {
        at += 1
        if at < bytes.count, bytes[at] == 43 || bytes[at] == 45 { at += 1 }
        guard at < bytes.count, isDigit(bytes[at]) else {
          return JSONError("an exponent without digits", offset: at)
        }
        digits()
      }
      nodes.append(leaf(start, .number, nodes.count))
      return nil
    }

    private mutating func word(
      _ word: StaticString, _ kind: JSONValue.Kind, _ nodes: inout [Node]
    ) -> JSONError? {
      let start = at
      for i in 0..<word.utf8CodeUnitCount {
        guard at < bytes.count, bytes[at] == word.utf8Start[i] else {
          return JSONError("expected a value", offset: start)
        }
        at += 1
      }
      nodes.append(leaf(start, kind, nodes.count))
      return nil
    }

    private mutating func digits() { while at < bytes.count, isDigit(bytes[at]) { at += 1 } }
    private func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
  }
}
