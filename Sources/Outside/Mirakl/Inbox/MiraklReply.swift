package import Kit

/// An answer in a thread (M12): a form of a JSON part and the files.
public struct MiraklReply: Sendable {
  public struct File: Sendable {
    /// ASCII alone goes into the form; the rest of a name is written as `_`.
    public var name: String
    public var contentType: String
    public var bytes: [UInt8]

    public init(name: String, contentType: String, bytes: [UInt8]) {
      self.name = name
      self.contentType = contentType
      self.bytes = bytes
    }
  }

  /// 3 to 50,000 characters, with `<br />` where a line ends.
  public var body: String
  public var to: [MiraklParticipant]
  public var files: [File]

  public init(body: String, to: [MiraklParticipant], files: [File] = []) {
    self.body = body
    self.to = to
    self.files = files
  }

  /// The part `message_input`.
  package var input: [UInt8] {
    let recipients = to.map { participant -> JSON in
      var members: [(String, JSON)] = [("type", .string(participant.type))]
      if let id = participant.id { members.append(("id", .string(id))) }
      return .object(members)
    }
    return JSON.object([("body", .string(body)), ("to", .array(recipients))]).bytes
  }

  /// - Parameter boundary: must occur nowhere in the parts.
  package func form(boundary: String) -> [UInt8] {
    form(part: "message_input", input, boundary: boundary)
  }

  func form(part: String, _ input: [UInt8], boundary: String) -> [UInt8] {
    var form: [UInt8] = []
    func add(_ head: String, _ bytes: [UInt8]) {
      form.append(contentsOf: "--\(boundary)\r\n\(head)\r\n\r\n".utf8)
      form.append(contentsOf: bytes)
      form.append(contentsOf: "\r\n".utf8)
    }
    add(
      "Content-Disposition: form-data; name=\"\(part)\"\r\nContent-Type: application/json",
      input)
    for file in files {
      add(
        "Content-Disposition: form-data; name=\"files\"; filename=\"\(Self.ascii(file.name))\"\r\n"
          + "Content-Type: \(file.contentType)", file.bytes)
    }
    form.append(contentsOf: "--\(boundary)--\r\n".utf8)
    return form
  }

  private static func ascii(_ name: String) -> String {
    String(
      name.unicodeScalars.map { scalar -> Character in
        let isFine = (0x20..<0x7F).contains(scalar.value) && scalar != "\"" && scalar != "\\"
        return isFine ? Character(scalar) : "_"
      })
  }

  /// - Returns: the new message's id; `nil` when the answer was good and did not tell.
  package static func messageID(from body: [UInt8]) throws(OutsideError) -> String? {
    // A login or error page with status 200 is no answer of the marketplace.
    if MiraklErrors.isPage(body) {
      let why = "a page instead of an answer"
      throw OutsideError(
        service: MiraklErrors.service, message: why, classification: .unknownOutcome(why))
    }
    return (try? JSONValue.parse(body))?["message_id"]?.filledText
  }
}
