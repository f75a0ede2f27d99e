import HTTP
import Kit

/// The inbox's calls, as the contract has them (section 8).
extension MiraklService {
  private static let bodyCharacters = 3...50_000
  private static let bytesMax = 30 << 20

  /// M11: the latest activity first, by seek tokens that hold everything.
  func threads(_ request: HTTPRequest, _ shop: Int, _ faults: Faults) -> Reply {
    var since: Timestamp?
    var withMessages = false
    var limit = 50
    var after: (at: Timestamp, id: String)?
    if let token = request.query("page_token") {
      guard let place = ThreadToken(token) else {
        return MiraklError.field("page_token", "is no token of ours")
      }
      (since, withMessages, limit) = (place.since, place.withMessages, place.limit)
      after = (place.at, place.id)
    } else {
      if let text = request.query("updated_since") {
        guard let moment = Timestamp(iso8601: text) else {
          return MiraklError.field("updated_since", "must be a date")
        }
        since = moment
      }
      withMessages = request.query("with_messages") == "true"
      if let text = request.query("limit") {
        guard let number = Int(text), (1...100).contains(number) else {
          return MiraklError.field("limit", "must be between 1 and 100")
        }
        limit = number
      }
      if request.query("entity_id") != nil, request.query("entity_type") == nil {
        return MiraklError.field("entity_type", "must not be null")
      }
    }
    // A page that goes on is never asked for of one order: it has few threads.
    let orders =
      request.query("entity_type") == "MMP_ORDER"
      ? request.query("entity_id").map { Set($0.split(separator: ",").map(String.init)) } : nil
    let isShuffled = faults.has(.reordered)
    let isDoubled = faults.has(.duplicated)
    return postbox.enter { state, _ in
      var found = state.threads.filter { thread in
        thread.shop == shop && orders.map { $0.contains(thread.orderID ?? "") } ?? true
          && since.map { thread.updated >= $0 } ?? true
          && after.map { (thread.updated, thread.id) < ($0.at, $0.id) } ?? true
      }
      found.sort { ($0.updated, $0.id) > ($1.updated, $1.id) }
      let page = found.prefix(limit)
      var data = page.map {
        $0.json(
          shop: settings.shops[shop], messagesMax: withMessages ? 100 : 0, reordered: isShuffled)
      }
      if isShuffled { data.reverse() }
      if isDoubled { data += data.prefix(max(1, data.count / 2)) }
      var members: [(String, JSON)] = [("data", .array(data))]
      if found.count > limit, let last = page.last {
        let token = ThreadToken(
          at: last.updated, id: last.id, since: since, withMessages: withMessages, limit: limit)
        members.append(("next_page_token", .string(token.text)))
      }
      return .json(.object(members))
    }
  }

  /// M10.
  func thread(_ id: String, _ shop: Int, _ faults: Faults) -> Reply {
    postbox.enter { state, _ in
      guard let index = state.byID[id], state.threads[index].shop == shop else {
        return MiraklError.single(404, "Thread with id \(id) not found")
      }
      return .json(
        state.threads[index].json(
          shop: settings.shops[shop], messagesMax: nil, reordered: faults.has(.reordered)))
    }
  }

  /// M12: a form, and nothing else.
  func message(_ id: String, _ request: HTTPRequest, _ shop: Int) -> Reply {
    let parts: [Multipart.Part]
    let value: JSONValue
    switch Self.form("message_input", request) {
    case .failure(let refusal): return refusal.reply
    case .success(let form): (parts, value) = form
    }
    let body = value["body"]?.string ?? ""
    guard Self.bodyCharacters.contains(body.unicodeScalars.count) else {
      return MiraklError.field("body", "size must be between 3 and 50000")
    }
    let to = value["to"]?.elements.compactMap { $0["type"]?.string } ?? []
    guard !to.isEmpty else { return MiraklError.field("to", "must not be empty") }
    guard to.allSatisfy({ $0 == "CUSTOMER" || $0 == "OPERATOR" }) else {
      return MiraklError.field("to", "recipient is not authorized")
    }
    let files = parts.filter { $0.name == "files" }.map {
      (name: $0.filename ?? "file", bytes: Array($0.body))
    }
    switch postbox.reply(in: id, shop: shop, body: body, to: to, files: files) {
    case .success(let made):
      return .json(
        ["message_id": .string(made.message), "thread_id": .string(made.thread)], status: 201)
    case .failure(.noThread): return MiraklError.single(404, "Thread with id \(id) not found")
    case .failure(.field(let field, let problem)): return MiraklError.field(field, problem)
    }
  }

  private struct FormRefusal: Error { let reply: Reply }

  /// The parts of a form, and the one of JSON in it.
  private static func form(
    _ name: String, _ request: HTTPRequest
  ) -> Result<([Multipart.Part], JSONValue), FormRefusal> {
    let type = request.headers["Content-Type"] ?? ""
    func refuse(_ reply: Reply) -> Result<([Multipart.Part], JSONValue), FormRefusal> {
      .failure(FormRefusal(reply: reply))
    }
    guard type.lowercased().hasPrefix("multipart/form-data") else {
      return refuse(MiraklError.single(415, "HTTP 415 Unsupported Media Type"))
    }
    guard request.body.count <= bytesMax else {
      return refuse(MiraklError.single(413, "HTTP 413 Request Entity Too Large"))
    }
    guard let parts = try? Multipart.parse(request.body, contentType: type) else {
      return refuse(MiraklError.single(400, "the form cannot be read"))
    }
    guard let input = parts.first(where: { $0.name == name }),
      input.contentType?.lowercased().hasPrefix("application/json") == true,
      let value = try? JSONValue.parse(Array(input.body)), value.kind == .object
    else { return refuse(MiraklError.field(name, "must not be null")) }
    return .success((parts, value))
  }

  /// OR43: recipients are plain words, and a topic is needed.
  func openThread(_ order: String, _ request: HTTPRequest, _ shop: Int) -> Reply {
    let value: JSONValue
    switch Self.form("thread_input", request) {
    case .failure(let refusal): return refusal.reply
    case .success(let form): value = form.1
    }
    let isKnown = market.enter { state, _ in
      state.byID[order].map { state.keys[$0].shop == shop } ?? false
    }
    guard isKnown else { return MiraklError.single(404, "Order with id \(order) not found") }
    let body = value["body"]?.string ?? ""
    guard Self.bodyCharacters.contains(body.unicodeScalars.count) else {
      return MiraklError.field("body", "size must be between 3 and 50000")
    }
    guard let topic = value["topic"]?["value"]?.string, !topic.isEmpty,
      ["FREE_TEXT", "REASON_CODE"].contains(value["topic"]?["type"]?.string ?? "")
    else { return MiraklError.field("topic", "must not be null") }
    let to = value["to"]?.elements.compactMap(\.string) ?? []
    guard !to.isEmpty, to.allSatisfy({ $0 == "CUSTOMER" || $0 == "OPERATOR" }) else {
      return MiraklError.field("to", "must name CUSTOMER or OPERATOR")
    }
    let made = postbox.open(about: order, shop: shop, topic: topic, body: body, to: to)
    return .json(
      ["message_id": .string(made.message), "thread_id": .string(made.thread)], status: 201)
  }

  /// M13.
  func download(_ id: String, _ shop: Int) -> Reply {
    postbox.enter { state, _ in
      guard let file = state.files[id] else {
        return MiraklError.single(404, "Attachment with id \(id) not found")
      }
      var reply = Reply(status: 200, contentType: "application/octet-stream", body: file.bytes)
      let name = file.name.filter { $0.isASCII && $0 != "\"" && $0 != "\r" && $0 != "\n" }
      reply.headers.append(("Content-Disposition", "attachment; filename=\"\(name)\""))
      return reply
    }
  }
}

/// Where a page of threads ended, and what was asked for: opaque to clients.
struct ThreadToken {
  var at: Timestamp
  var id: String
  var since: Timestamp?
  var withMessages: Bool
  var limit: Int

  init(at: Timestamp, id: String, since: Timestamp?, withMessages: Bool, limit: Int) {
    self.at = at
    self.id = id
    self.since = since
    self.withMessages = withMessages
    self.limit = limit
  }

  var text: String {
    "s=\(at.microseconds)&i=\(id)&u=\(since.map { "\($0.microseconds)" } ?? "")"
      + "&m=\(withMessages)&l=\(limit)=="
  }

  init?(_ text: String) {
    guard text.hasSuffix("==") else { return nil }
    var values: [Substring: Substring] = [:]
    for pair in text.dropLast(2).split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { values[parts[0]] = parts[1] }
    }
    guard let at = values["s"].flatMap({ Int64($0) }), let id = values["i"],
      let limit = values["l"].flatMap({ Int($0) })
    else { return nil }
    self.init(
      at: Timestamp(microseconds: at), id: String(id),
      since: values["u"].flatMap { Int64($0) }.map { Timestamp(microseconds: $0) },
      withMessages: values["m"] == "true", limit: limit)
  }
}
