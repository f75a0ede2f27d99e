/// One line of a conversation, and who says it.
public struct TalkLine: Sendable, Equatable {
  public enum Speaker: String, Sendable { case customer, assistant, question, server }

  public var speaker: Speaker
  public var text: String

  public init(_ speaker: Speaker, _ text: String) {
    self.speaker = speaker
    self.text = text
  }
}

/// A conversation as its page shows it.
public struct TalkState: Sendable {
  public var lines: [TalkLine]
  /// The customer's yes or no is waited for.
  public var isAsking: Bool
  /// By the server's rows.
  public var standing: String

  public init(lines: [TalkLine] = [], isAsking: Bool = false, standing: String = "") {
    self.lines = lines
    self.isAsking = isAsking
    self.standing = standing
  }
}

/// Who the room talks to; each browser session has a conversation of its own.
public struct TalkDesk: Sendable {
  public var state: @Sendable (_ session: String) async -> TalkState
  public var hear: @Sendable (_ session: String, _ words: String) async -> Void
  public var beginAnew: @Sendable (_ session: String) async -> Void

  public init(
    state: @escaping @Sendable (String) async -> TalkState,
    hear: @escaping @Sendable (String, String) async -> Void,
    beginAnew: @escaping @Sendable (String) async -> Void
  ) {
    self.state = state
    self.hear = hear
    self.beginAnew = beginAnew
  }
}
