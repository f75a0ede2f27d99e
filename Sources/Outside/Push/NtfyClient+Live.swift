import HTTP
public import HTTPClient
import Kit

extension NtfyClient {
  /// How far back a message is looked for: the server keeps them for 12 hours unless told.
  static let lookBack = "12h"

  /// A topic is as good as a password: no record shows it.
  /// - Parameters:
  ///   - url: the server, without a topic: `https://ntfy.example.com`.
  ///   - token: `tk_...`, where the server wants one. Never recorded.
  public static func live(
    url: String, token: String?, http: HTTPClient, deadline: Duration = .seconds(20)
  ) -> NtfyClient {
    let root = url.hasSuffix("/") ? String(url.dropLast()) : url
    var headers: HTTPHeaders = ["Accept": "application/json"]
    if let token { headers.append("Authorization", "Bearer " + token) }
    let base = headers
    return NtfyClient(
      publish: { topic, message in
        guard isTopic(topic) else {
          return .unsent(
            NtfyErrors.invalid("a topic has 1 to 64 letters, digits, _ and -"), "Publish",
            orderID: message.orderID)
        }
        var fields = base
        fields.append("Content-Type", "application/json")
        fields.nameRequest()
        // To the root: at the topic's own address the JSON would be the text.
        let request = HTTPClientRequest(
          method: "POST", url: root + "/", headers: fields, body: body(topic, message).bytes,
          deadline: deadline, maxResponseBytes: 1 << 20)
        let (record, result) = await http.recorded(
          request, service: NtfyErrors.service, endpoint: "Publish", relatedID: message.orderID)
        let kept = record.with(
          requestBody: body(Redaction.mark, message).bytes,
          responseBody: without(topic, record.responseBody))
        return finish(kept, result, isRead: false) { bytes throws(OutsideError) in
          guard let stored = try? JSONValue.parse(bytes), let id = stored["id"]?.string
          else { throw NtfyErrors.lost("the answer names no message") }
          return id
        }
      },
      has: { topic, message in
        guard isTopic(topic) else {
          return .unsent(
            NtfyErrors.invalid("a topic has 1 to 64 letters, digits, _ and -"), "Poll",
            orderID: message.orderID)
        }
        var fields = base
        fields.nameRequest()
        let request = HTTPClientRequest(
          method: "GET", url: "\(root)/\(topic)/json?poll=1&since=\(lookBack)", headers: fields,
          deadline: deadline)
        let (record, result) = await http.recorded(
          request, service: NtfyErrors.service, endpoint: "Poll", relatedID: message.orderID)
        let url = Redaction.url("\(root)/\(Redaction.mark)/json?poll=1&since=\(lookBack)")
        var note: [UInt8]?
        if case .success(let response) = result, response.status == 200 {
          note = Array("(not kept: \(response.body.count) bytes)".utf8)
        }
        return finish(record.with(url: url, responseBody: note), result, isRead: true) {
          bytes throws(OutsideError) in
          try holds(message.tag, bytes)
        }
      })
  }

  private static func without(_ topic: String, _ bytes: [UInt8]) -> [UInt8] {
    let named = "\"topic\":\"\(topic)\""
    return Array(
      String(decoding: bytes, as: UTF8.self).split(
        separator: named, omittingEmptySubsequences: false
      )
      .joined(separator: "\"topic\":\"\(Redaction.mark)\"").utf8)
  }

  private static func body(_ topic: String, _ message: PushMessage) -> JSON {
    var members: [(String, JSON)] = [
      ("topic", .string(topic)), ("title", .string(message.title)),
      ("message", .string(message.body.isEmpty ? message.title : message.body)),
      ("tags", .array([.string(message.tag)])), ("priority", 4),
    ]
    if let link = message.link { members.append(("click", .string(link))) }
    return .object(members)
  }

  /// One JSON value a line; a line that cannot be read is no proof of anything.
  private static func holds(_ tag: String, _ bytes: [UInt8]) throws(OutsideError) -> Bool {
    for line in bytes.split(separator: 10) {
      guard let event = try? JSONValue.parse(Array(line)) else {
        throw OutsideError(
          service: NtfyErrors.service, message: "the list of messages cannot be read",
          classification: .transient(retryAfter: nil))
      }
      guard event["event"]?.string == "message" else { continue }
      if event["tags"]?.elements.contains(where: { $0.string == tag }) == true { return true }
    }
    return false
  }

  private static func isTopic(_ topic: String) -> Bool {
    (1...64).contains(topic.utf8.count)
      && topic.utf8.allSatisfy { byte in
        switch byte {
        case 48...57, 65...90, 97...122, 45, 95: true
        default: false
        }
      }
  }

  private static func finish<Value: Sendable>(
    _ record: CallRecord, _ result: Result<HTTPClientResponse, HTTPClientError>,
    isRead: Bool, _ decode: ([UInt8]) throws(OutsideError) -> Value
  ) -> Answer<Value> {
    do throws(OutsideError) {
      switch result {
      case .failure(let error): throw NtfyErrors.error(error, isRead: isRead)
      case .success(let response):
        guard response.status == 200 else { throw NtfyErrors.error(response, isRead: isRead) }
        return Answer(call: record, result: .success(try decode(response.body)))
      }
    } catch {
      return Answer(call: record.failed(error.message), result: .failure(error))
    }
  }
}
