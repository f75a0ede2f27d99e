import Glibc

/// A moment: microseconds since 1970, UTC. PostgreSQL's own resolution.
public struct Timestamp: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
  public var microseconds: Int64

  public init(microseconds: Int64) { self.microseconds = microseconds }

  public static func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
  }

  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.microseconds < b.microseconds }

  public static func + (moment: Timestamp, duration: Duration) -> Timestamp {
    Timestamp(microseconds: moment.microseconds &+ duration.microseconds)
  }

  public static func - (moment: Timestamp, duration: Duration) -> Timestamp {
    Timestamp(microseconds: moment.microseconds &- duration.microseconds)
  }

  public func duration(since other: Timestamp) -> Duration {
    .microseconds(microseconds &- other.microseconds)
  }

  public var description: String { iso8601 }
}
