public import Kit

/// Why there is no private cluster; says what to do.
public struct ClusterError: ClassifiedError, Equatable {
  public var description: String

  public init(_ description: String) { self.description = description }

  public var debugDescription: String { description }
  public var classification: Classification { .needsPerson(question: description) }
}
