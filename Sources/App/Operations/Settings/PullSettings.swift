import Kit

/// How orders are pulled: a narrow fast poll and, behind it, a wide sweep that forgives anything the
/// poll missed.
public struct PullSettings: Sendable {
  /// OR11 at most once a minute (Mirakl contract, section 13).
  public var pollEvery = Duration.seconds(60)
  /// The poll starts this much before the last update it saw.
  public var pollOverlap = Duration.minutes(5)
  public var sweepEvery = Duration.hours(1)
  /// After one that failed.
  public var sweepAgain = Duration.minutes(5)
  public var sweepBack = Duration.hours(48)
  /// How far back the very first poll of a shop looks.
  public var firstLookBack = Duration.days(7)
  /// Open orders that were not seen for this long are read again by id.
  public var rereadAfter = Duration.minutes(15)
  public var pageSize = 100
  /// Pages of one walk, against a list that never ends. Orders come sorted by their creation, so the
  /// next walk would show the same ones first: to end one early is a problem, and the cursor stays.
  public var pagesMax = 10_000
  /// How often a later page is asked for in one walk, and how long before the second time; each time
  /// after it waits twice as long.
  public var triesOfPage = 4
  public var pauseOfPage = Duration.seconds(2)
  /// A walk that is told to wait for longer than this ends instead.
  public var waitMax = Duration.minutes(5)

  public init() {}
}
