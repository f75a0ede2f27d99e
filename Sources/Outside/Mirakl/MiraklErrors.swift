import HTTP
import HTTPClient
import Kit

/// The one table from Mirakl's answers to what they mean (contract, section 2).
enum MiraklErrors {
  static let service = "BestBuy"
  static let retryAfterFallback = Duration.seconds(60)

  /// - Parameter isRead: repeating the call cannot cause anything.
  static func error(
    _ response: HTTPClientResponse, isRead: Bool
  ) -> OutsideError {
    let (code, message) = words(in: response.body)
    func make(_ classification: Classification) -> OutsideError {
      OutsideError(
        service: service, code: code, status: response.status,
        message: message ?? "HTTP \(response.status)", classification: classification)
    }
    let reason = message ?? "HTTP \(response.status)"
    switch response.status {
    case 401, 403: return make(.denied(reason))
    case 404: return make(.notFound(reason))
    case 429:
      let seconds = response.headers["Retry-After"].flatMap { Int($0) }
      return make(.throttled(retryAfter: seconds.map { .seconds($0) } ?? retryAfterFallback))
    case 300..<500: return make(.refused(reason: reason))
    default:
      return make(isRead ? .transient(retryAfter: nil) : .unknownOutcome(reason))
    }
  }

  static func error(_ error: HTTPClientError, isRead: Bool) -> OutsideError {
    let classification: Classification
    switch error.code {
    case .originNotAllowed, .invalidURL: classification = .denied(error.message)
    default:
      classification =
        isRead || !error.mayHaveReachedServer
        ? .transient(retryAfter: nil) : .unknownOutcome(error.message)
    }
    return OutsideError(service: service, message: error.message, classification: classification)
  }

  static func unreadable(_ why: String) -> OutsideError {
    OutsideError(service: service, message: why, classification: .transient(retryAfter: nil))
  }

  /// Both error shapes, and bodies that are neither.
  private static func words(in body: [UInt8]) -> (code: String?, message: String?) {
    guard let value = try? JSONValue.parse(body, limits: JSONLimits(bytes: 1 << 20)) else {
      return (nil, nil)
    }
    if let first = value["errors"]?.elements.first {
      let field = first["field"]?.string.map { $0 + ": " } ?? ""
      return (first["code"]?.text, (first["message"]?.string).map { field + $0 })
    }
    return (value["code"]?.text ?? value["error_code"]?.text, value["message"]?.string)
  }
}
