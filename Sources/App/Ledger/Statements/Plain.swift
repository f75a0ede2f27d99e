import Cryptography
import Kit

/// Makes what came from outside fit for PostgreSQL's types without losing what it says: `text` and
/// `jsonb` refuse U+0000, `jsonb` refuses lone surrogates and numbers beyond `numeric`.
enum Plain {
  /// Text with U+0000 shown as U+FFFD.
  static func text(_ text: String) -> String {
    hasZero(text.utf8Span.span) ? String(text.map { $0 == "\0" ? "\u{FFFD}" : $0 }) : text
  }

  static func hasZero(_ bytes: Span<UInt8>) -> Bool { ByteScan.has(0, in: bytes) }

  /// A decimal that fits `numeric(12,2)`, else nothing.
  static func numeric(_ text: String?) -> String? {
    guard let text, !text.isEmpty, text.utf8.count <= 20 else { return nil }
    var digits = 0
    var seenDot = false
    for (i, c) in text.utf8.enumerated() {
      switch c {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): if !seenDot { digits += 1 }
      case UInt8(ascii: "."): if seenDot { return nil } else { seenDot = true }
      case UInt8(ascii: "-"): if i > 0 { return nil }
      default: return nil
      }
    }
    return (1...9).contains(digits) ? text : nil
  }

  /// JSON bytes that `jsonb` takes: the same bytes but for what it would refuse.
  static func jsonb(_ raw: [UInt8]) -> ArraySlice<UInt8> {
    guard JSONRepair.isNeeded(raw) else { return raw[...] }
    return JSONRepair.repaired(raw)[...]
  }

  static func headers(_ headers: [(String, String)]) -> [UInt8] {
    JSON.object(headers.map { ($0.0, .string(text($0.1))) }).bytes
  }

  /// A request body as JSON: itself when it is JSON, else a JSON string (XML is one, seed 002).
  static func payload(_ body: [UInt8], type: String, max: Int) -> ArraySlice<UInt8>? {
    guard !body.isEmpty else { return nil }
    let media = type.utf8.prefix { $0 != UInt8(ascii: ";") }
    let isJSON = media.suffix(4).elementsEqual("json".utf8)
    if isJSON, body.count <= max, (try? JSONValue.parse(body)) != nil {
      return jsonb(body)
    }
    return JSON.string(text(String(decoding: body.prefix(max), as: UTF8.self))).bytes[...]
  }
}

/// A body as a `text` column keeps it: itself when it is UTF-8 without U+0000, else base64.
struct StoredBody {
  let bytes: [UInt8]
  let isBase64: Bool

  init(_ body: [UInt8], max: Int) {
    let kept = body.count <= max ? body : Array(body.prefix(max))
    if Self.isText(kept[...]) {
      bytes = kept
      isBase64 = false
    } else if body.count > max, let end = StoredBody.lastWholeCharacter(kept),
      Self.isText(kept[..<end])
    {
      bytes = Array(kept[..<end])
      isBase64 = false
    } else {
      bytes = Array(Base64.encode(kept).utf8)
      isBase64 = true
    }
  }

  /// UTF-8 without U+0000, told without making a string of it.
  private static func isText(_ bytes: ArraySlice<UInt8>) -> Bool {
    !Plain.hasZero(bytes.span) && (try? UTF8Span(validating: bytes.span)) != nil
  }

  /// Where a cut through UTF-8 text has to be made so that no character is halved.
  private static func lastWholeCharacter(_ bytes: [UInt8]) -> Int? {
    var end = bytes.count
    while end > 0, bytes.count - end < 4 {
      end -= 1
      if bytes[end] & 0xC0 != 0x80 { return end }
    }
    return nil
  }
}
