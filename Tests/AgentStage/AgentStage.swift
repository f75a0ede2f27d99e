package import Booking
import BookingAPI
package import Bookings
import ClusterStage
package import HTTP
package import HTTPClient
import HTTPServer
package import Kit
package import Ledger
import MCP
package import Postgres
import Synchronization

/// A tea house with its API and its `/mcp` on a port of its own, on a database of its own. Everything is
/// real but the courier, who only remembers what he was given.
package final class AgentStage: Sendable {
  package let configuration: PostgresConfiguration
  package let ledger: Ledger
  package let service: BookingService
  package let staff: String
  package let agent: String
  package let otherAgent: String
  package let url: String
  package let deliveries: Deliveries
  package let http: HTTPClient
  private let server: HTTPServer
  private let door: MCPDoor
  private let pool: PostgresPool

  package final class Deliveries: Sendable {
    private let all = Mutex<[Courier.Delivery]>([])
    func add(_ delivery: Courier.Delivery) { all.withLock { $0.append(delivery) } }
    package var last: Courier.Delivery? { all.withLock { $0.last } }
  }

  /// Opens, plays, closes.
  package static func play(
    hasCourier: Bool = false, _ change: (inout Business) -> Void = { _ in },
    _ body: (AgentStage) async throws -> Void
  ) async throws {
    let stage = try await AgentStage(hasCourier: hasCourier, change)
    do { try await body(stage) } catch {
      await stage.close()
      throw error
    }
    await stage.close()
  }

  private init(hasCourier: Bool, _ change: (inout Business) -> Void) async throws {
    configuration = try await TestCluster.agents.database()
    var pooled = configuration
    pooled.serverSettings = [("enable_seqscan", "off"), ("plan_cache_mode", "force_generic_plan")]
    pool = PostgresPool(pooled, size: 8)
    let ledger = Ledger(pool: pool, limits: .patient)
    self.ledger = ledger
    let deliveries = Deliveries()
    self.deliveries = deliveries
    let courier = Courier { delivery in
      deliveries.add(delivery)
      return true
    }
    var business = Business(
      id: "tea-house", name: "Tea House", currency: "CAD", isBookingEnabled: true,
      hasCatalogue: true)
    change(&business)
    try await ledger.write(business)
    for (id, name, price) in [("TEA-1", "Green tea", 450), ("TEA-2", "Black tea", 350)] {
      try await ledger.write(
        CatalogueItem(id: id, name: name, unitPrice: Int64(price)), of: "tea-house")
    }
    // The links that customers get have to work, so the port comes first.
    let box = Box()
    server = try HTTPServer.start { request in
      guard let handler = box.handler else { return .empty(503) }
      return await handler(request)
    }
    let url = "http://127.0.0.1:\(server.port)"
    self.url = url
    let service = BookingService(
      ledger: ledger,
      settings: BookingSettings(publicURL: url, courier: hasCourier ? courier : nil), log: .silent)
    self.service = service
    staff = try await service.makeKey(for: "tea-house", name: "desk", kind: .staff).secret
    agent = try await service.makeKey(for: "tea-house", name: "agent", kind: .agent).secret
    otherAgent = try await service.makeKey(for: "tea-house", name: "other", kind: .agent).secret
    let api = BookingAPI(service: service, metrics: Metrics())
    let door = MCPDoor(service: service, origins: ["https://agents.example.com"], version: "test")
    self.door = door
    box.set { request in
      MCPDoor.isMine(request) ? await door.answer(request) : await api.answer(request)
    }
    guard let origin = Origin(url: url) else { throw StageError("no origin in \(url)") }
    http = HTTPClient(.init(allowedOrigins: [origin], maxConnectionsPerHost: 64))
  }

  private final class Box: Sendable {
    private let mutex = Mutex<HTTPServer.Handler?>(nil)
    var handler: HTTPServer.Handler? { mutex.withLock { $0 } }
    func set(_ handler: @escaping HTTPServer.Handler) { mutex.withLock { $0 = handler } }
  }

  package func close() async {
    door.close()
    await server.stop(grace: .seconds(5))
    await ledger.close()
  }

  // MARK: Asking

  package struct Answer: Sendable {
    package var status: Int
    package var headers: HTTPHeaders
    package var text: String
    package var json: JSONValue?
  }

  package func send(
    _ method: String, _ path: String, _ body: [UInt8]?, as key: String?,
    _ headers: HTTPHeaders = [:]
  ) async throws -> Answer {
    var headers = headers
    if let key { headers["Authorization"] = "Bearer " + key }
    if body != nil, headers["Content-Type"] == nil { headers["Content-Type"] = "application/json" }
    let response = try await http.send(
      HTTPClientRequest(
        method: method, url: url + path, headers: headers, body: body,
        deadline: TestCluster.patience))
    return Answer(
      status: response.status, headers: response.headers,
      text: String(decoding: response.body, as: UTF8.self),
      json: try? JSONValue.parse(response.body))
  }

  package func api(
    _ method: String, _ path: String, _ body: JSON? = nil, as key: String? = nil
  ) async throws -> JSONValue {
    let answer = try await send(method, path, body?.bytes, as: key ?? agent)
    guard (200...201).contains(answer.status), let json = answer.json else {
      throw StageError("\(method) \(path): \(answer.status) \(answer.text)")
    }
    return json
  }

  /// A draft with everything but the customer's yes.
  package func readyDraft(
    quantity: Int64 = 2, notes: String = "ring twice", as key: String? = nil
  ) async throws -> String {
    let opened = try await api("POST", "/api/drafts", [:], as: key)
    guard let id = opened["draft"]?["draft_id"]?.string else { throw StageError("no draft") }
    _ = try await api("GET", "/api/drafts/\(id)/catalogue", as: key)
    let listed = try await api(
      "PUT", "/api/drafts/\(id)/items", ["items": [["id": "TEA-1", "quantity": .int(quantity)]]],
      as: key)
    _ = try await api(
      "POST", "/api/drafts/\(id)/items/confirmation",
      ["items_sha256": .string(listed["draft"]?["items_sha256"]?.string ?? "")], as: key)
    _ = try await api(
      "PUT", "/api/drafts/\(id)/details",
      [
        "customer_name": "Robin Example", "customer_phone": "9025550199",
        "notes": .string(notes),
      ], as: key)
    _ = try await api("POST", "/api/drafts/\(id)/summary", [:], as: key)
    return id
  }

  package func step(of draft: String) async throws -> String {
    try await api("GET", "/api/drafts/\(draft)", as: staff)["draft"]?["step"]?.string ?? "?"
  }

  // MARK: Looking past everything

  /// Orders that stand.
  package func orders() async throws -> Int {
    try await pool.query(CountOrders(), deadline: TestCluster.patience).first ?? -1
  }

  /// Uses of a customer's yes.
  package func consents() async throws -> Int {
    try await pool.query(CountConsents(), deadline: TestCluster.patience).first ?? -1
  }
}

private struct CountOrders: PostgresStatement {
  static let sql = "select count(*)::text from orders"
  func bind(_ b: inout PostgresBindings) {}
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int { Int(try r.string(0)) ?? -1 }
}

private struct CountConsents: PostgresStatement {
  static let sql = "select count(*)::text from booking_consents"
  func bind(_ b: inout PostgresBindings) {}
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int { Int(try r.string(0)) ?? -1 }
}

package struct StageError: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}
