import HTTP
package import HTTPClient
package import Kit

/// The one table from a ntfy server's answers to what they mean:
/// `{"code":42901,"http":429,"error":"..."}`.
package enum NtfyErrors {
  package static let service = "Ntfy"
  static let retryAfterFallback = Duration.seconds(10)
  static let retryAfterMax = Duration.hours(1)
  /// The day's quota of messages is used up.
  static let dailyQuota: Int64 = 42_908
  static let wordsMax = 300

  /// An answer other than 2xx.
  package static func error(_ response: HTTPClientResponse, isRead: Bool) -> OutsideError {
    let body = try? JSONValue.parse(response.body, limits: JSONLimits(bytes: 1 << 20))
    let code = body?["code"]?.int
    let reason = body?["error"]?.string.map(shown) ?? "HTTP \(response.status)"
    let lost: Classification = isRead ? .transient(retryAfter: nil) : .unknownOutcome(reason)
    let classification: Classification =
      switch response.status {
      case 429 where code == dailyQuota: .throttled(retryAfter: retryAfterMax)
      case 429: .throttled(retryAfter: retryAfter(response.headers) ?? retryAfterFallback)
      case 400..<500 where code == nil: lost
      case 401, 403: .denied("the push server refused our access: \(reason)")
      case 404: .notFound(reason)
      case 408: lost
      case 400..<500: .invalid([FieldProblem(field: "message", problem: reason)])
      case 507: .refused(reason: reason)
      default: lost
      }
    return OutsideError(
      service: service, code: code.map(String.init), status: response.status, message: reason,
      classification: classification)
  }

  /// No answer.
  package static func error(_ error: HTTPClientError, isRead: Bool) -> OutsideError {
    let classification: Classification =
      switch error.code {
      case .originNotAllowed, .invalidURL: .denied(error.message)
      default:
        isRead || !error.mayHaveReachedServer
          ? .transient(retryAfter: nil) : .unknownOutcome(error.message)
      }
    return OutsideError(service: service, message: error.message, classification: classification)
  }

  static func lost(_ why: String) -> OutsideError {
    OutsideError(service: service, message: why, classification: .unknownOutcome(why))
  }

  static func invalid(_ why: String) -> OutsideError {
    OutsideError(
      service: service, message: why,
      classification: .invalid([FieldProblem(field: "topic", problem: why)]))
  }

  private static func retryAfter(_ headers: HTTPHeaders) -> Duration? {
    guard let text = headers["Retry-After"], let seconds = Int64(text), seconds >= 0 else {
      return nil
    }
    return min(.seconds(min(seconds, 1 << 32)), retryAfterMax)
  }

  private static func shown(_ text: String) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: text.unicodeScalars.prefix(wordsMax).map { $0.value < 32 ? " " : $0 })
    return Redaction.text(String(view))
  }
}
