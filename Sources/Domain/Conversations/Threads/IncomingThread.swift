public import Kit

/// A thread as the marketplace showed it: all of its messages, or the latest.
public struct IncomingThread: Sendable, Equatable {
  public var id: String
  public var topic: String
  /// `MMP_ORDER`, `SELLER_OPERATOR`, ...; `nil` for a thread about nothing.
  public var entityType: String?
  /// The order's id where the entity is an order.
  public var entityID: String?
  public var createdAt: Timestamp
  public var updatedAt: Timestamp
  public var participants: [ThreadParticipant]
  /// In order of their time.
  public var messages: [IncomingMessage]
  /// How many messages the thread has at the marketplace.
  public var totalCount: Int
  /// Somebody of ours said on the marketplace's pages that no answer is needed.
  public var settledAt: Timestamp?

  public init(
    id: String, topic: String, entityType: String? = nil, entityID: String? = nil,
    createdAt: Timestamp, updatedAt: Timestamp, participants: [ThreadParticipant] = [],
    messages: [IncomingMessage] = [], totalCount: Int = 0, settledAt: Timestamp? = nil
  ) {
    self.id = id
    self.topic = topic
    self.entityType = entityType
    self.entityID = entityID
    self.createdAt = createdAt
    self.updatedAt = updatedAt
    self.participants = participants
    self.messages = messages
    self.totalCount = totalCount
    self.settledAt = settledAt
  }

  public static let orderEntity = "MMP_ORDER"

  /// The order that the thread is about, whether or not we know it.
  public var orderID: String? { entityType == Self.orderEntity ? entityID : nil }

  public var customer: ThreadParticipant? {
    participants.first { $0.type == ThreadParticipant.customer }
  }
}
