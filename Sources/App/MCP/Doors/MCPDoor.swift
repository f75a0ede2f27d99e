import Booking
import BookingAPI
public import Bookings
public import HTTP
import Kit

/// `/mcp`: the booking service's tools over Streamable HTTP, in the modern revision and the legacy ones
/// on one path. The key of `Authorization` decides who calls; the session is only where a legacy client
/// left off.
public struct MCPDoor: Sendable {
  public static let path = "/mcp"

  let service: BookingService
  let origins: AllowedOrigins
  let version: String
  let sessions = Sessions()

  /// - Parameter origins: pages that may call from a browser, beside those of this machine:
  ///   `https://orders.example.com`.
  /// - Parameter version: of the program, as clients are told it.
  public init(service: BookingService, origins: [String], version: String) {
    self.service = service
    self.origins = AllowedOrigins(origins)
    self.version = version
  }

  /// Whether a request is for here.
  public static func isMine(_ request: HTTPRequest) -> Bool { request.rawPath == path }

  /// Ends all sessions: nobody is asked any more.
  public func close() { sessions.endAll() }

  public func answer(_ request: HTTPRequest) async -> HTTPResponse {
    let correlationID = Correlation.id(of: request.headers)
    return await Log.$correlationID.withValue(correlationID) {
      var response: HTTPResponse
      do throws(BookingError) {
        response = try await admit(request, correlationID)
      } catch {
        response = Self.refusal(error, correlationID)
      }
      response.headers["X-Correlation-ID"] = correlationID
      if response.headers["Cache-Control"] == nil { response.headers["Cache-Control"] = "no-store" }
      return response
    }
  }

  /// - Throws: `BookingError` for whoever may not come in at all.
  private func admit(
    _ request: HTTPRequest, _ correlationID: String
  ) async throws(BookingError) -> HTTPResponse {
    // A page of somebody's that was made to look like this machine cannot hide where it is from.
    for origin in request.headers.all("Origin") where !origins.contain(origin) {
      throw BookingError(.forbidden, "pages of this origin may not call here")
    }
    let revisions = request.headers.all("MCP-Protocol-Version")
    let isModern = revisions.contains { Revision(rawValue: $0)?.isModern == true }
    guard request.method == "POST" || request.method == "DELETE" && !isModern else {
      var response = Self.refusal(
        BookingError(.methodNotAllowed, "this address takes POST"), correlationID)
      response.headers["Allow"] = isModern ? "POST" : "POST, DELETE"
      return response
    }
    let principal = try await principal(of: request)
    if request.method == "DELETE" { return end(request, principal) }
    try Self.requireJSON(request)
    let exchange = HTTPExchange(
      door: self, request: request, principal: principal, correlationID: correlationID)
    do throws(RPCError) {
      return try await exchange.answer(revisions)
    } catch {
      return .json(error.json(id: nil), status: error.modernStatus)
    }
  }

  private func principal(of request: HTTPRequest) async throws(BookingError) -> Principal {
    let headers = request.headers.all("Authorization")
    guard headers.count == 1, let header = headers.first, header.utf8.count <= 512,
      header.lowercased().hasPrefix("bearer ")
    else {
      throw BookingError(.unauthenticated, "send the API key as Authorization: Bearer qsk_...")
    }
    return try await service.principal(secret: String(header.dropFirst(7)))
  }

  private static func requireJSON(_ request: HTTPRequest) throws(BookingError) {
    guard request.body.count <= RPCMessage.limits.bytes else {
      throw BookingError(.tooLarge, "a message has at most \(RPCMessage.limits.bytes) bytes")
    }
    let type = request.headers["Content-Type"]?.split(separator: ";").first?.lowercased()
    guard type?.filter({ $0 != " " }) == "application/json" else {
      throw BookingError(.unsupportedMediaType, "send application/json")
    }
  }

  /// The client is done with its session.
  private func end(_ request: HTTPRequest, _ principal: Principal) -> HTTPResponse {
    guard let id = request.headers["Mcp-Session-Id"] else {
      return .json(
        RPCError(.invalidRequest, "Mcp-Session-Id is missing").json(id: nil), status: 400)
    }
    guard let session = sessions.session(id, keyID: principal.keyID) else {
      return .json(RPCError(.invalidRequest, "there is no such session").json(id: nil), status: 404)
    }
    sessions.end(session)
    return .empty(204)
  }

  private static func refusal(_ error: BookingError, _ correlationID: String) -> HTTPResponse {
    var response = HTTPResponse.json(
      error.envelope(correlationID: correlationID), status: error.code.status)
    if error.code == .unauthenticated { response.headers["WWW-Authenticate"] = "Bearer" }
    if let wait = error.retryAfter {
      response.headers["Retry-After"] = "\(max(1, Int(wait.seconds.rounded(.up))))"
    }
    return response
  }
}
