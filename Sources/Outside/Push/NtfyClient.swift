public import Kit

/// A server of ntfy, as values that a test can replace.
public struct NtfyClient: Sendable {
  /// Publishes to the topic; the server's id of the message.
  public var publish: @Sendable (_ topic: String, PushMessage) async -> Answer<String>
  /// Whether the server holds the message.
  public var has: @Sendable (_ topic: String, PushMessage) async -> Answer<Bool>

  public init(
    publish: @escaping @Sendable (String, PushMessage) async -> Answer<String>,
    has: @escaping @Sendable (String, PushMessage) async -> Answer<Bool>
  ) {
    self.publish = publish
    self.has = has
  }

  /// Answers nothing: each call fails with a bug that names it.
  public static let unstubbed = NtfyClient(
    publish: { _, _ in .unstubbed("Publish") }, has: { _, _ in .unstubbed("Poll") })
}

extension Answer {
  fileprivate static func unstubbed(_ endpoint: String) -> Answer {
    let why = "\(endpoint) is not stubbed"
    return .unsent(
      OutsideError(service: NtfyErrors.service, message: why, classification: .bug(why)),
      endpoint, orderID: nil)
  }

  /// A call that was never made.
  static func unsent(_ error: OutsideError, _ endpoint: String, orderID: String?) -> Answer {
    let now = Timestamp.now()
    return Answer(
      call: CallRecord(
        id: UUIDv7.make(at: now), service: error.service, endpoint: endpoint, method: "", url: "",
        startedAt: now, isSuccess: false, problem: error.message,
        correlationID: Log.correlationID ?? endpoint, relatedID: orderID),
      result: .failure(error))
  }
}
