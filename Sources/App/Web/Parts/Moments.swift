import Kit

/// Moments as people read them: the clock for today, the date for the rest, always UTC.
struct Moments: Sendable {
  let now: Timestamp

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// `14:05:07`, `3 Mar 14:05` or `3 Mar 2024`.
  func text(_ moment: Timestamp) -> String {
    let clock = Self.clock(moment)
    if Self.date(moment) == Self.date(now) { return clock }
    let isThisYear = moment.iso8601.prefix(4) == now.iso8601.prefix(4)
    return isThisYear ? "\(Self.day(moment)) \(clock.prefix(5))" : Self.fullDay(moment)
  }

  /// `4 min ago`, `in 2 h`.
  func distance(_ moment: Timestamp) -> String {
    let seconds = now.duration(since: moment).seconds
    let words = Self.length(abs(seconds))
    if abs(seconds) < 2 { return "now" }
    return seconds > 0 ? "\(words) ago" : "in \(words)"
  }

  /// `3 h`, `2 days`.
  func length(since moment: Timestamp) -> String {
    Self.length(max(0, now.duration(since: moment).seconds))
  }

  func isPast(_ moment: Timestamp) -> Bool { moment < now }

  /// With the exact moment for machines and for the pointer.
  func markup(_ moment: Timestamp) -> Markup {
    Tag.time(.dateTime(moment.iso8601), .title(moment.iso8601)) { text(moment) }
  }

  func distanceMarkup(_ moment: Timestamp) -> Markup {
    Tag.time(.dateTime(moment.iso8601), .title(moment.iso8601)) { distance(moment) }
  }

  /// The moment, and beneath it how far away it is.
  func pair(_ moment: Timestamp) -> Markup {
    markup(moment) + Tag.small { distance(moment) }
  }

  /// To the millisecond, for a timeline.
  static func exact(_ moment: Timestamp) -> String {
    let fraction = moment.microseconds / 1_000 % 1_000
    let digits = String(1_000 + max(0, fraction)).dropFirst()
    return clock(moment) + "." + digits
  }

  static func fullDay(_ moment: Timestamp) -> String {
    "\(day(moment)) \(moment.iso8601.prefix(4))"
  }

  private static func clock(_ moment: Timestamp) -> String {
    String(moment.iso8601.dropFirst(11).prefix(8))
  }

  private static func date(_ moment: Timestamp) -> Substring { moment.iso8601.prefix(10) }

  private static func day(_ moment: Timestamp) -> String {
    let parts = date(moment).split(separator: "-")
    guard parts.count == 3, let month = Int(parts[1]), let day = Int(parts[2]),
      months.indices.contains(month - 1)
    else { return String(date(moment)) }
    return "\(day) \(months[month - 1])"
  }

  private static func length(_ seconds: Double) -> String {
    switch seconds {
    case ..<120: "\(Int(seconds)) s"
    case ..<7_200: "\(Int(seconds / 60)) min"
    case ..<172_800: "\(Int(seconds / 3_600)) h"
    default: "\(Int(min(seconds, 1e12) / 86_400)) days"
    }
  }
}
