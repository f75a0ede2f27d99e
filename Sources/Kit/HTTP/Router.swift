/// Routes by method and path pattern. A path that exists under another method is answered with 405,
/// one that does not exist with 404.
///
/// A pattern's segment is a word, a capture `{order_id}`, or at its end `{file...}` for all that is
/// left (not decoded). Of several patterns that fit, the one added first answers.
public struct Router: Sendable {
  /// The second parameter holds the captures, percent-decoded.
  public typealias Handler = @Sendable (HTTPRequest, [String: String]) async -> HTTPResponse
  public typealias Next = @Sendable (HTTPRequest) async -> HTTPResponse
  /// Stands around every answer, 404 and 405 too.
  public typealias Middleware = @Sendable (HTTPRequest, Next) async -> HTTPResponse

  private enum Segment: Sendable {
    case word(String)
    case capture(String)
    case rest(String)
  }

  private struct Route: Sendable {
    var method: String
    var segments: [Segment]
    var handler: Handler
  }

  private var routes: [Route] = []
  private var middleware: [Middleware] = []

  public init() {}

  public mutating func on(_ method: String, _ pattern: String, _ handler: @escaping Handler) {
    let segments = pattern.split(separator: "/").map(Router.segment)
    routes.append(Route(method: method, segments: segments, handler: handler))
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
      guard let captures = Router.match(route.segments, path) else { continue }
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

  private static func segment(_ text: Substring) -> Segment {
    guard text.hasPrefix("{"), text.hasSuffix("}") else { return .word(String(text)) }
    let name = text.dropFirst().dropLast()
    return name.hasSuffix("...") ? .rest(String(name.dropLast(3))) : .capture(String(name))
  }

  /// Compares raw segments, so that an encoded `/` stays inside its capture.
  private static func match(_ pattern: [Segment], _ path: [Substring]) -> [String: String]? {
    var captures: [String: String] = [:]
    for (position, segment) in pattern.enumerated() {
      if case .rest(let name) = segment {
        captures[name] = path.dropFirst(position).joined(separator: "/")
        return captures
      }
      guard position < path.count else { return nil }
      switch segment {
      case .capture(let name): captures[name] = PercentEncoding.decode(path[position])
      case .word(let word):
        guard path[position] == word || PercentEncoding.decode(path[position]) == word else {
          return nil
        }
      case .rest: return nil
      }
    }
    return pattern.count == path.count ? captures : nil
  }
}
