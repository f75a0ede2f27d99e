import HTTP
import Kit

/// The two cookies of the pages: a session's token, and before one a door's, which binds the sign-in
/// form to the browser that asked for it.
struct Cookies: Sendable {
  let isSecure: Bool

  var session: String { isSecure ? "__Host-quayside" : "quayside" }
  var door: String { isSecure ? "__Host-quayside-door" : "quayside-door" }

  func value(_ name: String, of request: HTTPRequest) -> String? {
    for field in request.headers.all("Cookie") {
      for pair in field.split(separator: ";") {
        let pair = pair.drop { $0 == " " }
        guard let equals = pair.firstIndex(of: "="), pair[..<equals] == name else { continue }
        let value = pair[pair.index(after: equals)...]
        return (20...100).contains(value.utf8.count) ? String(value) : nil
      }
    }
    return nil
  }

  /// - Parameter life: `nil` takes the cookie away.
  func set(_ name: String, to value: String, life: Duration?) -> String {
    let age = life.map { $0.components.seconds } ?? 0
    return "\(name)=\(value); Path=/; Max-Age=\(age); HttpOnly; SameSite=Lax"
      + (isSecure ? "; Secure" : "")
  }
}
