/// What a pull of messages brought.
public struct MessagePullReport: Sendable, Equatable {
  public var threads = 0
  public var newMessages = 0
  public var newFromCustomers = 0
  public var files = 0
  /// Without an id or a time: they cannot be kept.
  public var unreadable = 0
  /// Why it ended early, safe to show.
  public var problem: String?

  public init() {}

  public static func + (one: MessagePullReport, other: MessagePullReport) -> MessagePullReport {
    var sum = one
    sum.threads += other.threads
    sum.newMessages += other.newMessages
    sum.newFromCustomers += other.newFromCustomers
    sum.files += other.files
    sum.unreadable += other.unreadable
    sum.problem = one.problem ?? other.problem
    return sum
  }
}
