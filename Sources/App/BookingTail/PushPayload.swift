public import Kit
public import Push

/// The payload of a push in the outbox.
public struct PushPayload: Sendable, Equatable {
  public var message: PushMessage

  public init(_ message: PushMessage) { self.message = message }

  public var json: JSON {
    [
      "event_id": .string(message.id), "order_id": .string(message.orderID),
      "title": .string(message.title), "body": .string(message.body),
      "link": .optional(message.link),
    ]
  }

  /// `nil` without an event, an order or a title.
  public init?(json: JSONValue) {
    guard let id = json["event_id"]?.string, !id.isEmpty, let order = json["order_id"]?.string,
      let title = json["title"]?.string, !title.isEmpty
    else { return nil }
    message = PushMessage(
      id: id, orderID: order, title: title, body: json["body"]?.string ?? "",
      link: json["link"]?.string)
  }
}
