package import Kit

/// A thread with a customer that the shop begins (OR43). It differs from an answer: its part has another
/// name, a topic is needed, and recipients are plain words (contract, section 8.5).
public struct MiraklOpening: Sendable {
  public var topic: String
  public var message: MiraklReply

  public init(topic: String, message: MiraklReply) {
    self.topic = topic
    self.message = message
  }

  /// The part `thread_input`.
  package var input: [UInt8] {
    JSON.object([
      ("body", .string(message.body)),
      ("topic", ["type": "FREE_TEXT", "value": .string(topic)]),
      ("to", .array(message.to.map { .string($0.type) })),
    ]).bytes
  }

  package func form(boundary: String) -> [UInt8] {
    message.form(part: "thread_input", input, boundary: boundary)
  }

  /// What the marketplace calls them; `nil` where it took them and did not tell.
  public struct Made: Sendable, Equatable {
    public var threadID: String?
    public var messageID: String?

    public init(threadID: String?, messageID: String?) {
      self.threadID = threadID
      self.messageID = messageID
    }
  }

  package static func made(from body: [UInt8]) throws(OutsideError) -> Made {
    let messageID = try MiraklReply.messageID(from: body)
    return Made(
      threadID: (try? JSONValue.parse(body))?["thread_id"]?.filledText, messageID: messageID)
  }
}
