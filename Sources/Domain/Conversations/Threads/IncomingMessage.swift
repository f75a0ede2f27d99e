public import Kit

/// A message as the marketplace showed it.
public struct IncomingMessage: Sendable, Equatable {
  public struct Attachment: Sendable, Equatable {
    public var id: String
    /// As it came; never a path to open.
    public var name: String
    public var bytes: Int

    public init(id: String, name: String, bytes: Int) {
      self.id = id
      self.name = name
      self.bytes = bytes
    }
  }

  public var id: String
  public var sender: MessageSender
  public var senderName: String?
  /// As it came: plain text, a fragment of HTML or a whole page of it.
  public var body: String
  public var createdAt: Timestamp
  public var recipients: [ThreadParticipant]
  public var attachments: [Attachment]

  public init(
    id: String, sender: MessageSender, senderName: String?, body: String, createdAt: Timestamp,
    recipients: [ThreadParticipant] = [], attachments: [Attachment] = []
  ) {
    self.id = id
    self.sender = sender
    self.senderName = senderName
    self.body = body
    self.createdAt = createdAt
    self.recipients = recipients
    self.attachments = attachments
  }
}
