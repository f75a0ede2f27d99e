/// Where a first message about an order stands.
public struct OpenedThread: Sendable, Equatable {
  public var conversationID: Int64
  /// `false` for a form that came before, and for words about the order that were written before and are
  /// not proved: on their way, or waiting for a person. Nothing more is sent.
  public var isNew: Bool
}
