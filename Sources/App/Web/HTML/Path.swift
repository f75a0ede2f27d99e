import HTTP

/// An address on this very site: whatever is put into it cannot lead anywhere else.
package struct Path: Sendable {
  private(set) var text: String

  init(_ fixed: StaticString) { text = "\(fixed)" }

  /// One more segment; it may hold anything, slashes too.
  func segment(_ name: String) -> Path {
    var path = self
    path.text += (text.hasSuffix("/") ? "" : "/") + PercentEncoding.encode(name)
    return path
  }

  /// One more pair of the query; left out when there is no value.
  func query(_ name: StaticString, _ value: String?) -> Path {
    guard let value, !value.isEmpty else { return self }
    var path = self
    path.text += (text.contains("?") ? "&" : "?") + "\(name)=" + PercentEncoding.encode(value)
    return path
  }

  static let overview = Path("/")
  static let orders = Path("/orders")
  static let effects = Path("/effects")
  static let failures = Path("/failures")
  static let people = Path("/people")
  static let audit = Path("/people/audit")
  static let account = Path("/account")
  static let signIn = Path("/sign-in")
  static let signOut = Path("/sign-out")
  static func order(_ id: String) -> Path { orders.segment(id) }
}
