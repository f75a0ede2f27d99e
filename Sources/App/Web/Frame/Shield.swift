import HTTP

/// What every answer tells the browser not to do.
enum Shield {
  private static let fields: [(String, String)] = [
    (
      "Content-Security-Policy",
      """
      default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
      frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'
      """
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    // Our own posts say where they come from; nobody else learns anything.
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    // The bench scans with a camera where there is one.
    ("Permissions-Policy", "camera=(self), geolocation=(), microphone=(), payment=()"),
  ]

  /// What an answer says itself stays.
  static func over(_ response: HTTPResponse) -> HTTPResponse {
    var response = response
    for (name, value) in fields where response.headers[name] == nil {
      response.headers[name] = value
    }
    // What orders there are is nobody's business but the reader's.
    if response.headers["Cache-Control"] == nil { response.headers["Cache-Control"] = "no-store" }
    return response
  }
}
