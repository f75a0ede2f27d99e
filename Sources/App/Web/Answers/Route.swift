/// What there is to ask for.
enum Route: Sendable, Equatable {
  case overview, orders, ordersDocument, effects, counts, metrics, health, style, icon
  case order(String)
  case orderDocument(String)

  init?(_ path: String) {
    switch path {
    case "/": self = .overview
    case "/orders", "/orders/": self = .orders
    case "/orders.json": self = .ordersDocument
    case "/effects", "/effects/": self = .effects
    case "/counts.json": self = .counts
    case "/metrics": self = .metrics
    case "/healthz": self = .health
    case "/style.css": self = .style
    case "/icon.svg", "/favicon.ico": self = .icon
    default:
      // The rest is the id, whatever it holds: a slash in it came percent-encoded.
      let prefix = "/orders/"
      guard path.hasPrefix(prefix) else { return nil }
      let id = path.dropFirst(prefix.count)
      self = id.hasSuffix(".json") ? .orderDocument(String(id.dropLast(5))) : .order(String(id))
    }
  }

  /// A program reads the answer: trouble is told as JSON.
  var isForPrograms: Bool {
    switch self {
    case .ordersDocument, .orderDocument, .counts, .metrics, .health: true
    case .overview, .orders, .order, .effects, .style, .icon: false
    }
  }
}
