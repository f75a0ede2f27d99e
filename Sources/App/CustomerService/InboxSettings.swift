import Kit

/// How messages are pulled and answers timed. `Settings` documents the keys that set them.
public struct InboxSettings: Sendable {
  /// Mirakl gives no budget for polls of M11; a few minutes apart is polite. Zero: never.
  public var pullEvery = Duration.minutes(3)
  /// A pull starts this much before the last change that it saw.
  public var pullOverlap = Duration.minutes(10)
  /// How far back a shop's very first pull looks.
  public var firstLookBack = Duration.days(30)
  /// Answer-by: this long after the customer wrote.
  public var answerWithin = Duration.hours(24)
  /// How often due answers of rules are looked for.
  public var tick = Duration.seconds(5)
  public var pageSize = 100
  /// Pages of one walk, against a list that never ends. The newest threads come first, so what lies
  /// behind the last page would never be seen: to end one early is a problem, and the cursor stays.
  public var pagesMax = 10_000
  /// Threads that one pull reads whole, files that it fetches.
  public var wholeThreadsMax = 50
  public var filesMax = 20
  /// Fetches of one file before it is given up.
  public var fileTriesMax = 8

  public init() {}
}
