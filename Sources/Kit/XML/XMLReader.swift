import CShims
import CXML

/// Builds the value tree from libxml2's events, so that no tree of libxml2's own is ever made.
///
/// Owned by one call of `read`; libxml2 holds its address only while `xmlParseDocument` runs.
final class XMLReader {
  private struct Open {
    var element: XMLElement
    var text: [UInt8] = []
  }

  private static let isReady: Void = xmlInitParser()

  private let limits: XMLLimits
  private let parser: xmlParserCtxtPtr
  private var open: [Open] = []
  private var elements = 0
  private var root: XMLElement?
  /// The last namespace seen: libxml2 keeps one copy of each while it parses, so that an equal
  /// address means an equal text.
  private var namespace: (address: UnsafePointer<xmlChar>, text: String)?
  private var problem: XMLError?

  private init(_ parser: xmlParserCtxtPtr, _ limits: XMLLimits) {
    self.parser = parser
    self.limits = limits
  }

  deinit { xmlFreeParserCtxt(parser) }

  static func read(_ bytes: [UInt8], _ limits: XMLLimits) throws(XMLError) -> XMLElement {
    _ = isReady
    guard bytes.count <= min(limits.bytes, Int(Int32.max)) else {
      throw XMLError(code: .tooLong, detail: "\(bytes.count) bytes")
    }
    if let name = XMLEncoding.refused(bytes) { throw XMLError(code: .encoding, detail: name) }
    let outcome: Result<XMLElement, XMLError> = bytes.withUnsafeBytes { buffer in
      let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
      guard let start, let parser = qs_xml_open(start, Int32(buffer.count)) else {
        return .failure(XMLError(code: .malformed, detail: "nothing there"))
      }
      let reader = XMLReader(parser, limits)
      return withExtendedLifetime(reader) { reader.run() }
    }
    return try outcome.get()
  }

  private func run() -> Result<XMLElement, XMLError> {
    let context = Unmanaged.passUnretained(self).toOpaque()
    qs_xml_prepare(parser, context, xmlSawDoctype, xmlStarted, xmlEnded, xmlSawText)
    let status = xmlParseDocument(parser)
    if let problem { return .failure(problem) }
    guard status == 0, parser.pointee.wellFormed == 1, parser.pointee.nsWellFormed == 1, let root
    else { return .failure(libraryProblem()) }
    return .success(root)
  }

  private func libraryProblem() -> XMLError {
    let error = parser.pointee.lastError
    let words = error.message.map { String(cString: $0) } ?? "no root element"
    return XMLError(
      code: error.code == XML_ERR_INVALID_ENCODING.rawValue ? .encoding : .malformed,
      detail: words.split(whereSeparator: \.isNewline).joined(separator: " "),
      line: Int(error.line))
  }

  private func refuse(_ code: XMLError.Code, _ detail: String) {
    guard problem == nil else { return }
    let line = parser.pointee.input.map { Int($0.pointee.line) } ?? 0
    problem = XMLError(code: code, detail: detail, line: line)
    xmlStopParser(parser)
  }

  // MARK: Events. After the parser was stopped some may still come; they are ignored.

  fileprivate func text(ofNamespace address: UnsafePointer<xmlChar>?) -> String? {
    guard let address else { return nil }
    if let namespace, namespace.address == address { return namespace.text }
    let text = String(cString: address)
    namespace = (address, text)
    return text
  }

  fileprivate func sawDoctype() { refuse(.doctype, "DOCTYPE") }

  fileprivate func started(_ element: XMLElement) {
    guard problem == nil else { return }
    elements += 1
    if open.count >= limits.depth { return refuse(.tooDeep, "more than \(limits.depth) levels") }
    if elements > limits.elements {
      return refuse(.tooManyElements, "more than \(limits.elements)")
    }
    open.append(Open(element: element))
  }

  fileprivate func ended() {
    guard problem == nil, var closed = open.popLast() else { return }
    closed.element.text = Self.trimmed(closed.text)
    if open.isEmpty {
      root = closed.element
    } else {
      open[open.count - 1].element.children.append(closed.element)
    }
  }

  fileprivate func sawText(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard problem == nil, !open.isEmpty else { return }
    open[open.count - 1].text += bytes
  }

  private static func trimmed(_ text: [UInt8]) -> String {
    func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
    guard let first = text.firstIndex(where: { !isSpace($0) }),
      let last = text.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(decoding: text[first...last], as: UTF8.self)
  }
}

private func reader(_ context: UnsafeMutableRawPointer?) -> XMLReader? {
  context.map { Unmanaged<XMLReader>.fromOpaque($0).takeUnretainedValue() }
}

private func string(_ text: UnsafePointer<xmlChar>?) -> String? {
  text.map { String(cString: $0) }
}

private func xmlSawDoctype(
  _ context: UnsafeMutableRawPointer?, _ name: UnsafePointer<xmlChar>?,
  _ external: UnsafePointer<xmlChar>?, _ system: UnsafePointer<xmlChar>?
) { reader(context)?.sawDoctype() }

/// `attributes` are five pointers each: local name, prefix, namespace, start and end of the value.
private func xmlStarted(
  _ context: UnsafeMutableRawPointer?, _ name: UnsafePointer<xmlChar>?,
  _ prefix: UnsafePointer<xmlChar>?, _ namespace: UnsafePointer<xmlChar>?,
  _ namespaceCount: Int32, _ namespaces: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?,
  _ attributeCount: Int32, _ defaulted: Int32,
  _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
) {
  guard let reader = reader(context) else { return }
  var element = XMLElement(
    localName: string(name) ?? "", namespace: reader.text(ofNamespace: namespace))
  for i in 0..<Int(attributeCount) {
    guard let attributes, let name = string(attributes[5 * i]), let start = attributes[5 * i + 3],
      let end = attributes[5 * i + 4]
    else { continue }
    let isPlain = attributes[5 * i + 2] == nil
    if !isPlain, element.attributes[name] != nil { continue }
    element.attributes[name] = String(
      decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
  }
  reader.started(element)
}

private func xmlEnded(
  _ context: UnsafeMutableRawPointer?, _ name: UnsafePointer<xmlChar>?,
  _ prefix: UnsafePointer<xmlChar>?, _ namespace: UnsafePointer<xmlChar>?
) { reader(context)?.ended() }

private func xmlSawText(
  _ context: UnsafeMutableRawPointer?, _ text: UnsafePointer<xmlChar>?, _ count: Int32
) { reader(context)?.sawText(UnsafeBufferPointer(start: text, count: Int(count))) }
