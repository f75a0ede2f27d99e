/// What a listener hears.
public enum PostgresNotification: Sendable, Equatable {
  case notified(channel: String, payload: String)
  /// Listening began, for the first time or again. What was notified before is lost: look yourself.
  case reconnected
}
