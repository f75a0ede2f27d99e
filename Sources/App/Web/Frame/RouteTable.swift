import HTTP

/// All routes of all rooms: the one table that says which address needs which capability.
struct RouteTable: Sendable {
  enum Found: Sendable {
    case route(PageRoute, captures: [String: String])
    /// The address exists, for these methods.
    case otherMethod([String])
    case nothing
  }

  let routes: [PageRoute]

  init(_ rooms: [Room], _ more: [PageRoute]) { routes = rooms.flatMap(\.routes) + more }

  func find(_ request: HTTPRequest) -> Found {
    let path = request.rawPath.split(separator: "/")
    let method = request.method == "HEAD" ? "GET" : request.method
    var methods: Set<String> = []
    for route in routes {
      guard let captures = route.pattern.match(path) else { continue }
      if route.method == method { return .route(route, captures: captures) }
      methods.insert(route.method)
      if route.method == "GET" { methods.insert("HEAD") }
    }
    return methods.isEmpty ? .nothing : .otherMethod(methods.sorted())
  }
}
