/// Where a conversation stands (seed 003).
public enum ThreadStatus: String, Sendable, Hashable, CaseIterable {
  /// Somebody wrote to us and nobody of ours has dealt with it.
  case unread
  case read
  /// Put away; a new message of the customer brings it back as unread.
  case archived
}
