public import Kit

/// One thing wrong with what was sent, and where: the whole list is always given at once.
public struct InputProblem: Sendable, Equatable {
  public enum Code: String, Sendable, CaseIterable {
    case missing, unknown, repeated, type, range, format
    case tooShort = "too_short"
    case tooLong = "too_long"
    case notAllowed = "not_allowed"
  }

  public struct Fault: Sendable {
    public var code: Code
    public var message: String
    init(_ code: Code, _ message: String) {
      self.code = code
      self.message = message
    }
  }

  /// JSONPath, `$.payload.items[0].quantity`.
  public var path: String
  public var code: Code
  public var message: String

  public init(_ path: String, _ code: Code, _ message: String) {
    self.path = path
    self.code = code
    self.message = message
  }

  public var json: JSON {
    ["path": .string(path), "code": .string(code.rawValue), "message": .string(message)]
  }
}
