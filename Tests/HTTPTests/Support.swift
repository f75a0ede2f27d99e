import HTTP
import HTTPClient
import HTTPServer
import Testing

/// Runs a test against a server of its own.
func withServer(
  _ limits: HTTPServerLimits = HTTPServerLimits(), handler: @escaping HTTPServer.Handler,
  _ test: (HTTPServer) async throws -> Void
) async throws {
  let server = try HTTPServer.start(limits: limits, handler: handler)
  do {
    try await test(server)
  } catch {
    await server.stop(grace: .zero)
    throw error
  }
  await server.stop(grace: .zero)
}

func client(
  for urls: String..., connections: Int = 64
) throws -> HTTPClient {
  let origins = try urls.map { try #require(Origin(url: $0)) }
  return HTTPClient(
    HTTPClient.Configuration(
      allowedOrigins: Set(origins), maxConnectionsPerHost: connections))
}

extension HTTPServer {
  var url: String { "http://127.0.0.1:\(port)" }
}

extension HTTPClient {
  func get(
    _ url: String, deadline: Duration = .seconds(60)
  ) async throws(HTTPClientError) -> HTTPClientResponse {
    try await send(HTTPClientRequest(method: "GET", url: url, deadline: deadline))
  }

  /// The error that a request is expected to end in.
  func failure(of request: HTTPClientRequest) async -> HTTPClientError? {
    do throws(HTTPClientError) {
      _ = try await send(request)
      return nil
    } catch {
      return error
    }
  }
}

extension HTTPClientResponse {
  var text: String { String(decoding: body, as: UTF8.self) }
}

/// Answers with the request's body.
let echo: HTTPServer.Handler = { request in
  .bytes(request.body, type: "application/octet-stream")
}
