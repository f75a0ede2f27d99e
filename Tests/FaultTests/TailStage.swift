import Glibc
import HTTP
import HTTPClient
import Kit
import Postgres

/// A business that books, with a sheet and two ways to its people, on a stage: `quayside serve` for the
/// API, the sandbox for what is outside.
struct TailStage {
  static let spreadsheet = "sandbox-spreadsheet"
  static let topic = "tea-house-orders"

  let stage: Stage
  let url: String
  let key: String
  private let http: HTTPClient

  /// - Parameter pushTo: where the business's messages go.
  static func play(
    pushTo: String = "ntfy:" + topic, _ body: (TailStage) async throws -> Void
  ) async throws {
    try await Stage.play { stage in
      let file = try await stage.sandbox.control("GET", "google/service-account")
      let path = stage.folder + "/service-account.json"
      try AtomicFile.write(Array((file?.rawText ?? "").utf8), to: path)
      stage.environment["QUAYSIDE_GOOGLE_URL"] = stage.sandbox.url
      stage.environment["QUAYSIDE_GOOGLE_KEY_FILE"] = path
      stage.environment["QUAYSIDE_NTFY_URL"] = stage.sandbox.url + "/ntfy"
      stage.environment["QUAYSIDE_NTFY_TOKEN"] = "tk_sandbox"
      let server = try await stage.keep()
      let line = stage.output(of: server).split(separator: "\n").first.map(String.init) ?? ""
      _ = try await stage.json([
        "business", "add", "tea-house", "--catalogue", "off", "--sheets", "on", "--push", "on",
        "--sheet-id", spreadsheet, "--push-to", pushTo,
      ])
      let made = try await stage.json(["key", "new", "tea-house", "--kind", "staff"])
      guard let origin = Origin(url: line), let key = made["secret"]?.string else {
        throw Trouble("no server or no key")
      }
      try await body(
        TailStage(
          stage: stage, url: String(line.dropLast()), key: key,
          http: HTTPClient(.init(allowedOrigins: [origin], maxConnectionsPerHost: 16))))
    }
  }

  // MARK: Booking

  func call(
    _ method: String, _ path: String, _ body: JSON, _ more: HTTPHeaders = [:]
  ) async throws -> (status: Int, body: JSONValue) {
    var headers: HTTPHeaders = [
      "Authorization": "Bearer " + key, "Content-Type": "application/json",
    ]
    for (name, value) in more { headers.append(name, value) }
    let answer = try await http.send(
      HTTPClientRequest(
        method: method, url: url + path, headers: headers, body: body.bytes,
        deadline: .seconds(30)))
    return (answer.status, try JSONValue.parse(answer.body))
  }

  /// - Returns: the order's id.
  func book(
    _ name: String, notes: String? = nil, correlation: String? = nil, traceparent: String? = nil
  ) async throws -> String {
    var more: HTTPHeaders = ["Idempotency-Key": UUIDv7.make().text]
    if let correlation { more.append("X-Correlation-ID", correlation) }
    if let traceparent { more.append("traceparent", traceparent) }
    let body: JSON =
      .object([
        ("version", "1.0"), ("action", "create_order"),
        (
          "payload",
          .object([
            ("user_id", "tea-house"), ("customer_name", .string(name)),
            ("customer_phone", "902 555 0199"), ("notes", .optional(notes)),
            (
              "items",
              .array([.object([("name", "Green tea"), ("quantity", 2)])])
            ),
          ])
        ),
      ])
    let ends = ContinuousClock.now + .seconds(60)
    var answer = try await call("POST", "/api/orders", body, more)
    // On a busy machine; the key is the same, so it is booked once.
    while answer.status == 503, ContinuousClock.now < ends {
      try await Task.sleep(for: .seconds(1))
      answer = try await call("POST", "/api/orders", body, more)
    }
    guard answer.status == 201, let id = answer.body["order"]?["order_id"]?.string else {
      throw Trouble("not booked: \(answer.status) \(answer.body.rawText)")
    }
    return id
  }

  func move(_ id: String, to status: String) async throws {
    let answer = try await call(
      "POST", "/api/orders/\(id)/status", .object([("status", .string(status))]))
    guard answer.status == 200 else { throw Trouble("not moved: \(answer.body.rawText)") }
  }

  /// What the outside received about an order: the call, and its headers by their names in small letters.
  func requests(
    about id: String
  ) async throws -> [(call: String, headers: [String: String])] {
    let all = try await stage.sandbox.control("GET", "requests?limit=1000")
    return (all?["requests"]?.elements ?? []).compactMap { one in
      guard one["body"]?.string?.contains(id) == true else { return nil }
      var headers: [String: String] = [:]
      for (name, value) in one["headers"]?.members ?? [] {
        headers[name.lowercased()] = value.string
      }
      return (one["call"]?.string ?? "", headers)
    }
  }

  /// The outside calls that are on record about an order: what was called, and under which id.
  func calls(of id: String) async throws -> [CallRow] {
    let connection = try await PostgresConnection.open(
      PostgresConfiguration(
        socketDirectory: stage.state + "/postgres/socket", database: "quayside", user: "quayside"),
      deadline: .seconds(30))
    let rows = try await connection.query(CallsOf(orderID: id), deadline: .seconds(30))
    await connection.close()
    return rows
  }

  struct CallRow: Sendable {
    var endpoint: String
    var correlationID: String
    var isSuccess: Bool
  }

  private struct CallsOf: PostgresStatement {
    static let sql = """
      select c.endpoint, coalesce(c.correlation_id, ''), c.is_success from api_calls c
      where c.related_id = $1
        or c.call_id in (select s.call_id from api_call_subjects s where s.subject = $1)
      order by c.created_at
      """
    let orderID: String
    func bind(_ b: inout PostgresBindings) { b.append(orderID) }
    static func row(_ r: PostgresRow) throws(PostgresError) -> CallRow {
      CallRow(
        endpoint: try r.string(0), correlationID: try r.string(1), isSuccess: try r.bool(2))
    }
  }

  // MARK: Outside

  struct Seen {
    var rows = 0
    var pushesShown = 0
    var events = 0
  }

  func tally() async throws -> (seen: [String: Seen], violations: [String]) {
    let json = try await stage.sandbox.control("GET", "tally")
    var seen: [String: Seen] = [:]
    for (id, one) in json?["bookings"]?.members ?? [] {
      seen[id] = Seen(
        rows: Int(one["rows"]?.int ?? -1), pushesShown: Int(one["pushes_shown"]?.int ?? -1),
        events: Int(one["events"]?.int ?? -1))
    }
    return (seen, (json?["violations"]?.elements ?? []).map(\.rawText))
  }

  /// The sheet as it is, by order id: the nine columns as text.
  func rows() async throws -> [String: [String]] {
    let json = try await stage.sandbox.control("GET", "google/sheets/" + Self.spreadsheet)
    var rows: [String: [String]] = [:]
    for row in json?["sheets"]?.elements.first?["rows"]?.elements ?? [] {
      let cells = row.elements.map { $0.text ?? "" }
      if let id = cells.first, !id.isEmpty { rows[id] = cells }
    }
    return rows
  }

  /// Until every order has one row with this status and was told of once as new and once as changed, and
  /// nothing is open any more.
  ///
  /// - Parameter retries: a person sets going again whatever ran out of tries.
  func untilShown(
    _ orders: [String: String], retries: Bool = false, within limit: Duration = .seconds(15)
  ) async throws {
    var last = ""
    let ends = ContinuousClock.now + limit
    while ContinuousClock.now < ends {
      let (seen, violations) = try await tally()
      let rows = try await rows()
      let wrong = orders.filter { id, status in
        seen[id]?.rows != 1 || rows[id]?[6] != status
          || seen[id]?.events != (status == "pending" ? 1 : 2)
      }
      if retries {
        let open = try await stage.json(["effects"])
        for effect in open.elements where effect["state"]?.string == "needs_person" {
          _ = try await stage.run(["retry", effect["order_id"]?.string ?? ""])
        }
      }
      if wrong.isEmpty {
        guard violations.isEmpty else { throw Trouble("\(violations)") }
        let open = try await stage.json(["effects"])
        if open.elements.isEmpty { return }
        last = "open: \(open.rawText)"
      } else {
        last = wrong.keys.sorted().prefix(3)
          .map { "\($0): \(seen[$0].map { "\($0)" } ?? "unseen") \(rows[$0] ?? [])" }
          .joined(separator: "; ")
      }
      try await Task.sleep(for: .milliseconds(50))
    }
    throw Trouble("not shown within \(limit): \(last)\n\(try await stage.run(["effects"]).text)")
  }
}
