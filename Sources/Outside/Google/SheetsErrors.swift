import HTTP
package import HTTPClient
package import Kit

/// The one table from the answers of Google Sheets to what they mean.
///
/// The HTTP status counts; a body without Google's own shape comes from some machine in between and
/// proves nothing about a write.
package enum SheetsErrors {
  package static let service = "GoogleSheets"
  /// Quotas are refilled every minute.
  static let retryAfterFallback = Duration.seconds(30)

  static let table = GoogleErrorTable(
    service: service, answer: { error($0, isRead: $1) }, noAnswer: { error($0, isRead: $1) })

  /// An answer other than 2xx.
  /// - Parameter isRead: repeating the call cannot cause anything.
  package static func error(_ response: HTTPClientResponse, isRead: Bool) -> OutsideError {
    let body = GoogleErrorBody(response.body)
    let reason = body.message ?? "HTTP \(response.status)"
    return OutsideError(
      service: service, code: body.status, status: response.status, message: reason,
      classification: classify(response, body, reason, isRead))
  }

  private static func classify(
    _ response: HTTPClientResponse, _ body: GoogleErrorBody, _ reason: String, _ isRead: Bool
  ) -> Classification {
    let lost: Classification = isRead ? .transient(retryAfter: nil) : .unknownOutcome(reason)
    switch response.status {
    case 429:
      // Only the quota's own answer says that nothing was done.
      return .throttled(
        retryAfter: GoogleErrorBody.retryAfter(response.headers) ?? retryAfterFallback)
    case 401: return .denied("the service account's token was refused: \(reason)")
    case 400..<500 where body.isForeign: return lost
    case 400:
      // A sheet that was renamed or removed: a person's doing, not a fault of ours.
      return reason.contains("Unable to parse range")
        ? .needsPerson(question: "the spreadsheet has no such sheet (\(reason)): add it")
        : .invalid([FieldProblem(field: "body", problem: reason)])
    case 403:
      return .denied(
        "not allowed (\(reason)): share the spreadsheet with the service account as an editor, "
          + "and switch the Sheets API on in its project")
    case 404: return .notFound("there is no such spreadsheet (\(reason))")
    case 408, 409: return lost
    case 413: return .refused(reason: "the request is too large: \(reason)")
    case 400..<500: return .bug("the service does not understand our request: \(reason)")
    case 500..<600 where isRead:
      return .transient(retryAfter: GoogleErrorBody.retryAfter(response.headers))
    default: return lost
    }
  }

  /// No answer.
  package static func error(_ error: HTTPClientError, isRead: Bool) -> OutsideError {
    let classification: Classification =
      switch error.code {
      case .originNotAllowed, .invalidURL: .denied(error.message)
      case .responseTooLarge where isRead:
        .needsPerson(question: "the sheet is too long to be read: begin a new one")
      default:
        isRead || !error.mayHaveReachedServer
          ? .transient(retryAfter: nil) : .unknownOutcome(error.message)
      }
    return OutsideError(service: service, message: error.message, classification: classification)
  }

  static func unreadable(_ why: String) -> OutsideError {
    OutsideError(service: service, message: why, classification: .transient(retryAfter: nil))
  }

  static func lost(_ why: String) -> OutsideError {
    OutsideError(service: service, message: why, classification: .unknownOutcome(why))
  }

  static func bug(_ what: String) -> OutsideError {
    OutsideError(service: service, message: what, classification: .bug(what))
  }
}
