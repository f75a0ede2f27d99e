public import Kit

/// What opens Google's services for about an hour. A secret.
public struct AccessToken: Sendable, Equatable {
  public var value: String
  public var expiresAt: Timestamp

  public init(value: String, expiresAt: Timestamp) {
    self.value = value
    self.expiresAt = expiresAt
  }

  func lives(at now: Timestamp, for rest: Duration) -> Bool { now + rest < expiresAt }
}

extension AccessToken: CustomStringConvertible, CustomReflectable {
  public var description: String { "a token until \(expiresAt)" }
  /// Keeps the token out of dumps.
  public var customMirror: Mirror { Mirror(self, children: ["expiresAt": expiresAt]) }
}
