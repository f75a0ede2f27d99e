import HTTP
import HTTPClient
import Kit
import Sandbox
import Testing
import XML

/// A running sandbox and a plain HTTP client that speaks to it.
struct Outside {
  let sandbox: Sandbox
  let client: HTTPClient

  /// Runs a test against a sandbox of its own.
  static func run(
    _ settings: SandboxSettings = SandboxSettings(), _ body: (Outside) async throws -> Void
  ) async throws {
    let sandbox = try Sandbox.start(settings: settings)
    let origin = try #require(Origin(url: sandbox.baseURL))
    let client = HTTPClient(HTTPClient.Configuration(allowedOrigins: [origin]))
    do {
      try await body(Outside(sandbox: sandbox, client: client))
    } catch {
      await sandbox.stop()
      throw error
    }
    await sandbox.stop()
  }

  struct Answer {
    let status: Int
    let headers: HTTPHeaders
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSONValue? { try? JSONValue.parse(body) }
    var xml: XMLElement? { try? XMLElement.parse(body) }
    /// The codes of the carrier's messages.
    var codes: [String] { xml?.all("message").compactMap { $0.first("code")?.text } ?? [] }
    func href(_ rel: String) -> String? {
      xml?.first("links")?.all("link").first { $0["rel"] == rel }?["href"]
    }
  }

  func send(
    _ method: String, _ url: String, _ headers: [(String, String)] = [], body: [UInt8]? = nil,
    deadline: Duration = .seconds(60)
  ) async throws -> Answer {
    var fields = HTTPHeaders()
    for (name, value) in headers { fields.append(name, value) }
    let target = url.hasPrefix("http") ? url : sandbox.baseURL + url
    let response = try await client.send(
      HTTPClientRequest(
        method: method, url: target, headers: fields, body: body,
        deadline: deadline, maxResponseBytes: 64 * 1024 * 1024))
    return Answer(status: response.status, headers: response.headers, body: response.body)
  }

  // MARK: Marketplace

  func mirakl(
    _ method: String, _ path: String, key: String = "sandbox-key",
    deadline: Duration = .seconds(60), _ body: String? = nil
  ) async throws -> Answer {
    var headers = [("Authorization", key), ("Accept", "application/json")]
    if body != nil { headers.append(("Content-Type", "application/json")) }
    let bytes = body.map { Array($0.utf8) } ?? (method == "GET" ? nil : [])
    return try await send(method, path, headers, body: bytes, deadline: deadline)
  }

  func order(_ id: String) async throws -> JSONValue {
    let answer = try await mirakl("GET", "/api/orders?order_ids=\(id)")
    return try #require(answer.json?["orders"]?.elements.first)
  }

  func state(_ id: String) async throws -> String? {
    try await order(id)["order_state"]?.string
  }

  func accept(_ id: String, lines: Int = 1) async throws -> Answer {
    let all = (1...lines).map { "{\"id\":\"\(id)-\($0)\",\"accepted\":true}" }
    return try await mirakl(
      "PUT", "/api/orders/\(id)/accept", "{\"order_lines\":[\(all.joined(separator: ","))]}")
  }

  func track(_ id: String, _ number: String) async throws -> Answer {
    try await mirakl(
      "PUT", "/api/orders/\(id)/tracking",
      "{\"carrier_code\":\"CPCL\",\"tracking_number\":\"\(number)\"}")
  }

  func ship(_ id: String) async throws -> Answer {
    try await mirakl("PUT", "/api/orders/\(id)/ship")
  }

  // MARK: Carrier

  static let customer = "/rs/0000900001/0000900001"
  static let shipmentType = "application/vnd.cpc.shipment-v8+xml"
  static let nonContractType = "application/vnd.cpc.ncshipment-v4+xml"
  static let manifestType = "application/vnd.cpc.manifest-v8+xml"
  /// sandbox-user:sandbox-password
  static let authorization = "Basic c2FuZGJveC11c2VyOnNhbmRib3gtcGFzc3dvcmQ="

  func carrier(
    _ method: String, _ path: String, type: String = Outside.shipmentType,
    _ body: String? = nil
  ) async throws -> Answer {
    var headers = [("Authorization", Self.authorization), ("Accept", type)]
    if body != nil { headers.append(("Content-Type", type)) }
    return try await send(method, path, headers, body: body.map { Array($0.utf8) })
  }

  func create(_ request: ShipmentXML) async throws -> Answer {
    try await carrier(
      "POST", request.isContract ? "\(Self.customer)/shipment" : "/rs/0000900001/ncshipment",
      type: request.isContract ? Self.shipmentType : Self.nonContractType, request.text)
  }

  // MARK: Control

  func control(_ method: String, _ path: String, _ body: String? = nil) async throws -> Answer {
    try await send(method, "/control/\(path)", body: body.map { Array($0.utf8) })
  }

  func tally(_ id: String) -> SandboxTally.Order {
    sandbox.tally().orders[id] ?? SandboxTally.Order()
  }
}
