public import Kit

/// What went wrong between us and PostgreSQL.
public struct PostgresError: ClassifiedError {
  public struct Code: Sendable, Equatable {
    fileprivate enum Base: Sendable, Equatable {
      case connectionLost, timedOut, cancelled, sqlState(String), decoding, invalidText, tooLarge
      case poolClosed, serverStarting, misuse
    }

    fileprivate let base: Base

    /// The connection broke or could not be made.
    public static let connectionLost = Code(base: .connectionLost)
    /// The deadline passed; nothing of it was stored, unless `commitMayHaveHappened`.
    public static let timedOut = Code(base: .timedOut)
    public static let cancelled = Code(base: .cancelled)
    /// The server refused, with the five characters of its SQLSTATE.
    public static func sqlState(_ state: String) -> Code { Code(base: .sqlState(state)) }
    /// A column is not what the statement's type says.
    public static let decoding = Code(base: .decoding)
    /// A text with U+0000, which PostgreSQL cannot hold.
    public static let invalidText = Code(base: .invalidText)
    /// More than 512 MiB in one batch.
    public static let tooLarge = Code(base: .tooLarge)
    public static let poolClosed = Code(base: .poolClosed)
    /// The server is starting up, shutting down or recovering.
    public static let serverStarting = Code(base: .serverStarting)
    /// A bug of ours, or a server that is not what it should be.
    public static let misuse = Code(base: .misuse)
  }

  public var code: Code
  /// The server's or libpq's words; may hold data.
  public var message: String
  public var detail: String?
  /// The statement's type.
  public var statement: String?
  /// The constraint that was violated.
  public var constraint: String?
  /// The connection broke while a commit was under way: it may have happened.
  public var commitMayHaveHappened = false
  /// Nothing had been sent: asking again is safe, whatever it was.
  var wasNotSent = false

  public init(_ code: Code, _ message: String, detail: String? = nil, statement: String? = nil) {
    self.code = code
    self.message = message
    self.detail = detail
    self.statement = statement
  }

  public var sqlState: String? {
    if case .sqlState(let state) = code.base { return state }
    return nil
  }

  /// The server or the way to it is in trouble; what was asked is not at fault.
  public var isConnectionTrouble: Bool {
    switch code.base {
    case .connectionLost, .timedOut, .serverStarting: true
    case .sqlState(let state):
      Self.endsSession(state)
    case .cancelled, .decoding, .invalidText, .tooLarge, .poolClosed, .misuse: false
    }
  }

  /// The server ends the session with such an error.
  var endsSession: Bool {
    guard let state = sqlState else { return code == .connectionLost }
    return Self.endsSession(state)
  }

  private static func endsSession(_ state: String) -> Bool {
    // 25006: what was the primary has become a standby; another host has to be found.
    // 25P03: the server ended a transaction in which nothing was said for too long.
    state.hasPrefix("08") || state.hasPrefix("57P") || state == "53300" || state == "25006"
      || state == "25P03"
  }

  public var classification: Classification {
    switch code.base {
    case .connectionLost, .timedOut, .cancelled, .poolClosed, .serverStarting:
      return commitMayHaveHappened ? .unknownOutcome(description) : .transient(retryAfter: nil)
    case .decoding, .misuse: return .bug(message)
    case .invalidText: return .invalid([FieldProblem(field: "text", problem: message)])
    case .tooLarge: return .invalid([FieldProblem(field: "batch", problem: message)])
    case .sqlState(let state):
      if isConnectionTrouble {
        return commitMayHaveHappened ? .unknownOutcome(description) : .transient(retryAfter: nil)
      }
      if state == "40001" || state == "40P01" || state == "55P03" || state.hasPrefix("53") {
        return .transient(retryAfter: nil)
      }
      if state == "23505" || state == "23P01" { return .conflict(description) }
      if state.hasPrefix("28") || state == "42501" || state == "3D000" {
        return .denied(description)
      }
      return .bug(message)
    }
  }

  /// Safe to show anyone: no data, no statement.
  public var description: String {
    switch code.base {
    case .connectionLost: "the database cannot be reached"
    case .timedOut: "the database took too long"
    case .cancelled: "cancelled"
    case .poolClosed: "the connections to the database are closed"
    case .serverStarting: "the database is starting"
    case .invalidText: "a text holds a character that cannot be stored"
    case .tooLarge: "too much to store at once"
    case .decoding, .misuse: "the database answered something unexpected"
    case .sqlState(let state): "the database refused it (\(state))"
    }
  }

  /// Everything there is to know.
  public var debugDescription: String {
    var text = "\(description): \(message)"
    if let detail { text += " (\(detail))" }
    if let constraint { text += " [\(constraint)]" }
    if let statement { text += " in \(statement)" }
    if commitMayHaveHappened { text += "; the commit may have happened" }
    return text
  }
}
