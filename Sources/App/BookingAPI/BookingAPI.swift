import Booking
public import Bookings
import Cryptography
public import HTTP
public import Kit

/// `/api` and `/confirm`: the booking service over HTTP.
public struct BookingAPI: Sendable {
  let service: BookingService
  let metrics: Metrics
  let endpoints: [Endpoint]
  private let document: [UInt8]
  private let docsPage: String
  private let exact: [String: Int]

  public init(service: BookingService, metrics: Metrics) {
    self.service = service
    self.metrics = metrics
    endpoints = Endpoint.all
    document = OpenAPIDocument(endpoints).json.bytes
    docsPage = DocsPage(endpoints).html
    var exact: [String: Int] = [:]
    for (i, endpoint) in endpoints.enumerated() where !endpoint.path.contains("{") {
      exact[endpoint.method + " " + endpoint.path] = i
    }
    self.exact = exact
  }

  /// Whether a request is for here.
  public static func isMine(_ request: HTTPRequest) -> Bool {
    let path = request.rawPath
    return path.hasPrefix("/api/") || path == "/api" || path.hasPrefix("/confirm/")
  }

  /// The OpenAPI 3.1 document, as it is served at `/api/openapi.json`.
  public var openAPI: [UInt8] { document }

  public func answer(_ request: HTTPRequest) async -> HTTPResponse {
    let path = request.rawPath
    if path.hasPrefix("/confirm/") { return await confirm(request) }
    let correlationID = Correlation.id(of: request.headers)
    return await Log.$correlationID.withValue(correlationID) {
      var response: HTTPResponse
      do throws(BookingError) {
        response = try await route(request, path, correlationID)
      } catch {
        response = Self.refusal(error, request, correlationID)
      }
      response.headers["X-Correlation-ID"] = correlationID
      return response
    }
  }

  // MARK: Finding the endpoint

  private func route(
    _ request: HTTPRequest, _ path: Substring, _ correlationID: String
  ) async throws(BookingError) -> HTTPResponse {
    let method = request.method == "HEAD" ? "GET" : request.method
    if let i = exact[method + " " + path] {
      return try await run(endpoints[i], request, [:], correlationID)
    }
    if path == "/api/openapi.json" || path == "/api/docs" || path == "/api/keys.json" {
      guard method == "GET" else { throw Self.wrongMethod(["GET", "HEAD"]) }
      if path == "/api/keys.json" {
        return .bytes(
          try await service.publicKeys().bytes, type: "application/jwk-set+json; charset=utf-8")
      }
      return path == "/api/docs"
        ? Self.page(docsPage, style: PageStyle.text)
        : .bytes(document, type: "application/json; charset=utf-8")
    }
    let segments = path.split(separator: "/", omittingEmptySubsequences: true)
    var methods: [String] = []
    for endpoint in endpoints {
      guard let captures = Self.match(endpoint.segments, segments) else { continue }
      if endpoint.method == method {
        return try await run(endpoint, request, captures, correlationID)
      }
      methods.append(endpoint.method)
    }
    guard methods.isEmpty else { throw Self.wrongMethod(methods) }
    throw .notFound("address; /api/docs lists all")
  }

  private static func wrongMethod(_ methods: [String]) -> BookingError {
    BookingError(
      .methodNotAllowed, "this address takes \(methods.joined(separator: ", "))",
      details: [("allow", .array(methods.map(JSON.string)))])
  }

  private static func match(
    _ pattern: [Substring], _ path: [Substring]
  ) -> [String: String]? {
    guard pattern.count == path.count else { return nil }
    var captures: [String: String] = [:]
    for (wanted, given) in zip(pattern, path) {
      if wanted.first == "{" {
        captures[String(wanted.dropFirst().dropLast())] = PercentEncoding.decode(given)
      } else if wanted != given {
        return nil
      }
    }
    return captures
  }

  // MARK: Running it

  private func run(
    _ endpoint: Endpoint, _ request: HTTPRequest, _ captures: [String: String],
    _ correlationID: String
  ) async throws(BookingError) -> HTTPResponse {
    let principal = try await principal(of: request)
    if let scope = endpoint.scope { try principal.require(scope) }
    try check(endpoint, request, captures)
    var caller = Caller(principal: principal, correlationID: correlationID)
    var body: JSONValue?
    if let schema = endpoint.body {
      try Self.requireJSON(request)
      // The contract's own door reads its body itself, once.
      if endpoint.readsBody {
        let json = try BookingService.json(request.body)
        let problems = schema.problems(in: json)
        guard problems.isEmpty else { throw .invalid(problems) }
        caller.requestDigest = SHA256.hash(request.body)
        body = json
      }
    }
    let answer = try await endpoint.handle(
      APICall(
        service: service, request: request, captures: captures, caller: caller, body: body))
    var response = HTTPResponse.bytes(
      answer.body, type: "application/json; charset=utf-8", status: answer.status)
    for (name, value) in answer.headers { response.headers.append(name, value) }
    response.headers.append("Cache-Control", "no-store")
    return response
  }

  private func principal(of request: HTTPRequest) async throws(BookingError) -> Principal {
    guard let header = request.headers["Authorization"] else {
      throw BookingError(.unauthenticated, "send the API key as Authorization: Bearer qsk_...")
    }
    guard header.utf8.count <= 512, header.lowercased().hasPrefix("bearer ") else {
      throw BookingError(.unauthenticated, "send the API key as Authorization: Bearer qsk_...")
    }
    return try await service.principal(secret: String(header.dropFirst(7)))
  }

  private func check(
    _ endpoint: Endpoint, _ request: HTTPRequest, _ captures: [String: String]
  ) throws(BookingError) {
    var problems: [InputProblem] = []
    for parameter in endpoint.parameters {
      let path = "$.\(parameter.place.rawValue)['\(parameter.name)']"
      let value: String?
      switch parameter.place {
      case .path: value = captures[parameter.name]
      case .query: value = request.query(parameter.name)
      case .header: value = request.headers[parameter.name]
      }
      if let value, parameter.place != .header || parameter.name == "Idempotency-Key" {
        problems += parameter.problems(with: value, at: path)
      }
    }
    for (name, _) in request.query
    where !endpoint.parameters.contains(where: { $0.place == .query && $0.name == name }) {
      problems.append(.init("$.query['\(name.prefix(64))']", .unknown, "is not known here"))
    }
    if request.headers.all("Idempotency-Key").count > 1 {
      throw BookingError(.keyInvalid, "the header Idempotency-Key is given twice")
    }
    guard problems.isEmpty else { throw .invalid(problems) }
  }

  private static func requireJSON(_ request: HTTPRequest) throws(BookingError) {
    let type = request.headers["Content-Type"] ?? "application/json"
    guard
      type.split(separator: ";").first?.lowercased().filter({ $0 != " " }) == "application/json"
    else { throw BookingError(.unsupportedMediaType, "send application/json") }
  }

  // MARK: Refusing

  /// The one edge from errors to HTTP: the envelope, or a problem document for who asks for one.
  static func refusal(
    _ error: BookingError, _ request: HTTPRequest, _ correlationID: String
  ) -> HTTPResponse {
    let wantsProblem =
      request.headers["Accept"]?.lowercased().contains("application/problem+json") ?? false
    var response =
      wantsProblem
      ? HTTPResponse.bytes(
        error.problem(correlationID: correlationID).bytes, type: "application/problem+json",
        status: error.code.status)
      : HTTPResponse.bytes(
        error.envelope(correlationID: correlationID).bytes,
        type: "application/json; charset=utf-8", status: error.code.status)
    response.headers.append("Cache-Control", "no-store")
    if let wait = error.retryAfter {
      response.headers["Retry-After"] = "\(max(1, Int(wait.seconds.rounded(.up))))"
    }
    if error.code == .unauthenticated { response.headers["WWW-Authenticate"] = "Bearer" }
    for case ("allow", .array(let methods)) in error.details
    where error.code == .methodNotAllowed {
      let names = methods.compactMap { if case .string(let name) = $0 { name } else { nil } }
      response.headers["Allow"] = names.joined(separator: ", ")
    }
    return response
  }
}

extension Endpoint.Parameter {
  /// What is wrong with a value that came as text.
  func problems(with value: String, at path: String) -> [InputProblem] {
    switch schema {
    case .text(let rule):
      // An idempotency key may stand in quotes; the quotes are no part of it.
      return rule.problem(with: value).map { [.init(path, $0.code, $0.message)] } ?? []
    case .integer(let range):
      guard value.utf8.count <= 19, value.utf8.allSatisfy({ (48...57).contains($0) }),
        let number = Int64(value)
      else { return [.init(path, .type, "must be a whole number")] }
      return range.contains(number)
        ? []
        : [.init(path, .range, "must be from \(range.lowerBound) to \(range.upperBound)")]
    case .choice(let words):
      return words.contains(value)
        ? [] : [.init(path, .notAllowed, "must be one of " + words.joined(separator: ", "))]
    case .boolean, .object, .array, .any, .map, .orNull: return []
    }
  }
}
