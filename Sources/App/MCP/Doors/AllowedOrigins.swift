/// Which pages may call from a browser: those that were configured, and those of this very machine.
/// Programs send no origin.
struct AllowedOrigins: Sendable {
  private let named: Set<String>

  init(_ origins: [String]) { named = Set(origins.map { Self.normal($0) }) }

  func contain(_ origin: String) -> Bool {
    let origin = Self.normal(origin)
    return named.contains(origin) || Self.isLocal(origin)
  }

  /// Small letters, no slash at the end, no port that goes without saying.
  private static func normal(_ origin: String) -> String {
    var origin = origin.lowercased()
    while origin.hasSuffix("/") { origin.removeLast() }
    if origin.hasPrefix("https://"), origin.hasSuffix(":443") { origin.removeLast(4) }
    if origin.hasPrefix("http://"), origin.hasSuffix(":80") { origin.removeLast(3) }
    return origin
  }

  /// `http://localhost`, with whatever port: the name itself, not one that begins like it.
  private static func isLocal(_ origin: String) -> Bool {
    for scheme in ["http://", "https://"] where origin.hasPrefix(scheme) {
      let rest = origin.dropFirst(scheme.count)
      for host in ["localhost", "127.0.0.1", "[::1]"] where rest.hasPrefix(host) {
        let port = rest.dropFirst(host.count)
        if port.isEmpty { return true }
        return port.first == ":" && (2...6).contains(port.utf8.count)
          && port.dropFirst().utf8.allSatisfy { (48...57).contains($0) }
      }
    }
    return false
  }
}
