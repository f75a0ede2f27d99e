/// When people are there, as a shop writes it: `Mon-Fri 09:00-17:00, Sat 10:00-14:00`.
public struct OpeningHours: Sendable, Equatable, CustomStringConvertible {
  private static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
  private static let spansMax = 20

  /// Minutes of one weekday; `until` is not in it. Over midnight is two spans.
  private struct Span: Sendable, Equatable {
    var days: ClosedRange<Int>
    var from: Int
    var until: Int
  }

  public let description: String
  private let spans: [Span]

  /// `nil` when it cannot be read; empty text means never open.
  public init?(_ text: String) {
    var spans: [Span] = []
    let entries = text.split { $0 == "," || $0 == ";" }
    guard entries.count <= Self.spansMax else { return nil }
    for entry in entries {
      let words = entry.split(separator: " ")
      if words.isEmpty { continue }
      guard words.count == 2, let days = Self.days(words[0]),
        let (from, until) = Self.times(words[1])
      else { return nil }
      spans.append(Span(days: days, from: from, until: until))
    }
    self.spans = spans
    description = text
  }

  public func isOpen(at moment: LocalMoment) -> Bool {
    spans.contains { span in
      span.days.contains(moment.weekday) && (span.from..<span.until).contains(moment.minute)
    }
  }

  private static func days(_ text: Substring) -> ClosedRange<Int>? {
    let ends = text.lowercased().split(separator: "-").map {
      days.firstIndex(of: String($0.prefix(3)))
    }
    guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
      first <= last
    else { return nil }
    return (first + 1)...(last + 1)
  }

  private static func times(_ text: Substring) -> (Int, Int)? {
    let ends = text.split(separator: "-").map(minute)
    guard ends.count == 2, let from = ends[0], let until = ends[1], from < until else { return nil }
    return (from, until)
  }

  private static func minute(_ text: Substring) -> Int? {
    let parts = text.split(separator: ":")
    guard parts.count == 2, let hour = Int(parts[0]), let minute = Int(parts[1]),
      (0...24).contains(hour), (0...59).contains(minute), hour * 60 + minute <= 1440
    else { return nil }
    return hour * 60 + minute
  }
}

/// A moment on the wall clock of a place. Whoever knows the time zones says it.
public struct LocalMoment: Sendable, Equatable {
  /// 1 is Monday.
  public var weekday: Int
  /// Of the day, from midnight.
  public var minute: Int

  public init(weekday: Int, minute: Int) {
    self.weekday = weekday
    self.minute = minute
  }
}
