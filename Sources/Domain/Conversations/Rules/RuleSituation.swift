public import Kit

/// All that a rule may look at: one message of a customer, and what is around it at a moment.
public struct RuleSituation: Sendable {
  public struct Order: Sendable, Equatable {
    /// Our status of it.
    public var status: String
    public var placedAt: Timestamp?
    public var shipBy: Timestamp?

    public init(status: String, placedAt: Timestamp?, shipBy: Timestamp?) {
      self.status = status
      self.placedAt = placedAt
      self.shipBy = shipBy
    }

    var isShipped: Bool { status == "shipped" }
    var isOff: Bool { status == "cancelled" }
  }

  /// The moment at which the rule looks.
  public var now: Timestamp
  /// The same, on the clock of the rule's place.
  public var local: LocalMoment
  public var threadStatus: ThreadStatus
  public var topic: String
  public var order: Order?
  public var sender: MessageSender
  public var senderName: String?
  public var text: String
  public var language: MessageLanguage
  public var messageAt: Timestamp
  /// Somebody of ours wrote to the customer after the message, and could have seen it.
  public var isAnswered: Bool
  /// The latest answer that a rule gave in this thread.
  public var lastAutoReplyAt: Timestamp?

  public init(
    now: Timestamp, local: LocalMoment, threadStatus: ThreadStatus, topic: String, order: Order?,
    sender: MessageSender, senderName: String?, text: String, language: MessageLanguage,
    messageAt: Timestamp, isAnswered: Bool, lastAutoReplyAt: Timestamp?
  ) {
    self.now = now
    self.local = local
    self.threadStatus = threadStatus
    self.topic = topic
    self.order = order
    self.sender = sender
    self.senderName = senderName
    self.text = text
    self.language = language
    self.messageAt = messageAt
    self.isAnswered = isAnswered
    self.lastAutoReplyAt = lastAutoReplyAt
  }
}
