/// Header fields in their order; names compare without regard to case.
public struct HTTPHeaders: Sendable, Sequence, ExpressibleByDictionaryLiteral {
  public private(set) var fields: [(String, String)]

  public init(_ fields: [(String, String)] = []) { self.fields = fields }
  public init(dictionaryLiteral elements: (String, String)...) { fields = elements }

  /// The first field of that name. Setting replaces every field of that name; `nil` removes them.
  public subscript(name: String) -> String? {
    get { fields.first { HTTPHeaders.areSame($0.0, name) }?.1 }
    set {
      fields.removeAll { HTTPHeaders.areSame($0.0, name) }
      if let newValue { fields.append((name, newValue)) }
    }
  }

  /// The values of all fields of that name, in their order.
  public func all(_ name: String) -> [String] {
    fields.filter { HTTPHeaders.areSame($0.0, name) }.map(\.1)
  }

  public mutating func append(_ name: String, _ value: String) { fields.append((name, value)) }

  public func makeIterator() -> IndexingIterator<[(String, String)]> { fields.makeIterator() }

  /// No field can smuggle in another: names are tokens, values hold no control characters.
  public var areLegal: Bool {
    fields.allSatisfy { HTTPHeaders.isToken($0.0) && HTTPHeaders.isValue($0.1) }
  }

  /// RFC 9110, 5.6.2: what a method or a field name may consist of.
  public static func isToken(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 48...57, 65...90, 97...122: true
        case 33, 35...39, 42, 43, 45, 46, 94, 95, 96, 124, 126: true
        default: false
        }
      }
  }

  /// Whether this text may stand as a field's value: no CR, LF, NUL or other control but the tab.
  public static func isValue(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 32 && $0 != 127 || $0 == 9 }
  }

  /// Whether two field names are the same.
  public static func areSame(_ a: String, _ b: String) -> Bool {
    guard a.utf8.count == b.utf8.count else { return false }
    return zip(a.utf8, b.utf8).allSatisfy { $0 == $1 || lower($0) == lower($1) }
  }

  private static func lower(_ byte: UInt8) -> UInt8 {
    (65...90).contains(byte) ? byte + 32 : byte
  }
}
