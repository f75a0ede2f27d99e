import HTTP
package import HTTPClient
package import Kit

/// The one table from the answers of Firebase Cloud Messaging to what they mean.
package enum FCMErrors {
  package static let service = "FCM"
  /// The least that the service asks for after QUOTA_EXCEEDED.
  static let retryAfterLeast = Duration.seconds(60)

  static let table = GoogleErrorTable(
    service: service, answer: { response, _ in error(response) },
    noAnswer: { failure, _ in error(failure) })

  private enum Code: String {
    case unregistered = "UNREGISTERED"
    case senderMismatch = "SENDER_ID_MISMATCH"
    case quota = "QUOTA_EXCEEDED"
    case unavailable = "UNAVAILABLE"
    case `internal` = "INTERNAL"
    case thirdParty = "THIRD_PARTY_AUTH_ERROR"
    case invalid = "INVALID_ARGUMENT"
  }

  /// An answer other than 2xx.
  package static func error(_ response: HTTPClientResponse) -> OutsideError {
    let body = GoogleErrorBody(response.body)
    let reason = body.message ?? "HTTP \(response.status)"
    return OutsideError(
      service: service, code: body.detail ?? body.status, status: response.status, message: reason,
      classification: classify(response, body, reason))
  }

  private static func classify(
    _ response: HTTPClientResponse, _ body: GoogleErrorBody, _ reason: String
  ) -> Classification {
    switch body.detail.flatMap(Code.init) {
    case .unregistered:
      return .notFound("the device is no longer registered: remove its token")
    case .senderMismatch:
      return .denied("the device's token belongs to another project")
    case .quota:
      let said = GoogleErrorBody.retryAfter(response.headers) ?? .zero
      return .throttled(retryAfter: max(said, retryAfterLeast))
    case .thirdParty:
      return .denied("the project's credential for Apple or for browsers was refused")
    case .invalid: return .invalid([FieldProblem(field: "message", problem: reason)])
    case .unavailable, .internal: return .unknownOutcome(reason)
    case nil: break
    }
    switch response.status {
    case 429:
      let said = GoogleErrorBody.retryAfter(response.headers) ?? .zero
      return .throttled(retryAfter: max(said, retryAfterLeast))
    case 400..<500 where body.isForeign: return .unknownOutcome(reason)
    case 400: return .invalid([FieldProblem(field: "message", problem: reason)])
    case 401, 403:
      return .denied("not allowed (\(reason)): switch the messaging API on for the account")
    case 404: return .notFound(reason)
    case 408, 409: return .unknownOutcome(reason)
    case 400..<500: return .bug("the service does not understand our request: \(reason)")
    default: return .unknownOutcome(reason)
    }
  }

  /// No answer.
  package static func error(_ error: HTTPClientError) -> OutsideError {
    let classification: Classification =
      switch error.code {
      case .originNotAllowed, .invalidURL: .denied(error.message)
      default:
        error.mayHaveReachedServer
          ? .unknownOutcome(error.message) : .transient(retryAfter: nil)
      }
    return OutsideError(service: service, message: error.message, classification: classification)
  }

  static func lost(_ why: String) -> OutsideError {
    OutsideError(service: service, message: why, classification: .unknownOutcome(why))
  }

  static func bug(_ what: String) -> OutsideError {
    OutsideError(service: service, message: what, classification: .bug(what))
  }
}
