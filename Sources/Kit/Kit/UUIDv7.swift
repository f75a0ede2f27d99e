import Synchronization

/// A time-ordered UUID (RFC 9562, version 7): 48 bits of milliseconds, 12 of their fraction, then
/// randomness. Two of one machine are in order when a microsecond lies between them.
public struct UUIDv7: Sendable, Hashable, Comparable, CustomStringConvertible {
  public var high: UInt64
  public var low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  public static let zero = UUIDv7(high: 0, low: 0)

  public static func make(at moment: Timestamp = .now()) -> UUIDv7 {
    make(at: moment, random: RandomWords.next())
  }

  /// - Parameter random: 62 of its bits are used.
  public static func make(at moment: Timestamp, random: UInt64) -> UUIDv7 {
    // Moments before 1970 have no such id; they get the smallest.
    let (milliseconds, rest) = UInt64(max(0, moment.microseconds))
      .quotientAndRemainder(dividingBy: 1_000)
    return UUIDv7(
      high: (milliseconds & 0xFFFF_FFFF_FFFF) << 16 | 0x7000 | rest * 4_096 / 1_000,
      low: random & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
  }

  /// Reads any UUID: 36 characters, either case.
  public init?(text: some StringProtocol) {
    var words: (UInt64, UInt64) = (0, 0)
    var digits = 0
    for (i, byte) in text.utf8.enumerated() {
      if i == 8 || i == 13 || i == 18 || i == 23 {
        guard byte == 45 else { return nil }
        continue
      }
      let value: UInt8
      switch byte {
      case 48...57: value = byte - 48
      case 65...70: value = byte - 55
      case 97...102: value = byte - 87
      default: return nil
      }
      if digits < 16 {
        words.0 = words.0 << 4 | UInt64(value)
      } else {
        words.1 = words.1 << 4 | UInt64(value)
      }
      digits += 1
    }
    guard digits == 32 else { return nil }
    self.init(high: words.0, low: words.1)
  }

  public static func < (a: UUIDv7, b: UUIDv7) -> Bool { (a.high, a.low) < (b.high, b.low) }

  /// - Parameter bytes: 16 of them, most significant first.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 16 else { return nil }
    var words: (UInt64, UInt64) = (0, 0)
    for (i, byte) in bytes.enumerated() {
      if i < 8 {
        words.0 = words.0 << 8 | UInt64(byte)
      } else {
        words.1 = words.1 << 8 | UInt64(byte)
      }
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

/// The kernel's randomness, fetched for many ids at once: each is asked for once and then forgotten.
private enum RandomWords {
  private static let countOfOnce = 512
  private static let words = Mutex<[UInt64]>([])

  static func next() -> UInt64 {
    words.withLock { words in
      if words.isEmpty {
        words = Entropy.bytes(countOfOnce * 8).withUnsafeBytes {
          Array($0.bindMemory(to: UInt64.self))
        }
      }
      return words.removeLast()
    }
  }
}
