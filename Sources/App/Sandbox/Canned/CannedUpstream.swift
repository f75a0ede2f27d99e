import HTTP
import HTTPServer
import Kit
import Synchronization

/// The marketplace and the carrier as cheap as they can be, for measuring what is on our side of the
/// wire: ordinary orders, answers that are copied and stamped, no rules, no dials. It remembers how far
/// each order has come and how often each call was made, so that a run can be judged.
public final class CannedUpstream: Sendable {
  fileprivate struct Order {
    var stage: UInt8 = 0
    var accepts: UInt8 = 0
    var labels: UInt8 = 0
    var ships: UInt8 = 0
  }

  fileprivate struct State {
    var orders: [Order] = []
    /// All orders were listed once; from then on a list holds none.
    var isListed = false
  }

  fileprivate final class Answers: Sendable {
    let state = Mutex(State())
    let texts: Mutex<CannedTexts?> = Mutex(nil)
  }

  fileprivate static let most = 9_999_999
  private let server: HTTPServer
  private let host: String

  /// Port 0 takes a free one.
  public static func start(host: String = "127.0.0.1", port: Int = 0) throws -> CannedUpstream {
    let answers = Answers()
    let server = try HTTPServer.start(
      host: host, port: port, limits: HTTPServerLimits(bodyBytes: 1 << 20)
    ) { request in
      answers.answer(request)
    }
    let texts = CannedTexts(
      settings: SandboxSettings(), origin: "http://\(host):\(server.port)")
    answers.texts.withLock { $0 = texts }
    return CannedUpstream(server, host)
  }

  private init(_ server: HTTPServer, _ host: String) {
    self.server = server
    self.host = host
  }

  public var baseURL: String { "http://\(host):\(server.port)" }

  public func stop() async { await server.stop() }
}

extension CannedUpstream.Answers {
  func answer(_ request: HTTPRequest) -> HTTPResponse {
    guard let texts = texts.withLock({ $0 }) else { return .empty(503) }
    let path = request.rawPath
    if path.hasPrefix("/api/orders") { return marketplace(request, path, texts) }
    if path.hasPrefix("/rs/artifact/") {
      guard let number = CannedText.number(after: "/" + CannedTexts.idPrefix, in: path.utf8) else {
        return .empty(404)
      }
      return .bytes(texts.label.stamped(number), type: "application/pdf")
    }
    if path.hasPrefix("/rs/"), path.hasSuffix("/shipment"), request.method == "POST" {
      return shipment(request, texts)
    }
    if path.hasPrefix("/control/") { return control(request, path) }
    return .empty(404)
  }

  private func marketplace(
    _ request: HTTPRequest, _ path: Substring, _ texts: CannedTexts
  ) -> HTTPResponse {
    guard request.method == "PUT" else {
      if let ids = request.query("order_ids") { return orders(ids, texts) }
      return page(request, texts)
    }
    guard let number = CannedText.number(after: "/" + CannedTexts.idPrefix, in: path.utf8) else {
      return .empty(404)
    }
    let isKnown = state.withLock { state in
      guard state.orders.indices.contains(number) else { return false }
      if path.hasSuffix("/accept") {
        state.orders[number].accepts &+= 1
        state.orders[number].stage = 1
      } else if path.hasSuffix("/tracking") {
        state.orders[number].stage = max(2, state.orders[number].stage)
      } else {
        state.orders[number].ships &+= 1
        state.orders[number].stage = 3
      }
      return true
    }
    return .empty(isKnown ? 204 : 404)
  }

  private func orders(_ ids: String, _ texts: CannedTexts) -> HTTPResponse {
    let numbers = ids.split(separator: ",").compactMap {
      CannedText.number(after: CannedTexts.idPrefix, in: $0.utf8)
    }
    return list(numbers, total: numbers.count, next: nil, texts)
  }

  /// Every order once, page by page; after the last page there is nothing new.
  private func page(_ request: HTTPRequest, _ texts: CannedTexts) -> HTTPResponse {
    let offset = request.query("offset").flatMap { Int($0) } ?? 0
    let size = request.query("max").flatMap { Int($0) } ?? 10
    let (count, isListed) = state.withLock { ($0.orders.count, $0.isListed) }
    if isListed { return list([], total: 0, next: nil, texts) }
    let end = min(count, offset + size)
    if end == count { state.withLock { $0.isListed = true } }
    let host = request.headers["Host"] ?? "localhost"
    let next =
      end < count
      ? "<http://\(host)/api/orders?max=\(size)&offset=\(end)>; rel=\"next\"" : nil
    return list(Array(min(offset, end)..<end), total: count, next: next, texts)
  }

  private func list(
    _ numbers: [Int], total: Int, next: String?, _ texts: CannedTexts
  ) -> HTTPResponse {
    let stages = state.withLock { state in
      numbers.map { state.orders.indices.contains($0) ? Int(state.orders[$0].stage) : 0 }
    }
    var body = Array("{\"orders\":[".utf8)
    body.reserveCapacity(64 + numbers.count * 4096)
    for (index, number) in numbers.enumerated() {
      if index > 0 { body.append(UInt8(ascii: ",")) }
      texts.orders[stages[index]].append(number, to: &body)
    }
    body.append(contentsOf: "],\"total_count\":\(total)}".utf8)
    var answer = HTTPResponse.bytes(body, type: "application/json;charset=UTF-8")
    if let next { answer.headers.append("Link", next) }
    return answer
  }

  private func shipment(_ request: HTTPRequest, _ texts: CannedTexts) -> HTTPResponse {
    let body = request.body
    let tag = "<customer-request-id>"
    guard
      let number = CannedText.number(
        after: "<customer-ref-1>" + CannedTexts.idPrefix, in: body),
      let start = String(decoding: body, as: UTF8.self).range(after: tag, upTo: "<"),
      state.withLock({ state in
        guard state.orders.indices.contains(number) else { return false }
        state.orders[number].labels &+= 1
        return true
      })
    else { return .empty(400) }
    var out = texts.shipmentStart
    out.append(contentsOf: start.utf8)
    texts.shipmentEnd.append(number, to: &out)
    return .bytes(out, type: CarrierXML.shipmentType)
  }

  /// `POST /control/orders {"count":N}` begins anew with N orders; `GET /control/tally` judges.
  private func control(_ request: HTTPRequest, _ path: Substring) -> HTTPResponse {
    switch (request.method, path) {
    case ("POST", "/control/orders"):
      guard let count = try? JSONValue.parse(request.body)["count"]?.int,
        (0...Int64(CannedUpstream.most)).contains(count)
      else { return .empty(400) }
      state.withLock {
        $0 = CannedUpstream.State(
          orders: Array(repeating: CannedUpstream.Order(), count: Int(count)))
      }
      return .json(["count": .int(count)])
    case ("GET", "/control/tally"):
      let orders = state.withLock { $0.orders }
      let wrong = orders.enumerated().filter { _, order in
        order.accepts > 1 || order.labels > 1 || order.ships > 1
      }
      return .json([
        "totals": [
          "orders": .int(Int64(orders.count)),
          "accepts": .int(orders.reduce(0) { $0 + Int64($1.accepts) }),
          "labels_bought": .int(orders.reduce(0) { $0 + Int64($1.labels) }),
          "ships": .int(orders.reduce(0) { $0 + Int64($1.ships) }),
        ],
        "violations": .array(wrong.map { .string("order number \($0.offset)") }),
      ])
    default: return .empty(404)
    }
  }
}

extension String {
  /// What stands between the first `tag` and the next `end`.
  fileprivate func range(after tag: String, upTo end: Character) -> Substring? {
    guard let found = firstRange(of: tag) else { return nil }
    let rest = self[found.upperBound...]
    return rest.prefix { $0 != end }
  }
}
