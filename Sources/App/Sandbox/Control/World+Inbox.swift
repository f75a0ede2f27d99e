import Cryptography
import HTTP
import Kit

/// The endpoints under `/control/threads`: customers who write, and what they got.
extension World {
  /// `GET threads`, `POST threads` (a customer writes), `POST threads/ID/no-reply-needed`.
  func controlThreads(_ request: HTTPRequest, _ path: [Substring]) -> Reply {
    switch (request.method, path.count) {
    case ("GET", 0): return .json(["threads": .array(threadTallies().map(\.json))])
    case ("POST", 0): return postMessage(request)
    case ("POST", 2) where path[1] == "no-reply-needed":
      let id = String(path[0])
      return postbox.enter { state, now in
        guard let index = state.byID[id] else {
          return .json(["error": "no such thread"], status: 404)
        }
        state.threads[index].isNoReplyNeeded = now
        state.threads[index].updated = now
        return .noContent
      }
    default: return .json(["error": "no such control"], status: 404)
    }
  }

  /// `{"body": "...", "thread": "...", "order": "...", "topic": "...", "customer": "...",
  /// "from": "customer|operator|shop", "files": [{"name": "...", "base64": "..."}]}`: only `body`
  /// has to be given.
  private func postMessage(_ request: HTTPRequest) -> Reply {
    let limits = JSONLimits(bytes: Sandbox.mostBytes)
    guard let value = try? JSONValue.parse(request.body, limits: limits),
      let body = value["body"]?.string
    else { return .json(["error": "the body must be {\"body\": \"...\"}"], status: 400) }
    var from = Postbox.Message.From.customer
    switch value["from"]?.string {
    case nil, "customer": break
    case "operator": from = .operator
    case "shop": from = .shop
    default: return .json(["error": "from must be customer, operator or shop"], status: 400)
    }
    var files: [(name: String, bytes: [UInt8])] = []
    for file in value["files"]?.elements ?? [] {
      guard let name = file["name"]?.string, let text = file["base64"]?.string,
        let bytes = Base64.decode(text)
      else { return .json(["error": "a file needs name and base64"], status: 400) }
      files.append((name, bytes))
    }
    let wrote = write(
      body: body, thread: value["thread"]?.string, order: value["order"]?.string,
      topic: value["topic"]?.string, customer: value["customer"]?.string, from: from,
      at: value["at"]?.timestamp, shop: value["shop"]?.int, files: files)
    guard let wrote else { return .json(["error": "no such thread"], status: 404) }
    return .json(
      ["thread": .string(wrote.thread), "message": .string(wrote.message)], status: 201)
  }

  /// A customer (or somebody else) writes.
  func write(
    body: String, thread: String? = nil, order: String? = nil, topic: String? = nil,
    customer: String? = nil, from: Postbox.Message.From = .customer, at: Timestamp? = nil,
    shop: Int64? = nil, files: [(name: String, bytes: [UInt8])] = []
  ) -> (thread: String, message: String)? {
    let index = shop.flatMap { id in settings.shops.firstIndex { $0.id == id } } ?? 0
    let person = customer ?? order.flatMap(nameOfCustomer) ?? "Robin Example"
    let isWithOperator = from == .operator && order == nil
    return postbox.write(
      thread: thread, shop: order.flatMap(shopOfOrder) ?? index, orderID: order,
      topic: topic ?? "Question about my order", customer: person,
      customerID: isWithOperator ? "" : customerID(order: order, name: person), body: body,
      from: from, at: at, files: files)
  }

  private func nameOfCustomer(_ order: String) -> String? {
    market.enter { state, _ in
      guard let at = state.byID[order] else { return nil }
      var bytes: [UInt8] = []
      state.orders[at].write(to: &bytes)
      guard let customer = (try? JSONValue.parse(bytes))?["customer"] else { return nil }
      let names = [customer["firstname"]?.string, customer["lastname"]?.string].compactMap { $0 }
      return names.isEmpty ? nil : names.joined(separator: " ")
    }
  }

  private func shopOfOrder(_ order: String) -> Int? {
    market.enter { state, _ in state.byID[order].map { state.keys[$0].shop } }
  }

  private func customerID(order: String?, name: String) -> String {
    var hash = StableHash(seed: settings.seed)
    hash.add(order ?? name)
    return "c-\(hash.bits % 1_000_000)"
  }

  func threadTallies() -> [SandboxTally.Thread] {
    postbox.enter { state, _ in
      state.threads.map { thread in
        let ours = thread.messages.filter { $0.from == .shop }
        return SandboxTally.Thread(
          id: thread.id, order: thread.orderID, messages: thread.messages.count,
          fromShop: ours.count, calls: thread.calls, bodies: ours.map(\.body),
          files: ours.flatMap {
            $0.files.map { file in .init(name: file.name, bytes: file.bytes) }
          },
          isAnswered: thread.replyNeededSince == nil)
      }
    }
  }
}
