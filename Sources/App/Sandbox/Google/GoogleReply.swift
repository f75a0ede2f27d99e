import Kit

/// The shapes in which Google and the push server answer.
enum GoogleReply {
  static func json(_ json: JSON, status: Int = 200) -> Reply {
    Reply(status: status, contentType: "application/json; charset=UTF-8", body: json.bytes)
  }

  /// `{"error":{"code","message","status","details"}}`.
  static func error(
    _ code: Int, _ status: String, _ message: String, details: [JSON] = []
  ) -> Reply {
    var error: [(String, JSON)] = [
      ("code", .int(Int64(code))), ("message", .string(message)), ("status", .string(status)),
    ]
    if !details.isEmpty { error.append(("details", .array(details))) }
    return json(["error": .object(error)], status: code)
  }

  static func quota(_ metric: String, _ limit: String) -> Reply {
    error(
      429, "RESOURCE_EXHAUSTED",
      "Quota exceeded for quota metric '\(metric)' and limit '\(limit)' of the service.",
      details: [
        [
          "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED",
          "domain": "googleapis.com",
          "metadata": ["service": "sheets.googleapis.com", "quota_limit": .string(limit)],
        ]
      ])
  }

  /// The messaging service names its own code in a detail.
  static func messaging(_ code: Int, _ status: String, _ own: String, _ message: String) -> Reply {
    error(
      code, status, message,
      details: [
        [
          "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError",
          "errorCode": .string(own),
        ]
      ])
  }

  /// The token endpoint's shape is OAuth's.
  static func token(_ status: Int, _ error: String, _ description: String) -> Reply {
    json(
      ["error": .string(error), "error_description": .string(description)], status: status)
  }

  static func ntfy(_ code: Int, _ http: Int, _ error: String) -> Reply {
    json(
      ["code": .int(Int64(code)), "http": .int(Int64(http)), "error": .string(error)],
      status: http)
  }

  /// A refusal in the shape of the service that was called.
  static func simulated(_ kind: CallKind, _ status: Int, _ text: String, code: String?) -> Reply {
    let names = [
      400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
      429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED",
    ]
    let name = names[status] ?? "UNKNOWN"
    switch kind {
    case .token: return token(status, code ?? (status < 500 ? "invalid_grant" : "internal"), text)
    case .fcmSend:
      let own = status == 429 ? "QUOTA_EXCEEDED" : name
      return messaging(status, name, code ?? own, text)
    case .ntfyPublish, .ntfyPoll: return ntfy(status * 100 + 1, status, text)
    default:
      return status == 429
        ? quota("sheets.googleapis.com/write_requests", "WriteRequestsPerMinutePerUser")
        : error(status, code ?? name, text)
    }
  }
}
