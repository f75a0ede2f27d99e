import HTTP
import Kit

extension GoogleService {
  static let messageBytesMax = 4_096

  /// `messages:send`.
  func send(_ request: HTTPRequest, _ project: String, _ faults: Faults) -> Reply {
    if let refusal = refusal(request, [Self.messagingScope]) { return refusal }
    guard project == settings.googleProject else {
      return GoogleReply.messaging(
        403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH", "SenderId mismatch")
    }
    func invalid(_ message: String) -> Reply {
      GoogleReply.messaging(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", message)
    }
    guard let body = try? JSONValue.parse(request.body), let message = body["message"],
      message.kind == .object
    else { return invalid("Invalid JSON payload received.") }
    let targets = ["token", "topic", "condition"].filter { message[$0] != nil }
    guard targets.count == 1, let to = message[targets[0]]?.string, !to.isEmpty else {
      return invalid("Recipient of the message is not set.")
    }
    guard message.rawBytes.count <= Self.messageBytesMax else {
      return invalid("Message is too big")
    }
    for (key, value) in message["data"]?.members ?? [] {
      let isReserved = key == "from" || key == "notification" || key.hasPrefix("google")
      guard value.kind == .string, !isReserved else { return invalid("Invalid data payload key.") }
    }
    if targets[0] == "token", !settings.devices.contains(to) {
      return GoogleReply.messaging(
        404, "NOT_FOUND", "UNREGISTERED", "Requested entity was not found.")
    }
    let event =
      message["android"]?["notification"]?["tag"]?.string
      ?? message["data"]?["event_id"]?.string ?? ""
    let push = GoogleStore.Push(
      service: "fcm", order: message["data"]?["order_id"]?.string ?? "", event: event, to: to,
      title: message["notification"]?["title"]?.string ?? "",
      body: message["notification"]?["body"]?.string ?? "", id: "", at: settings.now())
    let id = keep(push, isDropped: faults.has(.writeDropped))
    return GoogleReply.json(["name": .string("projects/\(project)/messages/0:\(id)")])
  }

  /// JSON to the root of the push server.
  func publish(_ request: HTTPRequest, _ faults: Faults) -> Reply {
    guard isAllowed(request) else { return GoogleReply.ntfy(40_301, 403, "forbidden") }
    guard let body = try? JSONValue.parse(request.body), body.kind == .object else {
      return GoogleReply.ntfy(40_024, 400, "invalid request: body must be message JSON")
    }
    guard let topic = body["topic"]?.string, Self.isTopic(topic) else {
      return GoogleReply.ntfy(40_009, 400, "invalid request: topic invalid")
    }
    guard (body["message"]?.string ?? "").utf8.count <= Self.messageBytesMax else {
      return GoogleReply.ntfy(41_301, 413, "attachment too large, or bandwidth limit reached")
    }
    let event = body["tags"]?.elements.first?.string ?? ""
    let push = GoogleStore.Push(
      service: "ntfy", order: Self.order(ofEvent: event), event: event, to: topic,
      title: body["title"]?.string ?? "", body: body["message"]?.string ?? "triggered", id: "",
      at: settings.now())
    let id = keep(push, isDropped: faults.has(.writeDropped))
    var stored = push
    stored.id = id
    return GoogleReply.json(Self.json(stored))
  }

  /// The stored messages of a topic, one a line.
  func poll(_ request: HTTPRequest, _ topic: String) -> Reply {
    guard isAllowed(request) else { return GoogleReply.ntfy(40_301, 403, "forbidden") }
    guard request.query("poll") == "1" else {
      return GoogleReply.ntfy(40_001, 400, "the sandbox only answers poll=1")
    }
    let since = request.query("since").flatMap { Duration(text: $0) } ?? .hours(12)
    let oldest = settings.now() - since
    let found = store.enter { state in
      state.pushes.filter { $0.service == "ntfy" && $0.to == topic && $0.at >= oldest }
    }
    let lines = found.map { Self.json($0).text + "\n" }.joined()
    return Reply(status: 200, contentType: "application/x-ndjson", body: Array(lines.utf8))
  }

  private func keep(_ push: GoogleStore.Push, isDropped: Bool) -> String {
    store.enter { state in
      var push = push
      push.id = "m\(state.pushes.count + 1)"
      if !isDropped { state.pushes.append(push) }
      return push.id
    }
  }

  private func isAllowed(_ request: HTTPRequest) -> Bool {
    settings.ntfyToken.isEmpty
      || request.headers["Authorization"] == "Bearer \(settings.ntfyToken)"
  }

  private static func json(_ push: GoogleStore.Push) -> JSON {
    [
      "id": .string(push.id), "time": .int(push.at.microseconds / 1_000_000),
      "event": "message", "topic": .string(push.to), "title": .string(push.title),
      "message": .string(push.body), "tags": .array([.string(push.event)]), "priority": 4,
    ]
  }

  private static func isTopic(_ topic: String) -> Bool {
    (1...64).contains(topic.utf8.count)
      && topic.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
  }
}
