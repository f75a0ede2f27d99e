/// What an error means to whoever has to go on: one vocabulary for all modules. HTTP statuses, exit
/// codes and the steps of effects are each a total function of it.
public enum Classification: Sendable, Equatable {
  /// Certainly did nothing; trying again may help, after this long when the other side said so.
  case transient(retryAfter: Duration?)
  case throttled(retryAfter: Duration?)
  /// The other side said no, and that settles it.
  case refused(reason: String)
  case conflict(String)
  case notFound(String)
  /// The credentials or the rights are missing.
  case denied(String)
  case invalid([FieldProblem])
  /// It may or may not have happened: look, never repeat.
  case unknownOutcome(String)
  case needsPerson(question: String)
  case bug(String)
}

public struct FieldProblem: Sendable, Equatable {
  public var field: String
  public var problem: String

  public init(field: String, problem: String) {
    self.field = field
    self.problem = problem
  }
}

/// `description` is safe to show anyone; `debugDescription` tells all.
public protocol ClassifiedError: Error, CustomStringConvertible, CustomDebugStringConvertible {
  var classification: Classification { get }
}
