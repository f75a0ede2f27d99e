import CShims
import Glibc

/// Questions to every byte of a text, asked many bytes at a time: each body and each stored text comes by.
public enum ByteScan {
  public static func has(_ wanted: UInt8, in bytes: Span<UInt8>) -> Bool {
    bytes.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return false }
      return memchr(base, Int32(wanted), bytes.count) != nil
    }
  }

  /// Whether JSON may hold an escape `\u`, a number with an exponent, or one of more than `digitsMax`
  /// digits. May say so wrongly (a text with `1e` in it), never the other way round.
  public static func mayHoldOddJSON(_ bytes: [UInt8], digitsMax: Int) -> Bool {
    bytes.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return false }
      return qs_has_odd_json(base, bytes.count)
        || mayHoldLongNumber(base, bytes.count, digitsMax)
    }
  }

  /// More than `max` digits in a row cover two neighbours of a grid half as wide.
  private static func mayHoldLongNumber(
    _ base: UnsafePointer<UInt8>, _ count: Int, _ max: Int
  ) -> Bool {
    let step = Swift.max(1, max / 2)
    return stride(from: step, to: count, by: step).contains {
      isDigit(base[$0]) && isDigit(base[$0 - step])
    }
  }

  @inline(__always)
  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
}
