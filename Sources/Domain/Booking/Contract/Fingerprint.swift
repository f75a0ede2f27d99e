import Cryptography
import Kit

/// What makes two orders the same one: business, customer, how many of what, and slot. Notes do not
/// count, nor does how the things are spread over lines.
public enum Fingerprint {
  /// How long an equal order counts as a possible duplicate.
  public static let window = Duration.minutes(5)

  /// SHA-256 of the canonical order, 32 bytes.
  public static func of(
    businessID: String, customerName: String, customerPhone: String, lines: [RequestedLine],
    slotID: String?
  ) -> [UInt8] {
    var text = ""
    append(businessID, to: &text)
    append(plain(customerName), to: &text)
    append(customerPhone.filter { $0 != "+" }, to: &text)
    append(slotID ?? "", to: &text)
    var wanted: [String: Int] = [:]
    for line in lines {
      wanted[thing(itemID: line.itemID, name: line.name), default: 0] += line.quantity
    }
    for line in wanted.map({ $0.key + "\($0.value);" }).sorted() { text += line }
    return SHA256.hash(text.utf8)
  }

  /// What a line is about: an item of the catalogue, else a name without regard to case and blanks.
  static func thing(itemID: String?, name: String?) -> String {
    var one = ""
    append(itemID ?? "", to: &one)
    append(itemID == nil ? plain(name ?? "") : "", to: &one)
    return one
  }

  /// Each part with its length, so that no two orders run together.
  private static func append(_ part: String, to text: inout String) {
    text += "\(part.utf8.count):" + part + ";"
  }

  /// The same for ASCII, which most texts are; `nil` for anything else.
  private static func plainASCII(_ text: String) -> String? {
    var out: [UInt8] = []
    out.reserveCapacity(text.utf8.count)
    var isAfterBlank = false
    for byte in text.utf8 {
      switch byte {
      case 9...13, 32: isAfterBlank = !out.isEmpty
      case 128...: return nil
      default:
        if isAfterBlank { out.append(32) }
        isAfterBlank = false
        out.append((65...90).contains(byte) ? byte + 32 : byte)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// Without regard to case and blanks.
  private static func plain(_ text: String) -> String {
    if let plain = plainASCII(text) { return plain }
    return text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
