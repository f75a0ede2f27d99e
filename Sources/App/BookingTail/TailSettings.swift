public import Kit

/// How the work after a booking is paced.
public struct TailSettings: Sendable {
  /// Tries of one item in all.
  public var triesMax = 5
  /// Looks at whether the last try worked, beyond the tries.
  public var looksMax = 5
  public var backoff = Backoff(first: .seconds(2), factor: 2, cap: .seconds(64), jitter: 0.5)
  /// After a lost answer: longer than the sheet could still be at work on the write.
  public var sheetSettles = Duration.seconds(60)
  public var pushSettles = Duration.seconds(5)
  /// Orders of one pass over a sheet.
  public var rowsMax = 500
  /// Bytes of one write, about; Google recommends 2 MB at most.
  public var writeBytesMax = 1_000_000
  /// Looks at a sheet in one pass: the first, the proof, and repairs.
  public var roundsMax = 5
  /// Google's own limit is 60 each, for all that one service account does.
  public var readsPerMinute = 50
  public var writesPerMinute = 50
  public var sheetsAtOnce = 4
  public var pushesAtOnce = 8

  public init() {}
}
