import Kit
import Testing

@Suite("Moments and durations")
struct TimestampTests {
  private static let shapes: [(String, Int64)] = [
    ("2026-03-04T15:06:07Z", 1_772_636_767_000_000),
    ("2026-03-04T15:06:07.089Z", 1_772_636_767_089_000),
    ("2026-03-04T15:06:07.089123Z", 1_772_636_767_089_123),
    ("2026-03-04T15:06:07.0891239999Z", 1_772_636_767_089_123),
    ("2026-03-04T15:06:07", 1_772_636_767_000_000),
    ("2026-03-04T15:06:07.5", 1_772_636_767_500_000),
    ("2026-03-04T10:06:07-05:00", 1_772_636_767_000_000),
    ("2026-03-04T10:06:07.089-0500", 1_772_636_767_089_000),
    ("2026-03-04T15:06:07+0000", 1_772_636_767_000_000),
    ("2026-03-04T16:06:07+01", 1_772_636_767_000_000),
    ("2026-03-04T20:36:07+05:30", 1_772_636_767_000_000),
    ("2026-03-04 15:06:07", 1_772_636_767_000_000),
    ("2026-03-04T15:06Z", 1_772_636_760_000_000),
    ("2026-03-04", 1_772_582_400_000_000),
    ("1970-01-01T00:00:00Z", 0),
    ("1969-12-31T23:59:59.999999Z", -1),
    ("2024-02-29T00:00:00Z", 1_709_164_800_000_000),
    ("0001-01-01", -62_135_596_800_000_000),
    ("9999-12-31T23:59:59Z", 253_402_300_799_000_000),
  ]

  @Test("every shape of date that the marketplace sends is understood", arguments: shapes)
  func shape(text: String, microseconds: Int64) {
    #expect(Timestamp(iso8601: text)?.microseconds == microseconds)
  }

  @Test(
    "what is no date is refused",
    arguments: [
      "", "2026", "2026-13-01", "2026-02-29", "2026-04-31", "2026-00-10", "2026-03-00",
      "2026-03-04T", "2026-03-04T24:00:00Z", "2026-03-04T15:60:00Z", "2026-03-04T15:06:61Z",
      "2026-03-04T15:06:07.Z", "2026-03-04T15:06:07ZZ", "2026-03-04T15:06:07+1",
      "2026-03-04T15:06:07+25:00", "2026-3-4", "26-03-04", "2026-03-04T15:06:07 UTC",
      "٢٠٢٦-٠٣-٠٤", "2026-03-04T15:06:07Z\u{0}", "null", "1772636767",
      "2026-03-04T15:06:07+00:", "2026-03-04T15:06:07+::0000",
    ])
  func refused(text: String) {
    #expect(Timestamp(iso8601: text) == nil)
  }

  @Test("a moment is written with no more digits than it has")
  func written() {
    #expect(Timestamp(microseconds: 1_772_636_767_000_000).iso8601 == "2026-03-04T15:06:07Z")
    #expect(Timestamp(microseconds: 1_772_636_767_089_000).iso8601 == "2026-03-04T15:06:07.089Z")
    #expect(
      Timestamp(microseconds: 1_772_636_767_000_023).iso8601 == "2026-03-04T15:06:07.000023Z")
    #expect(Timestamp(microseconds: -1).iso8601 == "1969-12-31T23:59:59.999999Z")
  }

  @Test("every day of four centuries is read as it was written")
  func everyDay() {
    for day in stride(from: Int64(-50_000), to: 100_000, by: 7) {
      let moment = Timestamp(microseconds: day * 86_400_000_000 + 45_296_000_001)
      #expect(Timestamp(iso8601: moment.iso8601) == moment)
    }
  }

  @Test("moments and durations add up")
  func arithmetic() {
    let noon = Timestamp(microseconds: 1_000_000)
    #expect((noon + .milliseconds(1)).microseconds == 1_001_000)
    #expect((noon - .minutes(1)).duration(since: noon) == .seconds(-60))
    #expect(noon < noon + .microseconds(1))
  }

  @Test("durations are read as people write them")
  func durations() {
    #expect(Duration(text: "500ms") == .milliseconds(500))
    #expect(Duration(text: "60s") == .seconds(60))
    #expect(Duration(text: "2m") == .minutes(2))
    #expect(Duration(text: "1h") == .hours(1))
    #expect(Duration(text: "3d") == .days(3))
    for text in ["", "60", "s", "-1s", "1.5s", "1 s", "1w", "99999999999999999999s", "٣s"] {
      #expect(Duration(text: text) == nil, "\(text)")
    }
    #expect(Duration.milliseconds(1_500).seconds == 1.5)
    #expect(Duration.milliseconds(1_500).milliseconds == 1_500)
    #expect(Duration.milliseconds(-1_500).microseconds == -1_500_000)
  }

  @Test("waits grow up to their cap and jitter only shortens them")
  func backoff() {
    let backoff = Backoff(first: .seconds(1), factor: 2, cap: .seconds(30), jitter: 0.5)
    #expect((1...7).map { backoff.delay(try: $0, random: 0).seconds } == [1, 2, 4, 8, 16, 30, 30])
    #expect(backoff.delay(try: 3, random: 1) == .seconds(2))
    #expect(backoff.delay(try: 0, random: 0) == .seconds(1))
    #expect(backoff.delay(try: .max, random: 0) == .seconds(30))
  }
}
