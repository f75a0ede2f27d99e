import Glibc
import Synchronization

/// A time-ordered UUID (RFC 9562, version 7): 48 bits of milliseconds, then a counter and randomness.
public struct UUIDv7: Sendable, Hashable, CustomStringConvertible {
  public var high: UInt64
  public var low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  public static let zero = UUIDv7(high: 0, low: 0)

  public static func make(at moment: Timestamp = .now()) -> UUIDv7 {
    var generator = SystemRandomNumberGenerator()
    return make(at: moment, random: (generator.next(), generator.next()))
  }

  public static func make(at moment: Timestamp, random: (UInt64, UInt64)) -> UUIDv7 {
    let milliseconds = UInt64(bitPattern: moment.microseconds / 1_000) & 0xFFFF_FFFF_FFFF
    return UUIDv7(
      high: milliseconds << 16 | 0x7000 | random.0 & 0x0FFF,
      low: random.1 & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
  }

  /// - Parameter bytes: 16 of them, most significant first.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 16 else { return nil }
    var words: (UInt64, UInt64) = (0, 0)
    for (i, byte) in bytes.enumerated() {
      if i < 8 { words.0 = words.0 << 8 | UInt64(byte) } else { words.1 = words.1 << 8 | UInt64(byte) }
    }
    self.init(high: words.0, low: words.1)
  }

  public var bytes: [UInt8] {
    (0..<16).map { i in
      UInt8(truncatingIfNeeded: (i < 8 ? high : low) >> UInt64(56 - i % 8 * 8))
    }
  }

  public var text: String {
    let digits = Array("0123456789abcdef".utf8)
    var out: [UInt8] = []
    out.reserveCapacity(36)
    for (i, byte) in bytes.enumerated() {
      if i == 4 || i == 6 || i == 8 || i == 10 { out.append(45) }
      out.append(digits[Int(byte >> 4)])
      out.append(digits[Int(byte & 15)])
    }
    return String(decoding: out, as: UTF8.self)
  }

  public var description: String { text }
}
