import HTTP
package import HTTPClient
package import Kit

/// The one table from the token endpoint's answers to what they mean (RFC 6749, 5.2). Asking for a
/// token causes nothing, so a lost answer is no trouble but time.
package enum TokenErrors {
  package static let service = "GoogleToken"

  package static func error(_ response: HTTPClientResponse) -> OutsideError {
    let words = try? JSONValue.parse(response.body, limits: JSONLimits(bytes: 1 << 20))
    let code = words?["error"]?.string
    let said = words?["error_description"]?.string ?? code ?? "HTTP \(response.status)"
    let reason = GoogleErrorBody.shown(said)
    let classification: Classification =
      switch response.status {
      case 429: .throttled(retryAfter: GoogleErrorBody.retryAfter(response.headers))
      case 400..<500 where code == nil:
        // A page of some machine in between says nothing about the key.
        .transient(retryAfter: nil)
      case 400..<500: .denied(advice(code, reason))
      default: .transient(retryAfter: GoogleErrorBody.retryAfter(response.headers))
      }
    return OutsideError(
      service: service, code: code, status: response.status, message: reason,
      classification: classification)
  }

  private static func advice(_ code: String?, _ reason: String) -> String {
    switch code {
    case "invalid_grant":
      "the service account's key was refused (\(reason)): look at the clock and at the key"
    case "invalid_scope": "the service account may not ask for this (\(reason))"
    default: reason
    }
  }

  package static func error(_ error: HTTPClientError) -> OutsideError {
    let classification: Classification =
      switch error.code {
      case .originNotAllowed, .invalidURL:
        .denied("the key file's token_uri is not at a configured host")
      default: .transient(retryAfter: nil)
      }
    return OutsideError(service: service, message: error.message, classification: classification)
  }

  static func unreadable(_ why: String) -> OutsideError {
    OutsideError(service: service, message: why, classification: .transient(retryAfter: nil))
  }
}
