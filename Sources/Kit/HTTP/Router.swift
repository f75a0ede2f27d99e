/// Routes by method and path pattern: `/orders/{order_id}`. A path that exists under another method
/// is answered with 405, one that does not exist with 404.
public struct Router: Sendable {
  public typealias Handler = @Sendable (HTTPRequest, [String: String]) async -> HTTPResponse

  private struct Route: Sendable {
    var method: String
    var segments: [String]
    var handler: Handler
  }

  private var routes: [Route] = []

  public init() {}

  public mutating func on(_ method: String, _ pattern: String, _ handler: @escaping Handler) {
    routes.append(Route(method: method, segments: Router.segments(pattern), handler: handler))
  }

  public func answer(_ request: HTTPRequest) async -> HTTPResponse {
    let segments = Router.segments(request.path)
    var methods: Set<String> = []
    for route in routes {
      guard let captures = Router.match(route.segments, segments) else { continue }
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

  private static func segments(_ path: String) -> [String] {
    path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
  }

  private static func match(_ pattern: [String], _ path: [String]) -> [String: String]? {
    guard pattern.count == path.count else { return nil }
    var captures: [String: String] = [:]
    for (wanted, segment) in zip(pattern, path) {
      if wanted.hasPrefix("{"), wanted.hasSuffix("}") {
        captures[String(wanted.dropFirst().dropLast())] = segment
      } else if wanted != segment {
        return nil
      }
    }
    return captures
  }
}
