import CShims

/// A moment: microseconds since 1970, UTC. PostgreSQL's own resolution.
public struct Timestamp: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
  public var microseconds: Int64

  public init(microseconds: Int64) { self.microseconds = microseconds }

  public static func now() -> Timestamp {
    Timestamp(microseconds: qs_microseconds() &+ skew)
  }

  /// A wrong clock, for fault tests only: `QUAYSIDE_CLOCK_SKEW` is by how many seconds this process
  /// believes it is later than it is; negative is earlier. What other processes rely on is
  /// PostgreSQL's clock, and leases are measured on the monotonic one, so a skew must do no harm.
  private static let skew: Int64 = {
    let text = Host.environment["QUAYSIDE_CLOCK_SKEW"] ?? ""
    return (Int64(text) ?? 0) &* 1_000_000
  }()

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
