extension Duration {
  public var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
  public var milliseconds: Int64 {
    components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
  }
  public var microseconds: Int64 {
    components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
  }

  public static func minutes(_ count: some BinaryInteger) -> Duration {
    .seconds(Int64(count) * 60)
  }
  public static func hours(_ count: some BinaryInteger) -> Duration {
    .seconds(Int64(count) * 3_600)
  }
  public static func days(_ count: some BinaryInteger) -> Duration {
    .seconds(Int64(count) * 86_400)
  }

  /// `500ms`, `60s`, `2m`, `1h`, `3d`.
  public init?(text: some StringProtocol) {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let count = Int64(digits), count >= 0, count <= 1_000_000_000 else { return nil }
    switch text.dropFirst(digits.count) {
    case "ms": self = .milliseconds(count)
    case "s": self = .seconds(count)
    case "m": self = .minutes(count)
    case "h": self = .hours(count)
    case "d": self = .days(count)
    default: return nil
    }
  }
}
