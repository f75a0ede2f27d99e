/// Header fields in their order; names compare without regard to case.
public struct HTTPHeaders: Sendable, Sequence, ExpressibleByDictionaryLiteral {
  public private(set) var fields: [(String, String)]

  public init(_ fields: [(String, String)] = []) { self.fields = fields }
  public init(dictionaryLiteral elements: (String, String)...) { fields = elements }

  /// The first field of that name.
  public subscript(name: String) -> String? {
    get { fields.first { HTTPHeaders.same($0.0, name) }?.1 }
    set {
      fields.removeAll { HTTPHeaders.same($0.0, name) }
      if let newValue { fields.append((name, newValue)) }
    }
  }

  public mutating func append(_ name: String, _ value: String) { fields.append((name, value)) }

  public func makeIterator() -> IndexingIterator<[(String, String)]> { fields.makeIterator() }

  /// No field can smuggle in another: no CR, LF or NUL, and the names are tokens.
  public var areLegal: Bool {
    fields.allSatisfy { name, value in
      !name.isEmpty && name.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: ":") }
        && value.utf8.allSatisfy { $0 != 0 && $0 != 10 && $0 != 13 }
    }
  }

  private static func same(_ a: String, _ b: String) -> Bool {
    guard a.utf8.count == b.utf8.count else { return false }
    return zip(a.utf8, b.utf8).allSatisfy { lower($0) == lower($1) }
  }

  private static func lower(_ byte: UInt8) -> UInt8 {
    (65...90).contains(byte) ? byte + 32 : byte
  }
}
