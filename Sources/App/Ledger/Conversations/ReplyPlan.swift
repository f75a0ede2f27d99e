public import Conversations
public import Kit
public import People

/// An answer to be written down and sent.
public struct ReplyPlan: Sendable {
  public struct File: Sendable {
    public var name: String
    public var contentType: String
    public var sha256: String
    public var bytes: Int

    public init(name: String, contentType: String, sha256: String, bytes: Int) {
      self.name = name
      self.contentType = contentType
      self.sha256 = sha256
      self.bytes = bytes
    }
  }

  public var conversationID: Int64
  /// As the writer sees it; checked with `ReplyText`.
  public var body: String
  public var type: MessageType
  /// Types of participants; those whom the thread does not allow are refused.
  public var recipients: [String]
  public var actor: Actor
  /// The newest message that the writer had on the screen; `nil` where nobody looks (a rule).
  public var lastSeen: Int64?
  /// Of the form; the same form sent twice is one message.
  public var formKey: String
  public var template: String?
  public var files: [File]
  /// From planning until a person is told that it is late.
  public var deadline: Duration

  public init(
    conversationID: Int64, body: String, type: MessageType, recipients: [String], actor: Actor,
    lastSeen: Int64?, formKey: String, template: String? = nil, files: [File] = [],
    deadline: Duration = .hours(1)
  ) {
    self.conversationID = conversationID
    self.body = body
    self.type = type
    self.recipients = recipients
    self.actor = actor
    self.lastSeen = lastSeen
    self.formKey = formKey
    self.template = template
    self.files = files
    self.deadline = deadline
  }
}

/// What became of a plan.
public enum ReplyPlanned: Sendable, Equatable {
  case planned(messageID: Int64)
  /// The form came before: this is its message.
  case repeated(messageID: Int64)
  case noSuchConversation
  /// Something newer arrived while it was written.
  case newer([NewerMessage])
  /// The same words are on their way already, or failed and wait for a decision.
  case sameWordsOpen(messageID: Int64)
  /// The thread does not allow this recipient.
  case notAllowed(recipient: String)

  public struct NewerMessage: Sendable, Equatable {
    public var messageID: Int64
    public var sender: MessageSender
    public var who: String
    public var preview: String
    public var at: Timestamp
  }
}
