import Kit

/// The marketplace's two shapes of error body.
enum MiraklError {
  /// Shape A: one error, with a machine code where one is published.
  static func single(_ status: Int, _ message: String, code: String? = nil) -> Reply {
    var members: [(String, JSON)] = [
      ("status", .int(Int64(status))), ("message", .string(message)),
    ]
    if let code { members.append(("code", .string(code))) }
    return .json(.object(members), status: status)
  }

  /// Shape B: errors of fields.
  static func field(
    _ field: String, _ message: String, code: String? = nil, status: Int = 400
  ) -> Reply {
    var error: [(String, JSON)] = [("field", .string(field)), ("message", .string(message))]
    if let code { error.append(("code", .string(code))) }
    return .json(.object([("errors", .array([.object(error)]))]), status: status)
  }

  static func refusal(_ refusal: MarketRefusal, order: String) -> Reply {
    switch refusal {
    case .notFound:
      single(404, "No order found with id \(order) for this shop", code: "ORDER_NOT_FOUND")
    case .state(let required, let actual):
      single(
        400, "Order \(order) must be in state \(required) but is in state \(actual)",
        code: "ORDER_INVALID_STATE")
    case .code(let code, let name?, let message): field(name, message, code: code)
    case .code(let code, nil, let message): single(400, message, code: code)
    }
  }
}
