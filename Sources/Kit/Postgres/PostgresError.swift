public import Kit

/// What went wrong between us and PostgreSQL.
public struct PostgresError: ClassifiedError {
  public enum Code: Sendable, Equatable {
    /// The connection broke or could not be made.
    case connectionLost
    case timedOut
    case cancelled
    case sqlState(String)
    case decoding
    /// A text with U+0000, which PostgreSQL cannot hold.
    case invalidText
    case poolClosed
    /// A bug of ours, or a server that is not what it should be.
    case misuse
  }

  public var code: Code
  public var message: String
  public var detail: String?
  /// The statement's type.
  public var statement: String?
  public var constraint: String?
  /// The connection broke while a commit was under way: it may have happened.
  public var commitMayHaveHappened = false

  public init(_ code: Code, _ message: String, detail: String? = nil, statement: String? = nil) {
    self.code = code
    self.message = message
    self.detail = detail
    self.statement = statement
  }

  public var sqlState: String? {
    if case .sqlState(let state) = code { return state }
    return nil
  }

  /// The server or the way to it is in trouble; what was asked is not at fault.
  public var isConnectionTrouble: Bool {
    switch code {
    case .connectionLost, .timedOut: true
    case .sqlState(let state): state.hasPrefix("08") || state.hasPrefix("57P") || state == "53300"
    case .cancelled, .decoding, .invalidText, .poolClosed, .misuse: false
    }
  }

  public var classification: Classification {
    switch code {
    case .connectionLost, .timedOut: return .transient(retryAfter: nil)
    case .cancelled, .poolClosed: return .transient(retryAfter: nil)
    case .decoding, .misuse: return .bug(message)
    case .invalidText: return .invalid([FieldProblem(field: "text", problem: message)])
    case .sqlState(let state):
      if isConnectionTrouble || state == "40001" || state == "40P01" || state.hasPrefix("53") {
        return .transient(retryAfter: nil)
      }
      if state == "23505" || state == "23P01" { return .conflict(message) }
      return .bug(message)
    }
  }

  public var description: String {
    switch code {
    case .connectionLost: "the database cannot be reached"
    case .timedOut: "the database took too long"
    case .cancelled: "cancelled"
    case .poolClosed: "the database connection is closed"
    case .invalidText: "a text holds a character that cannot be stored"
    case .decoding, .misuse: "the database answered something unexpected"
    case .sqlState(let state): "the database refused it (\(state))"
    }
  }

  public var debugDescription: String {
    var text = "\(code): \(message)"
    if let detail { text += " (\(detail))" }
    if let constraint { text += " [\(constraint)]" }
    if let statement { text += " in \(statement)" }
    return text
  }
}
