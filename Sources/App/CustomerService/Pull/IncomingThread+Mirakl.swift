import Conversations
import Kit
import Mirakl

extension IncomingThread {
  /// `nil` for a thread that does not tell its id or its time.
  init?(_ thread: MiraklThread) {
    guard let id = thread.id, let updated = thread.updated ?? thread.messages.last?.created else {
      return nil
    }
    let order = thread.entities.first { $0.type == Self.orderEntity }
    let entity = order ?? thread.entities.first
    var participants = thread.authorized
    for other in thread.current where !participants.contains(where: { $0.type == other.type }) {
      participants.append(other)
    }
    let messages = thread.messages.map(IncomingMessage.init)
    self.init(
      id: id, topic: thread.topic ?? "", entityType: entity?.type, entityID: entity?.id,
      createdAt: thread.created ?? updated, updatedAt: updated,
      participants: participants.map {
        ThreadParticipant(type: $0.type, id: $0.id, name: $0.name)
      }, messages: messages, totalCount: thread.totalCount ?? messages.count,
      settledAt: thread.noReplyNeededAt)
  }
}

extension IncomingMessage {
  init(_ message: MiraklMessage) {
    let sender: MessageSender =
      switch message.fromType {
      case MiraklMessage.customerUser: .customer
      case MiraklMessage.shopUser: .technician
      // The marketplace's own, and whoever it invents next: never taken for a customer.
      default: .operator
      }
    self.init(
      id: message.id, sender: sender, senderName: message.fromName, body: message.body,
      createdAt: message.created,
      recipients: message.to.map { ThreadParticipant(type: $0.type, id: $0.id, name: $0.name) },
      attachments: message.attachments.map { .init(id: $0.id, name: $0.name, bytes: $0.bytes) })
  }
}
