public import Kit

/// A booking that cannot go on, in words for whoever must act. Holds nothing that may not be shown.
public struct BookingError: Error, Sendable, CustomStringConvertible {
  public var code: BookingCode
  public var message: String
  /// Where in the request, for input.
  public var problems: [InputProblem]
  /// What else helps: ids, candidates, the current state.
  public var details: [(String, JSON)]
  public var retryAfter: Duration?

  public init(
    _ code: BookingCode, _ message: String, problems: [InputProblem] = [],
    details: [(String, JSON)] = [], retryAfter: Duration? = nil
  ) {
    self.code = code
    self.message = message
    self.problems = problems
    self.details = details
    self.retryAfter = retryAfter
  }

  public var description: String { "\(code.rawValue): \(message)" }

  /// The documented envelope.
  public func envelope(correlationID: String) -> JSON {
    var details = details
    if !problems.isEmpty { details.append(("errors", .array(problems.map(\.json)))) }
    return .object([
      ("success", false),
      (
        "error",
        .object([
          ("code", .string(code.rawValue)), ("type", .string(code.family)),
          ("message", .string(message)), ("must_act", .string(code.actor.rawValue)),
          ("retryable", .bool(code.isRetryable)), ("details", .object(details)),
        ])
      ),
      ("correlation_id", .string(correlationID)),
    ])
  }

  /// RFC 9457, for who asks for application/problem+json.
  public func problem(correlationID: String) -> JSON {
    .object([
      ("type", .string("/api/docs#" + code.rawValue)), ("title", .string(code.title)),
      ("status", .int(Int64(code.status))), ("detail", .string(message)),
      ("code", .string(code.rawValue)), ("must_act", .string(code.actor.rawValue)),
      ("retryable", .bool(code.isRetryable)), ("details", .object(details)),
      ("errors", .array(problems.map(\.json))), ("correlation_id", .string(correlationID)),
    ])
  }
}

extension BookingError {
  public static func invalid(_ problems: [InputProblem]) -> BookingError {
    let first = problems.first.map { "\($0.path) \($0.message)" } ?? "the request is not valid"
    let more = problems.count > 1 ? ", and \(problems.count - 1) more" : ""
    return BookingError(.invalidRequest, first + more, problems: problems)
  }

  static func illegalMove(from: BookingStatus, to: BookingStatus) -> BookingError {
    let legal = from.nexts.map(\.rawValue)
    let words = legal.isEmpty ? "it is final" : "only " + legal.joined(separator: " or ")
    return BookingError(
      .invalidOrderState,
      "an order that is \(from.rawValue) cannot become \(to.rawValue): \(words)",
      details: [
        ("current_status", .string(from.rawValue)), ("wanted_status", .string(to.rawValue)),
        ("legal_statuses", .array(legal.map(JSON.string))),
      ])
  }

  public static func notFound(_ what: String) -> BookingError {
    BookingError(.notFound, "there is no such \(what)")
  }

  public static func duplicate(of orderID: String) -> BookingError {
    BookingError(
      .duplicateOrder,
      "the same order was booked within the last five minutes; if another one is wanted, say so "
        + "with allow_duplicate",
      details: [("existing_order_id", .string(orderID))])
  }

  static func slotGone(_ id: String) -> BookingError {
    BookingError(
      .slotUnavailable, "that time is no longer free", details: [("slot_id", .string(id))])
  }

  public static let keyReused = BookingError(
    .keyReused, "this key was used for another request; take a new one")

  public static let inFlight = BookingError(
    .inFlight, "a request with this key is being worked on", retryAfter: .seconds(1))

  public static func versionConflict(
    is current: Int, given: Int, state: [(String, JSON)] = []
  ) -> BookingError {
    BookingError(
      .versionConflict, "it was changed meanwhile: version \(current), not \(given)",
      details: [
        ("current_version", .int(Int64(current))), ("given_version", .int(Int64(given))),
      ] + state)
  }
}
