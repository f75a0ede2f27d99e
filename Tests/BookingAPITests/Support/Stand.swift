import Booking
import BookingAPI
import Bookings
import ClusterStage
import HTTP
import HTTPClient
import HTTPServer
import Kit
import Ledger
import Postgres
import Synchronization
import Testing

/// A business with its API on a port of its own, on a database of its own. Everything is real but the
/// courier, who only remembers what he was given.
final class Stand: Sendable {
  static let patience = Duration.seconds(60)

  let configuration: PostgresConfiguration
  let ledger: Ledger
  let service: BookingService
  let staff: String
  let agent: String
  let otherAgent: String
  let stranger: String
  let url: String
  let port: Int
  let deliveries: Deliveries
  /// The clock that the ledger shows, ahead of the real one by so much.
  let ahead: Ahead
  private let server: HTTPServer
  private let http: HTTPClient
  private let admin: PostgresConnection

  /// Looks at the database over a new connection: the old one did not survive.
  struct Look: Sendable {
    let connection: PostgresConnection
    func count(_ table: String) async throws -> Int {
      let rows = try await connection.query(
        Ask(query: "select count(*)::text from \(table)"), deadline: Stand.patience)
      return rows.first.flatMap { $0 }.flatMap { Int($0) } ?? -1
    }
  }

  func reconnected() async throws -> Look {
    Look(connection: try await PostgresConnection.open(configuration, deadline: Self.patience))
  }

  final class Deliveries: Sendable {
    private let all = Mutex<[Courier.Delivery]>([])
    private let strikes = Mutex(false)
    /// - Returns: whether the courier took it.
    func add(_ delivery: Courier.Delivery) -> Bool {
      all.withLock { $0.append(delivery) }
      return strikes.withLock { !$0 }
    }
    /// From now on nothing is taken.
    func strike() { strikes.withLock { $0 = true } }
    /// From now on everything is taken again.
    func resume() { strikes.withLock { $0 = false } }
    /// How many were given to the courier, taken or not.
    var count: Int { all.withLock { $0.count } }
    var last: Courier.Delivery? { all.withLock { $0.last } }
  }

  final class Ahead: Sendable {
    private let by = Mutex(Duration.zero)
    func move(_ more: Duration) { by.withLock { $0 += more } }
    var now: Timestamp? { by.withLock { $0 == .zero ? nil : Timestamp.now() + $0 } }
  }

  /// - Parameter hasCourier: links and codes can be sent to the customer directly.
  static func open(
    on own: PostgresConfiguration? = nil, hasCourier: Bool = false,
    limits: LedgerLimits = .patient, _ change: (inout Business) -> Void = { _ in }
  ) async throws -> Stand {
    let configuration: PostgresConfiguration
    if let own {
      configuration = own
    } else {
      configuration = try await TestCluster.shared.database()
    }
    var business = Business(
      id: "tea-house", name: "Tea House", currency: "CAD", isBookingEnabled: true,
      hasCatalogue: true)
    change(&business)
    return try await Stand(configuration, business, hasCourier: hasCourier, limits: limits)
  }

  private init(
    _ configuration: PostgresConfiguration, _ business: Business, hasCourier: Bool,
    limits: LedgerLimits
  ) async throws {
    self.configuration = configuration
    var pooled = configuration
    pooled.serverSettings = [("enable_seqscan", "off"), ("plan_cache_mode", "force_generic_plan")]
    let ahead = Ahead()
    self.ahead = ahead
    let ledger = Ledger(
      pool: PostgresPool(pooled, size: 8), limits: limits, clock: { ahead.now })
    self.ledger = ledger
    let deliveries = Deliveries()
    self.deliveries = deliveries
    let courier = Courier { delivery in
      deliveries.add(delivery)
    }
    let service = BookingService(
      ledger: ledger,
      settings: BookingSettings(
        publicURL: "https://orders.example.com", courier: hasCourier ? courier : nil),
      log: .silent)
    self.service = service
    var stranger = business
    stranger.id = "shoe-shop"
    try await ledger.write(business)
    try await ledger.write(stranger)
    for (id, name, price) in [("TEA-1", "Green tea", 450), ("TEA-2", "Black tea", 350)] {
      for shop in ["tea-house", "shoe-shop"] {
        try await ledger.write(
          CatalogueItem(id: id, name: name, unitPrice: Int64(price)), of: shop)
      }
    }
    staff = try await service.makeKey(for: "tea-house", name: "desk", kind: .staff).secret
    agent = try await service.makeKey(for: "tea-house", name: "agent", kind: .agent).secret
    otherAgent = try await service.makeKey(for: "tea-house", name: "other", kind: .agent).secret
    self.stranger = try await service.makeKey(for: "shoe-shop", name: "s", kind: .agent).secret
    let api = BookingAPI(service: service, metrics: Metrics())
    server = try HTTPServer.start { await api.answer($0) }
    port = server.port
    url = "http://127.0.0.1:\(port)"
    let origin = try #require(Origin(url: url))
    http = HTTPClient(.init(allowedOrigins: [origin], maxConnectionsPerHost: 64))
    admin = try await PostgresConnection.open(configuration, deadline: Self.patience)
  }

  func close() async {
    await server.stop(grace: .seconds(5))
    await ledger.close()
    await admin.close()
  }

  /// Opens, plays, closes.
  static func play(
    on own: PostgresConfiguration? = nil, hasCourier: Bool = false,
    limits: LedgerLimits = .patient, _ change: (inout Business) -> Void = { _ in },
    _ body: (Stand) async throws -> Void
  ) async throws {
    let stand = try await open(on: own, hasCourier: hasCourier, limits: limits, change)
    do {
      try await body(stand)
    } catch {
      await stand.close()
      throw error
    }
    await stand.close()
  }

  // MARK: Asking

  func call(
    _ method: String, _ path: String, _ body: JSON? = nil, as key: String?,
    _ headers: HTTPHeaders = [:]
  ) async throws -> Answer {
    try await send(method, path, body?.bytes, as: key, headers)
  }

  func send(
    _ method: String, _ path: String, _ body: [UInt8]?, as key: String?,
    _ headers: HTTPHeaders = [:]
  ) async throws -> Answer {
    var headers = headers
    if let key { headers["Authorization"] = "Bearer " + key }
    if body != nil, headers["Content-Type"] == nil { headers["Content-Type"] = "application/json" }
    let response = try await http.send(
      HTTPClientRequest(
        method: method, url: url + path, headers: headers, body: body, deadline: Self.patience))
    return Answer(response)
  }

  struct Answer: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var bytes: [UInt8]
    var json: JSONValue?

    init(_ response: HTTPClientResponse) {
      self.init(status: response.status, headers: response.headers, bytes: response.body)
    }

    init(status: Int, headers: HTTPHeaders, bytes: [UInt8]) {
      self.status = status
      self.headers = headers
      self.bytes = bytes
      json = try? JSONValue.parse(bytes)
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var code: String? { json?["error"]?["code"]?.string }
    var details: JSONValue? { json?["error"]?["details"] }
    var orderID: String? { json?["order"]?["order_id"]?.string }
    var draft: JSONValue? { json?["draft"] ?? details?["draft"] }
  }

  // MARK: Looking past everything

  func rows(_ query: String) async throws -> [String] {
    try await admin.query(Ask(query: query), deadline: Self.patience).map { $0 ?? "null" }
  }

  func one(_ query: String) async throws -> String { try await rows(query).first ?? "no row" }

  func count(_ table: String) async throws -> Int {
    Int(try await one("select count(*)::text from \(table)")) ?? -1
  }

  func run(_ sql: String) async throws { try await admin.script(sql, deadline: Self.patience) }

  /// Every order has all of its rows, and nothing is left of what was not booked.
  func expectWhole(_ count: Int, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let odd = try await rows(
      """
      select o.order_id from orders o
        left join bookings b using (order_id)
        left join idempotency_keys k on k.order_id = o.order_id and k.state = 'completed'
        left join booking_consents c on c.order_id = o.order_id
      where b.order_id is null or k.order_id is null
        or (b.source = 'ai') <> (c.order_id is not null)
        or (select count(*) from order_status_history h where h.order_id = o.order_id) < 1
        or (select count(*) from order_lines l where l.order_id = o.order_id) < 1
      union all
      select k.order_id from idempotency_keys k left join orders o using (order_id)
      where k.state = 'completed' and o.order_id is null
      """)
    #expect(odd == [], sourceLocation: sourceLocation)
    #expect(try await self.count("orders") == count, sourceLocation: sourceLocation)
  }
}

/// The contract's request.
func request(
  _ items: JSON = [["id": "TEA-1", "quantity": 2]], source: String? = "manual",
  name: String = "Robin Example", phone: String = "+1 902 555 0199", key: String? = nil,
  business: String = "tea-house", more: [(String, JSON)] = []
) -> JSON {
  var payload: [(String, JSON)] = [
    ("user_id", .string(business)), ("customer_name", .string(name)),
    ("customer_phone", .string(phone)), ("items", items),
  ]
  if let source { payload.append(("source", .string(source))) }
  payload += more
  var all: [(String, JSON)] = [
    ("version", "1.0"), ("action", "create_order"), ("payload", .object(payload)),
  ]
  if let key { all.append(("idempotency_key", .string(key))) }
  return .object(all)
}

extension Stand {
  /// The same service in another process, as far as the database can tell.
  func another() -> BookingService {
    var pooled = configuration
    pooled.serverSettings = [("enable_seqscan", "off"), ("plan_cache_mode", "force_generic_plan")]
    let ahead = ahead
    return BookingService(
      ledger: Ledger(
        pool: PostgresPool(pooled, size: 4), limits: .patient, clock: { ahead.now }),
      settings: BookingSettings(publicURL: "https://orders.example.com"), log: .silent)
  }
}

extension Stand {
  /// For another process: the test cluster's socket.
  func databaseURL() async throws -> String {
    try await TestCluster.shared.url(of: configuration)
  }
}
