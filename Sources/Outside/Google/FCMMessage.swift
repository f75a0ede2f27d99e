import Kit

/// A message for one device, or for all that listen to a topic.
public struct FCMMessage: Sendable, Equatable {
  public enum Target: Sendable, Equatable {
    /// A device's registration token: whoever has it can be written to. Never logged.
    case device(String)
    case topic(String)
  }

  public var target: Target
  public var title: String
  public var body: String
  public var orderID: String
  /// The same for every copy of this message, within 64 bytes: devices show only the last copy.
  public var collapseID: String
  public var link: String?

  public init(
    target: Target, title: String, body: String, orderID: String, collapseID: String,
    link: String? = nil
  ) {
    self.target = target
    self.title = title
    self.body = body
    self.orderID = orderID
    self.collapseID = collapseID
    self.link = link
  }

  /// The keys of `data` are none of the reserved ones (`from`, `notification`, `google...`).
  var json: JSON {
    let to: (String, JSON) =
      switch target {
      case .device(let token): ("token", .string(token))
      case .topic(let topic): ("topic", .string(topic))
      }
    var web: [(String, JSON)] = [("notification", ["tag": .string(collapseID)])]
    if let link { web.append(("fcm_options", ["link": .string(link)])) }
    return [
      "validate_only": false,
      "message": .object([
        to, ("notification", ["title": .string(title), "body": .string(body)]),
        ("data", ["order_id": .string(orderID), "event_id": .string(collapseID)]),
        (
          "android",
          [
            "priority": "HIGH", "ttl": "3600s", "collapse_key": .string(collapseID),
            "notification": ["tag": .string(collapseID)],
          ]
        ), ("apns", ["headers": ["apns-collapse-id": .string(collapseID)]]),
        ("webpush", .object(web)),
      ]),
    ]
  }
}
