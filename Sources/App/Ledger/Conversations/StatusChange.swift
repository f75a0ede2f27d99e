/// What became of a conversation's new status.
public enum StatusChange: Sendable, Equatable {
  case done
  case noSuchConversation
  /// Something came from outside that was not on the screen; nothing was changed.
  case newer
}
