public import Google
public import Kit

/// A way to the people of one business: one interface, whatever carries the message.
public struct PushSender: Sendable {
  /// What a lost answer means.
  public enum Lost: Sendable {
    /// Whether the message is there can be asked.
    case lookUp(@Sendable (PushMessage) async -> Answer<Bool>)
    /// Copies collapse on the device into one: sending again is harmless.
    case collapses
  }

  /// Hands the message to the service once; the service's own name of it.
  public var send: @Sendable (PushMessage) async -> Answer<String>
  public var lost: Lost

  public init(send: @escaping @Sendable (PushMessage) async -> Answer<String>, lost: Lost) {
    self.send = send
    self.lost = lost
  }

  /// Through Firebase, to one device or a topic.
  public static func fcm(_ client: FCMClient, to target: FCMMessage.Target) -> PushSender {
    PushSender(
      send: { message in
        await client.send(
          FCMMessage(
            target: target, title: message.title, body: message.body, orderID: message.orderID,
            collapseID: message.tag, link: message.link))
      }, lost: .collapses)
  }

  /// Through a server of ntfy, to those who listen to the topic.
  public static func ntfy(_ client: NtfyClient, topic: String) -> PushSender {
    PushSender(
      send: { message in await client.publish(topic, message) },
      lost: .lookUp { message in await client.has(topic, message) })
  }

  /// Answers nothing but a bug that names the call.
  public static let unstubbed = PushSender(
    send: { _ in
      let why = "PushSend is not stubbed"
      let now = Timestamp.now()
      return Answer(
        call: CallRecord(
          id: UUIDv7.make(at: now), service: "Push", endpoint: "PushSend", method: "", url: "",
          startedAt: now, isSuccess: false, problem: why, correlationID: "PushSend"),
        result: .failure(
          OutsideError(service: "Push", message: why, classification: .bug(why))))
    }, lost: .collapses)
}
