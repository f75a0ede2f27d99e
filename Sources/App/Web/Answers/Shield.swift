import HTTP

/// What every answer tells the browser not to do.
enum Shield {
  private static let fields: [(String, String)] = [
    (
      "Content-Security-Policy",
      """
      default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
      base-uri 'none'; frame-ancestors 'none'
      """
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"),
  ]

  static func over(_ response: HTTPResponse) -> HTTPResponse {
    var response = response
    for (name, value) in fields { response.headers[name] = value }
    // What orders there are is nobody's business but the reader's.
    if response.headers["Cache-Control"] == nil { response.headers["Cache-Control"] = "no-store" }
    return response
  }
}
