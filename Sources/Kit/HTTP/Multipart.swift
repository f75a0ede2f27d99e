public import Kit

/// multipart/form-data (RFC 7578), taken apart without copying the parts' bytes.
public enum Multipart {
  /// More parts than this are refused.
  static let partsMax = 100
  static let headBytesMax = 8_192

  public struct Part: Sendable {
    /// The form field.
    public var name: String
    /// The file's name as the browser gave it: text to show, never a path to open.
    public var filename: String?
    public var contentType: String?
    public var body: ArraySlice<UInt8>
  }

  /// - Parameter contentType: the request's `Content-Type`, which names the boundary.
  /// - Throws: `MultipartError` for anything but a whole, well-formed body.
  public static func parse(
    _ body: [UInt8], contentType: String
  ) throws(MultipartError) -> [Part] {
    guard contentType.lowercased().hasPrefix("multipart/form-data"),
      let boundary = parameter("boundary", of: contentType), (1...70).contains(boundary.utf8.count)
    else { throw MultipartError("no multipart boundary") }
    let mark = Array("--\(boundary)".utf8)
    guard body.starts(with: mark) else { throw MultipartError("does not begin with its boundary") }
    let separator = [13, 10] + mark
    var parts: [Part] = []
    var at = mark.count
    while true {
      if body[at...].starts(with: [45, 45]) { return parts }
      guard body[at...].starts(with: [13, 10]) else { throw MultipartError("a broken boundary") }
      at += 2
      guard parts.count < partsMax else { throw MultipartError("more than \(partsMax) parts") }
      guard let head = find([13, 10, 13, 10], in: body, from: at), head - at <= headBytesMax,
        let end = find(separator, in: body, from: head + 2)
      else { throw MultipartError("a part has no end") }
      let bodyStart = head + 4
      guard bodyStart <= end else { throw MultipartError("a part has no end") }
      parts.append(try part(body[at..<head], body[bodyStart..<end]))
      at = end + separator.count
    }
  }

  private static func part(
    _ head: ArraySlice<UInt8>, _ body: ArraySlice<UInt8>
  ) throws(MultipartError) -> Part {
    var headers = HTTPHeaders()
    for line in head.split(separator: 13) {
      let text = String(decoding: line.first == 10 ? line.dropFirst() : line, as: UTF8.self)
      guard let colon = text.firstIndex(of: ":") else { throw MultipartError("a broken header") }
      let value = text[text.index(after: colon)...].drop { $0 == " " }
      headers.append(String(text[..<colon]), String(value))
    }
    let disposition = headers["Content-Disposition"] ?? ""
    guard let name = parameter("name", of: disposition) else {
      throw MultipartError("a part has no name")
    }
    return Part(
      name: name, filename: parameter("filename", of: disposition),
      contentType: headers["Content-Type"], body: body)
  }

  /// `name="value"` or `name=value` behind a semicolon; browsers write `%22` for a quote.
  private static func parameter(_ name: String, of header: String) -> String? {
    for piece in header.split(separator: ";").dropFirst() {
      let pair = piece.drop { $0 == " " }
      guard let equals = pair.firstIndex(of: "="), pair[..<equals].lowercased() == name else {
        continue
      }
      let value = pair[pair.index(after: equals)...]
      guard value.hasPrefix("\""), value.hasSuffix("\""), value.count >= 2 else {
        return String(value)
      }
      return String(value.dropFirst().dropLast())
    }
    return nil
  }

  private static func find(_ needle: [UInt8], in body: [UInt8], from start: Int) -> Int? {
    guard start >= 0, body.count - needle.count >= start else { return nil }
    return body.withUnsafeBufferPointer { bytes in
      var at = start
      while at <= bytes.count - needle.count {
        if bytes[at] == needle[0] {
          var matched = 1
          while matched < needle.count, bytes[at + matched] == needle[matched] { matched += 1 }
          if matched == needle.count { return at }
        }
        at += 1
      }
      return nil
    }
  }
}

/// A form that cannot be taken apart.
public struct MultipartError: ClassifiedError {
  public var problem: String

  init(_ problem: String) { self.problem = problem }

  public var description: String { "not readable as a form: \(problem)" }
  public var debugDescription: String { description }
  public var classification: Classification {
    .invalid([FieldProblem(field: "body", problem: problem)])
  }
}
