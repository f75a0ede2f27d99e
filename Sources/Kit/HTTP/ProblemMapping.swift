public import Kit

extension HTTPResponse {
  /// The one edge from errors to HTTP: a status for each class, and words that are safe to show.
  public static func problem(_ error: any ClassifiedError, correlationID: String?) -> HTTPResponse {
    let (status, code) = status(of: error.classification)
    var response = HTTPResponse.json(
      [
        "error": [
          "code": .string(code), "message": .string(error.description),
          "correlation_id": .optional(correlationID),
        ]
      ],
      status: status)
    if let wait = retryAfter(error.classification) {
      response.headers["Retry-After"] = "\(max(1, Int(wait.seconds.rounded(.up))))"
    }
    return response
  }

  static func status(of classification: Classification) -> (Int, String) {
    switch classification {
    case .transient: (503, "UNAVAILABLE")
    case .throttled: (429, "TOO_MANY_REQUESTS")
    case .refused: (422, "REFUSED")
    case .conflict: (409, "CONFLICT")
    case .notFound: (404, "NOT_FOUND")
    case .denied: (403, "DENIED")
    case .invalid: (400, "INVALID")
    case .unknownOutcome: (502, "UNKNOWN_OUTCOME")
    case .needsPerson: (409, "NEEDS_PERSON")
    case .bug: (500, "INTERNAL")
    }
  }

  private static func retryAfter(_ classification: Classification) -> Duration? {
    switch classification {
    case .transient(let after), .throttled(let after): after
    default: nil
    }
  }
}
