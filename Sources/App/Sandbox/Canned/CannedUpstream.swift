import HTTP
import HTTPServer
import Kit
import Synchronization

/// The marketplace and the carrier as cheap as they can be, for measuring what is on our side of the
/// wire: ordinary orders, answers that are copied and stamped, no rules, no dials. It remembers how far
/// each order has come and how often each call was made, so that a run can be judged.
public final class CannedUpstream: Sendable {
  private let server: HTTPServer
  private let host: String

  /// Port 0 takes a free one.
  public static func start(host: String = "127.0.0.1", port: Int = 0) throws -> CannedUpstream {
    let answers = CannedAnswers()
    let server = try HTTPServer.start(
      host: host, port: port, limits: HTTPServerLimits(bodyBytes: 1 << 20),
      quick: { answers.quick($0) },
      handler: { await answers.patient($0) })
    answers.open(
      CannedTexts(settings: SandboxSettings(), origin: "http://\(host):\(server.port)"))
    return CannedUpstream(server, host)
  }

  private init(_ server: HTTPServer, _ host: String) {
    self.server = server
    self.host = host
  }

  public var baseURL: String { "http://\(host):\(server.port)" }

  public func stop() async { await server.stop() }
}

/// The answers: at once, on the server's own thread, but for calls that are held back.
final class CannedAnswers: Sendable {
  static let most = 9_999_999
  static let heldPoll = Duration.milliseconds(50)

  private let state = Mutex(CannedState())
  private let texts = Mutex<CannedTexts?>(nil)

  func open(_ texts: CannedTexts) { self.texts.withLock { $0 = texts } }

  func quick(_ request: HTTPRequest) -> HTTPResponse? {
    if let held = state.withLock({ $0.held }), held == call(of: request) { return nil }
    return answer(request)
  }

  /// What is asked for is done; the answer waits until its call is let go, or its client went.
  func patient(_ request: HTTPRequest) async -> HTTPResponse {
    let answer = answer(request)
    let call = call(of: request)
    while call != nil, state.withLock({ $0.held }) == call, !Task.isCancelled {
      try? await Task.sleep(for: Self.heldPoll)
    }
    return answer
  }

  private func call(of request: HTTPRequest) -> CannedCall? {
    let path = request.rawPath.utf8
    if path.starts(with: Self.ordersPath) {
      guard request.method == "PUT" else { return .orders }
      switch path.last {
      case UInt8(ascii: "t"): return .accept
      case UInt8(ascii: "g"): return .tracking
      default: return .ship
      }
    }
    if path.starts(with: Self.artifactPath) { return .label }
    return path.starts(with: Self.carrierPath) ? .shipment : nil
  }

  private static let ordersPath = Array("/api/orders".utf8)
  private static let artifactPath = Array("/rs/artifact/".utf8)
  private static let carrierPath = Array("/rs/".utf8)

  private func answer(_ request: HTTPRequest) -> HTTPResponse {
    guard let texts = texts.withLock({ $0 }) else { return .empty(503) }
    switch call(of: request) {
    case .accept: return move(.accept, request)
    case .tracking: return move(.track, request)
    case .ship: return move(.ship, request)
    case .orders:
      if let ids = request.query("order_ids") { return orders(ids, texts) }
      return page(request, texts)
    case .label:
      let path = Array(request.rawPath.utf8)
      guard let number = CannedText.number(after: CannedTexts.slashedPrefix, in: path) else {
        return .empty(404)
      }
      return .bytes(texts.label.stamped(number), type: "application/pdf")
    case .shipment:
      return request.method == "POST" ? shipment(request.body, texts) : .empty(404)
    case nil: return control(request)
    }
  }

  private func move(_ act: CannedState.Act, _ request: HTTPRequest) -> HTTPResponse {
    let path = Array(request.rawPath.utf8)
    guard let number = CannedText.number(after: CannedTexts.slashedPrefix, in: path),
      state.withLock({ $0.note(act, number) })
    else { return .empty(404) }
    return .empty(204)
  }

  private func orders(_ ids: String, _ texts: CannedTexts) -> HTTPResponse {
    let numbers = ids.utf8.split(separator: UInt8(ascii: ",")).compactMap {
      CannedText.number(after: CannedTexts.prefix, in: Array($0))
    }
    return list(numbers, total: numbers.count, next: nil, texts)
  }

  private func page(_ request: HTTPRequest, _ texts: CannedTexts) -> HTTPResponse {
    let offset = request.query("offset").flatMap { Int($0) } ?? 0
    let size = request.query("max").flatMap { Int($0) } ?? 10
    let (numbers, count) = state.withLock { ($0.page(offset: offset, size: size), $0.orders.count) }
    let host = request.headers["Host"] ?? "localhost"
    let next =
      numbers.upperBound < count
      ? "<http://\(host)/api/orders?max=\(size)&offset=\(numbers.upperBound)>; rel=\"next\"" : nil
    return list(Array(numbers), total: count, next: next, texts)
  }

  private func list(
    _ numbers: [Int], total: Int, next: String?, _ texts: CannedTexts
  ) -> HTTPResponse {
    let stages = state.withLock { state in numbers.map { state.stage(of: $0) } }
    var body = Array("{\"orders\":[".utf8)
    body.reserveCapacity(64 + numbers.count * 4096)
    var isFirst = true
    for (index, number) in numbers.enumerated() {
      guard let stage = stages[index] else { continue }
      if !isFirst { body.append(UInt8(ascii: ",")) }
      isFirst = false
      texts.orders[stage].append(number, to: &body)
    }
    body.append(contentsOf: "],\"total_count\":\(total)}".utf8)
    var answer = HTTPResponse.bytes(body, type: "application/json;charset=UTF-8")
    if let next { answer.headers.append("Link", next) }
    return answer
  }

  private func shipment(_ body: [UInt8], _ texts: CannedTexts) -> HTTPResponse {
    guard let number = CannedText.number(after: CannedTexts.referenceTag, in: body),
      let start = CannedText.end(of: CannedTexts.requestTag, in: body),
      let end = body[start...].firstIndex(of: UInt8(ascii: "<")),
      state.withLock({ $0.note(.buyLabel, number) })
    else { return .empty(400) }
    var out = texts.shipmentStart
    out.append(contentsOf: body[start..<end])
    texts.shipmentEnd.append(number, to: &out)
    return .bytes(out, type: CarrierXML.shipmentType)
  }

  // MARK: Controls

  /// `POST /control/orders {"count":N,"first":N}` begins anew with N orders, numbered from `first` (0);
  /// `PUT /control/hold {"call":"tracking"}` holds the answers of a call back, `DELETE` lets them go;
  /// `GET /control/tally` judges.
  private func control(_ request: HTTPRequest) -> HTTPResponse {
    switch (request.method, request.rawPath) {
    case ("POST", "/control/orders"):
      guard let body = try? JSONValue.parse(request.body), let count = body["count"]?.int,
        case let first = body["first"]?.int ?? 0, count >= 0, first >= 0,
        count <= Int64(Self.most), first <= Int64(Self.most) - count
      else { return .empty(400) }
      state.withLock { $0 = CannedState(first: Int(first), count: Int(count)) }
      return .json(["count": .int(count), "first": .int(first)])
    case ("PUT", "/control/hold"):
      guard let name = try? JSONValue.parse(request.body)["call"]?.string,
        let call = CannedCall(rawValue: name)
      else { return .empty(400) }
      state.withLock { $0.held = call }
      return .json(["held": .string(name)])
    case ("DELETE", "/control/hold"):
      state.withLock { $0.held = nil }
      return .empty(204)
    case ("GET", "/control/tally"): return tally()
    default: return .empty(404)
    }
  }

  private func tally() -> HTTPResponse {
    state.withLock { state in
      .json([
        "totals": [
          "orders": .int(Int64(state.count)), "accepts": .int(state.accepts),
          "labels_bought": .int(state.labels), "ships": .int(state.ships),
        ],
        "violations": .array(state.wrong.map { .string("order number \($0)") }),
      ])
    }
  }
}
