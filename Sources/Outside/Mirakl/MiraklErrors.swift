import HTTP
package import HTTPClient
package import Kit

/// The one table from Mirakl's answers to what they mean (contract, section 2).
///
/// Status first, then the machine code where one is given; words are kept but never matched.
package enum MiraklErrors {
  package static let service = "BestBuy"
  /// Where a 429 does not say how long.
  static let retryAfterFallback = Duration.seconds(60)
  /// "At once" is no pause.
  static let retryAfterMin = Duration.seconds(1)
  static let retryAfterMax = Duration.hours(1)
  /// An error body is small; of a longer one the words are not looked for.
  static let bodyBytesMax = 1 << 20
  static let wordsMax = 300

  /// The published codes of OR21 and OR32.
  private enum Code: String {
    case orderNotFound = "ORDER_NOT_FOUND"
    case invalidState = "ORDER_INVALID_STATE"
    case decisionMissing = "ORDER_LINE_ACCEPTANCE_DECISION_MISSING"
    case duplicateLine = "ORDER_LINE_DUPLICATE_ID"
    case lineNotFound = "ORDER_LINE_NOT_FOUND"
    case nullLine = "ORDER_LINE_NULL_ELEMENT"
    case partialDisabled = "ORDER_PARTIAL_ACCEPTANCE_DISABLED"
    case fulfilled = "ORDER_FULFILLED_UNAUTHORIZED"
    case validation = "VALIDATION_ERROR"
  }

  /// An answer other than 2xx.
  /// - Parameter isRead: repeating the call cannot cause anything.
  package static func error(_ response: HTTPClientResponse, isRead: Bool) -> OutsideError {
    let words = Words(in: response.body)
    let reason = words.message ?? "HTTP \(response.status)"
    return OutsideError(
      service: service, code: words.code, status: response.status, message: reason,
      classification: classify(response, words, reason, isRead))
  }

  private static func classify(
    _ response: HTTPClientResponse, _ words: Words, _ reason: String, _ isRead: Bool
  ) -> Classification {
    let lost: Classification = isRead ? .transient(retryAfter: nil) : .unknownOutcome(reason)
    switch response.status {
    case 401: return .denied(reason)
    // What is said about one order is no word about the key.
    case 403:
      return words.code.flatMap(Code.init).map { classify($0, words, reason) } ?? .denied(reason)
    case 429:
      return .throttled(retryAfter: retryAfter(response.headers) ?? retryAfterFallback)
    case 405, 406, 411, 413, 414, 415, 431:
      return .bug("the marketplace does not understand our request: \(reason)")
    case 408, 425: return lost
    case 400..<500:
      // A page of some machine in between proves nothing about the order.
      if words.isPage { return lost }
      if let code = words.code.flatMap(Code.init) { return classify(code, words, reason) }
      if response.status == 404 { return .notFound(reason) }
      if response.status == 409 { return .conflict(reason) }
      return words.hasFields ? .invalid(words.fields) : .refused(reason: reason)
    case 500..<600 where isRead:
      return .transient(retryAfter: retryAfter(response.headers))
    default: return lost
    }
  }

  private static func classify(_ code: Code, _ words: Words, _ reason: String) -> Classification {
    switch code {
    case .orderNotFound: .notFound(reason)
    case .invalidState: .conflict(reason)
    case .partialDisabled, .fulfilled: .refused(reason: reason)
    case .decisionMissing, .duplicateLine, .lineNotFound, .nullLine, .validation:
      .invalid(words.fields)
    }
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

  /// A read brought something else than was asked for: perhaps the next one does not.
  static func unreadable(_ why: String) -> OutsideError {
    OutsideError(service: service, message: why, classification: .transient(retryAfter: nil))
  }

  static func bug(_ what: String) -> OutsideError {
    OutsideError(service: service, message: what, classification: .bug(what))
  }

  static func json(_ body: [UInt8], bytesMax: Int = 16 << 20) throws(OutsideError) -> JSONValue {
    do { return try JSONValue.parse(body, limits: JSONLimits(bytes: bytesMax)) } catch {
      throw unreadable(error.description)
    }
  }

  /// Whole seconds, as Mirakl says them, bounded.
  static func retryAfter(_ headers: HTTPHeaders) -> Duration? {
    guard let text = headers["Retry-After"], let seconds = Int64(text), seconds >= 0 else {
      return nil
    }
    return min(max(.seconds(min(seconds, 1 << 32)), retryAfterMin), retryAfterMax)
  }

  /// Nothing but a page of some machine in between begins like this.
  static func isPage(_ body: [UInt8]) -> Bool {
    body.prefix(64).first { $0 > 32 } == UInt8(ascii: "<")
  }

  /// What an error body says: one error, errors of fields, or nothing that can be read.
  private struct Words {
    var code: String?
    var message: String?
    var fields: [FieldProblem] = []
    /// The errors name fields.
    var hasFields = false
    var isPage: Bool

    init(in body: [UInt8]) {
      isPage = MiraklErrors.isPage(body)
      guard !isPage, !body.isEmpty,
        let value = try? JSONValue.parse(body, limits: JSONLimits(bytes: bodyBytesMax))
      else { return }
      code = value["code"]?.text ?? value["error_code"]?.text
      message = value["message"]?.string.map(Words.shown)
      let errors = value["errors"]?.elements ?? []
      for error in errors.prefix(20) {
        code = code ?? error["code"]?.text ?? error["error_code"]?.text
        guard let said = error["message"]?.string ?? error["code"]?.text else { continue }
        let field = error["field"]?.filledText
        hasFields = hasFields || field != nil
        fields.append(FieldProblem(field: field ?? "body", problem: Words.shown(said)))
      }
      if message == nil, !fields.isEmpty {
        message = Words.shown(fields.map { "\($0.field): \($0.problem)" }.joined(separator: "; "))
      }
      if fields.isEmpty {
        fields = [FieldProblem(field: "body", problem: message ?? code ?? "refused")]
      }
    }

    /// Somebody else's words, fit for a line of ours.
    static func shown(_ text: String) -> String {
      let line = text.unicodeScalars.prefix(wordsMax).map { $0.value < 32 ? " " : $0 }
      var view = String.UnicodeScalarView()
      view.append(contentsOf: line)
      return Redaction.text(String(view))
    }
  }
}
