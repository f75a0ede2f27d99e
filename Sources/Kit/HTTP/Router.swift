/// Routes by method and path pattern. A path that exists under another method is answered with 405,
/// one that does not exist with 404.
///
/// Patterns are `RoutePattern`s. Of several that fit, the one added first answers.
public struct Router: Sendable {
  /// The second parameter holds the captures, percent-decoded.
  public typealias Handler = @Sendable (HTTPRequest, [String: String]) async -> HTTPResponse
  public typealias Next = @Sendable (HTTPRequest) async -> HTTPResponse
  /// Stands around every answer, 404 and 405 too.
  public typealias Middleware = @Sendable (HTTPRequest, Next) async -> HTTPResponse

  private struct Route: Sendable {
    var method: String
    var pattern: RoutePattern
    var handler: Handler
  }

  private var routes: [Route] = []
  private var middleware: [Middleware] = []

  public init() {}

  public mutating func on(_ method: String, _ pattern: String, _ handler: @escaping Handler) {
    routes.append(Route(method: method, pattern: RoutePattern(pattern), handler: handler))
  }

  /// The one added first is outermost.
  public mutating func use(_ middleware: @escaping Middleware) {
    self.middleware.append(middleware)
  }

  public func answer(_ request: HTTPRequest) async -> HTTPResponse {
    await answer(request, past: 0)
  }

  private func answer(_ request: HTTPRequest, past passed: Int) async -> HTTPResponse {
    guard passed < middleware.count else { return await route(request) }
    return await middleware[passed](request) { await answer($0, past: passed + 1) }
  }

  private func route(_ request: HTTPRequest) async -> HTTPResponse {
    let path = request.rawPath.split(separator: "/")
    var methods: Set<String> = []
    for route in routes {
      guard let captures = route.pattern.match(path) else { continue }
      if route.method == request.method || route.method == "GET" && request.method == "HEAD" {
        return await route.handler(request, captures)
      }
      methods.insert(route.method)
    }
    guard methods.isEmpty else {
      var response = HTTPResponse.text("method not allowed\n", status: 405)
      response.headers["Allow"] = methods.sorted().joined(separator: ", ")
      return response
    }
    return .text("not found\n", status: 404)
  }
}
