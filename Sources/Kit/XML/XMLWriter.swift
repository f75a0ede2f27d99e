/// Writes a document in the order of the calls.
///
/// ```swift
/// let bytes = XMLWriter.document(root: "shipment", namespace: shipmentNamespace) { w in
///   w.element("service-code", "DOM.EP")
///   w.element("sender") { w in w.element("company", company) }
/// }
/// ```
///
/// Names are ours and written as they are; text is escaped, and characters that XML 1.0 cannot hold
/// (control characters, U+FFFE, U+FFFF) are left out.
public struct XMLWriter: Sendable {
  private var out: [UInt8] = []

  private init() {}

  /// - Returns: UTF-8 with a declaration.
  public static func document(
    root: String, namespace: String? = nil, _ body: (inout XMLWriter) throws -> Void
  ) rethrows -> [UInt8] {
    var writer = XMLWriter()
    writer.out += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8
    var attributes: [(String, String)] = []
    if let namespace { attributes.append(("xmlns", namespace)) }
    try writer.element(root, attributes: attributes, body)
    return writer.out
  }

  /// An element with text; an empty text writes an empty element.
  public mutating func element(
    _ name: String, _ text: String, attributes: [(String, String)] = []
  ) {
    start(name, attributes)
    escape(text, inAttribute: false)
    end(name)
  }

  /// The same; writes nothing when there is no text.
  public mutating func optional(_ name: String, _ text: String?) {
    if let text { element(name, text) }
  }

  public mutating func element(
    _ name: String, attributes: [(String, String)] = [],
    _ body: (inout XMLWriter) throws -> Void
  ) rethrows {
    start(name, attributes)
    try body(&self)
    end(name)
  }

  public mutating func empty(_ name: String, attributes: [(String, String)] = []) {
    start(name, attributes)
    out.removeLast()
    out += "/>".utf8
  }

  private mutating func start(_ name: String, _ attributes: [(String, String)]) {
    out.append(60)
    out += name.utf8
    for (key, value) in attributes {
      out.append(32)
      out += key.utf8
      out += "=\"".utf8
      escape(value, inAttribute: true)
      out.append(34)
    }
    out.append(62)
  }

  private mutating func end(_ name: String) {
    out += "</".utf8
    out += name.utf8
    out.append(62)
  }

  private mutating func escape(_ text: String, inAttribute: Bool) {
    var text = text
    text.withUTF8 { bytes in
      for (i, byte) in bytes.enumerated() {
        switch byte {
        case 38: out += "&amp;".utf8
        case 60: out += "&lt;".utf8
        case 62: out += "&gt;".utf8
        case 34 where inAttribute: out += "&quot;".utf8
        // A parser would turn these into spaces, and CR into LF.
        case 9 where inAttribute: out += "&#9;".utf8
        case 10 where inAttribute: out += "&#10;".utf8
        case 13: out += "&#13;".utf8
        case 0..<32 where byte != 9 && byte != 10: continue
        case 0xEF where Self.isNoncharacter(bytes, i): continue
        case 0xBF where i >= 1 && Self.isNoncharacter(bytes, i - 1): continue
        case 0xBE...0xBF where i >= 2 && Self.isNoncharacter(bytes, i - 2): continue
        default: out.append(byte)
        }
      }
    }
  }

  /// U+FFFE and U+FFFF are EF BF BE and EF BF BF.
  private static func isNoncharacter(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
    at + 2 < bytes.count && bytes[at] == 0xEF && bytes[at + 1] == 0xBF && bytes[at + 2] >= 0xBE
  }
}
