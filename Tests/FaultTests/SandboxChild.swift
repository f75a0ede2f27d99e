import HTTP
import HTTPClient
import Kit

/// `quayside sandbox` as a process of its own: the only judge.
struct SandboxChild: Sendable {
  let url: String
  private let child: ChildProcess
  private let http: HTTPClient

  static func start(in folder: String) async throws -> SandboxChild {
    let output = "\(folder)/sandbox-\(UUIDv7.make().text).out"
    let child = try Program.start(["sandbox", "--port", "0"], [:], output: output)
    do {
      var url = ""
      try await eventually("the sandbox says where it listens", every: .milliseconds(5)) {
        url =
          String(decoding: Folder.bytes(of: output), as: UTF8.self)
          .split(separator: "\n", omittingEmptySubsequences: false).dropLast().first
          .map(String.init) ?? ""
        return !url.isEmpty
      }
      guard let origin = Origin(url: url) else { throw Trouble("no address: \(url)") }
      return SandboxChild(
        url: url, child: child, http: HTTPClient(.init(allowedOrigins: [origin])))
    } catch {
      await child.stop()
      throw error
    }
  }

  @discardableResult
  func control(_ method: String, _ path: String, _ body: String? = nil) async throws -> JSONValue? {
    let answer = try await http.send(
      HTTPClientRequest(
        method: method, url: url + "/control/" + path,
        headers: body == nil ? [:] : ["Content-Type": "application/json"],
        body: body.map { Array($0.utf8) }, deadline: .seconds(20), maxResponseBytes: 64 << 20))
    guard (200..<300).contains(answer.status) else {
      throw Trouble(
        "\(method) \(path): \(answer.status) \(String(decoding: answer.body, as: UTF8.self))")
    }
    return answer.body.isEmpty
      ? nil : try JSONValue.parse(answer.body, limits: .init(bytes: 64 << 20))
  }

  /// - Returns: the new orders' ids.
  func order(_ count: Int, _ kinds: [String] = ["normal"]) async throws -> [String] {
    let list = kinds.map { "\"\($0)\"" }.joined(separator: ",")
    let made = try await control("POST", "orders", #"{"count":\#(count),"kinds":[\#(list)]}"#)
    let ids = made?["orders"]?.elements.compactMap { $0["order_id"]?.string }
    guard let ids, ids.count == count else { throw Trouble("not \(count) orders: \(ids ?? [])") }
    return ids
  }

  /// A customer writes.
  /// - Returns: the thread's id.
  func write(_ body: String) async throws -> String {
    let made = try await control(
      "POST", "threads", JSON.object([("body", .string(body))]).text)
    guard let thread = made?["thread"]?.string else { throw Trouble("no thread was made") }
    return thread
  }

  /// Messages of the shop that are in the thread.
  func messages(in thread: String) async throws -> Int {
    let all = try await control("GET", "threads")?["threads"]?.elements ?? []
    return Int(all.first { $0["id"]?.string == thread }?["from_shop"]?.int ?? -1)
  }

  /// The quantities of the first shop's offers, as its own calls see them.
  func offers() async throws -> [String: Int64] {
    let answer = try await http.send(
      HTTPClientRequest(
        method: "GET", url: url + "/api/offers?max=100",
        headers: ["Authorization": "sandbox-key", "Accept": "application/json"]))
    let offers = try JSONValue.parse(answer.body)["offers"]?.elements ?? []
    return offers.reduce(into: [:]) { all, offer in
      if let sku = offer["shop_sku"]?.string { all[sku] = offer["quantity"]?.int }
    }
  }

  /// - Parameter rules: the text of a JSON array.
  func dial(_ rules: String, seed: UInt64 = 7) async throws {
    try await control("PUT", "dials", #"{"seed":\#(seed),"rules":\#(rules)}"#)
  }

  func tally() async throws -> Tally {
    guard let json = try await control("GET", "tally") else { throw Trouble("no tally") }
    return Tally(json)
  }

  func stop() async { await child.stop(patience: .seconds(5)) }
}

struct Tally: Sendable {
  struct Order: Sendable {
    var state = ""
    var accepts = 0
    var acceptsIgnored = 0
    var ships = 0
    var labelsBought = 0
    var labelsLive = 0
    var voids = 0
    var refunds = 0
    var cancels = 0
    var isUndone: Bool { labelsLive == 0 && state == "CANCELED" }
  }

  var orders: [String: Order] = [:]
  var violations: [(order: String, words: String)] = []

  init(_ json: JSONValue) {
    for (id, order) in json["orders"]?.members ?? [] {
      func count(_ name: String) -> Int { Int(order[name]?.int ?? -1) }
      orders[id] = Order(
        state: order["state"]?.string ?? "", accepts: count("accepts"),
        acceptsIgnored: count("accepts_ignored"), ships: count("ships"),
        labelsBought: count("labels_bought"), labelsLive: count("labels_live"),
        voids: count("voids"),
        refunds: count("refunds"), cancels: count("cancels"))
    }
    violations = (json["violations"]?.elements ?? []).map {
      ($0["order"]?.string ?? "", $0.rawText)
    }
  }

  func count(_ ids: [String], _ isSo: (Order) -> Bool) -> Int {
    ids.count { orders[$0].map(isSo) ?? false }
  }

  /// What is not exactly one accept, one label and one shipment.
  func faults(of ids: [String]) -> [String] {
    faults(of: ids) {
      $0.state == "SHIPPED" && $0.accepts == 1 && $0.ships == 1 && $0.labelsBought == 1
        && $0.labelsLive == 1 && $0.voids == 0 && $0.refunds == 0
    }
  }

  /// What was cancelled after its label and is not exactly undone.
  func undoneFaults(of ids: [String], refund: Bool) -> [String] {
    faults(of: ids) {
      $0.state == "CANCELED" && $0.accepts == 1 && $0.ships == 0 && $0.labelsBought == 1
        && $0.labelsLive == 0 && $0.voids == (refund ? 0 : 1) && $0.refunds == (refund ? 1 : 0)
    }
  }

  private func faults(of ids: [String], _ isExact: (Order) -> Bool) -> [String] {
    let mine = Set(ids)
    let inexact = ids.compactMap { id -> String? in
      guard let order = orders[id] else { return "\(id): unknown" }
      return isExact(order) ? nil : "\(id): \(order)"
    }
    return inexact + violations.filter { mine.contains($0.order) }.map(\.words)
  }
}
