import HTTP
public import HTTPClient
public import Kit

/// Firebase Cloud Messaging, HTTP v1.
///
/// There is no key that makes a repeated call harmless, and nothing can be looked up: copies of a
/// message carry the same collapse id instead, and a device shows only the last.
public struct FCMClient: Sendable {
  /// `messages:send`; the message's name at the service.
  public var send: @Sendable (FCMMessage) async -> Answer<String>

  public init(send: @escaping @Sendable (FCMMessage) async -> Answer<String>) { self.send = send }

  /// Answers nothing but a bug that names the call.
  public static let unstubbed = FCMClient { _ in
    .unsent(FCMErrors.bug("MessagesSend is not stubbed"), endpoint: "MessagesSend")
  }

  /// - Parameters:
  ///   - project: of the service account.
  ///   - tokens: of the scope `.messaging`.
  ///   - report: is given the record of a call that was made again with a new token.
  public static func live(
    _ endpoints: GoogleEndpoints, project: String, tokens: TokenKeeper, http: HTTPClient,
    deadline: Duration = .seconds(20), report: @escaping @Sendable (CallRecord) async -> Void
  ) -> FCMClient {
    let wire = GoogleWire(
      tokens: tokens, http: http, deadline: deadline, table: FCMErrors.table, report: report)
    let path = "v1/projects/\(PercentEncoding.encode(project))/messages:send"
    return FCMClient { message in
      let call = GoogleCall(
        endpoint: "MessagesSend", method: "POST", url: "\(endpoints.messaging)/\(path)",
        body: message.json.bytes, isRead: false, subjects: [message.orderID])
      var answer = await wire.send(call) { response throws(OutsideError) in
        guard let value = try? JSONValue.parse(response.body), let name = value["name"]?.string
        else { throw FCMErrors.lost("the answer names no message") }
        return name
      }
      if case .device(let token) = message.target {
        let body = Self.without(token, answer.call.requestBody)
        answer.call = answer.call.with(requestBody: body)
      }
      return answer
    }
  }

  /// The record of a call without the device's token.
  private static func without(_ token: String, _ body: [UInt8]) -> [UInt8] {
    let hidden = JSON.string(token).text
    let text = String(decoding: body, as: UTF8.self)
    guard let found = text.firstRange(of: hidden) else { return body }
    return Array(text.replacingCharacters(found, with: JSON.string(Redaction.mark).text).utf8)
  }
}

extension String {
  fileprivate func replacingCharacters(_ range: Range<String.Index>, with text: String) -> String {
    self[..<range.lowerBound] + text + self[range.upperBound...]
  }
}
