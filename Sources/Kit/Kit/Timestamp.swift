import CShims

/// A moment: microseconds since 1970, UTC. PostgreSQL's own resolution.
public struct Timestamp: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
  public var microseconds: Int64

  public init(microseconds: Int64) { self.microseconds = microseconds }

  public static func now() -> Timestamp {
    Timestamp(microseconds: qs_microseconds())
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
