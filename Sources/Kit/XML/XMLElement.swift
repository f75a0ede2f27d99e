/// An element of a document that was read whole; a plain value.
public struct XMLElement: Sendable, Equatable {
  /// The name without its prefix.
  public var localName: String
  /// The namespace's URI; `nil` when it has none.
  public var namespace: String?
  /// By local name. Where two differ only in their namespace, the one without stays.
  public var attributes: [String: String]
  public var children: [XMLElement]
  /// Its own text, without that of its children, trimmed of white space at both ends.
  public var text: String

  public init(
    localName: String, namespace: String? = nil, attributes: [String: String] = [:],
    children: [XMLElement] = [], text: String = ""
  ) {
    self.localName = localName
    self.namespace = namespace
    self.attributes = attributes
    self.children = children
    self.text = text
  }

  /// Reads a whole document. Nothing is ever fetched and no entities but the five of XML itself
  /// are known: a document with a DOCTYPE is refused at its first byte.
  ///
  /// - Throws: `XMLError`.
  public static func parse(
    _ bytes: [UInt8], limits: XMLLimits = XMLLimits()
  ) throws(XMLError) -> XMLElement {
    try XMLReader.read(bytes, limits)
  }

  /// The first child of this name, in whatever namespace.
  public func first(_ localName: String) -> XMLElement? {
    children.first { $0.localName == localName }
  }

  /// All children of this name.
  public func all(_ localName: String) -> [XMLElement] {
    children.filter { $0.localName == localName }
  }

  /// Walks down by first children: `shipment.path("delivery-spec", "service-code")?.text`.
  public func path(_ names: String...) -> XMLElement? {
    var element = self
    for name in names {
      guard let next = element.first(name) else { return nil }
      element = next
    }
    return element
  }

  /// The text of a first child; `nil` when there is none or it is empty.
  public func text(of localName: String) -> String? {
    first(localName).flatMap { $0.text.isEmpty ? nil : $0.text }
  }

  public subscript(attribute: String) -> String? { attributes[attribute] }
}
