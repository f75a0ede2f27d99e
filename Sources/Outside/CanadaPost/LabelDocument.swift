import Cryptography

/// Checks that what came as a label is one: a whole PDF of a likely size that carries the PIN.
public enum LabelDocument {
  /// Smaller is an error page, larger no label (contract, section 6).
  static let bytesRange = 1_000...1_000_000
  /// Of one inflated stream.
  static let streamBytesMax = 4 << 20
  static let streamsMax = 500

  public enum Verdict: Sendable, Equatable {
    /// - Parameter hasText: the page's text could be read and shows the PIN.
    case fine(hasText: Bool)
    case problems([String])
  }

  public static func inspect(_ bytes: [UInt8], pin: String?) -> Verdict {
    guard bytes.starts(with: Array("%PDF-".utf8)) else {
      return .problems(["it does not begin with %PDF"])
    }
    guard bytesRange.contains(bytes.count) else {
      return .problems(["\(bytes.count) bytes is no label's size"])
    }
    var problems: [String] = []
    let tail = bytes.suffix(1_024)
    if tail.firstRange(of: Array("%%EOF".utf8)) == nil { problems.append("it is cut off: no %%EOF") }
    if tail.firstRange(of: Array("startxref".utf8)) == nil {
      problems.append("it is cut off: no startxref")
    }
    if !problems.isEmpty { return .problems(problems) }
    if let offset = startOfXref(tail), !isXref(bytes, offset) {
      return .problems(["its cross-reference is not where it says"])
    }
    let text = text(in: bytes)
    guard let pin, !pin.isEmpty, let text, !text.isEmpty else { return .fine(hasText: false) }
    let wanted = Array(pin.utf8)
    if text.filter({ $0 != 32 }).firstRange(of: wanted) != nil { return .fine(hasText: true) }
    // Text that could be read, has numbers as long as a PIN, and not ours: another parcel's label.
    return hasOtherNumber(text, length: wanted.count)
      ? .problems(["its text shows another number than \(pin)"]) : .fine(hasText: false)
  }

  private static func startOfXref(_ tail: ArraySlice<UInt8>) -> Int? {
    guard let at = tail.lastRange(of: Array("startxref".utf8)) else { return nil }
    let digits = tail[at.upperBound...].drop { !(48...57).contains($0) }
      .prefix { (48...57).contains($0) }
    return Int(String(decoding: digits, as: UTF8.self))
  }

  /// A table, or a cross-reference stream's object.
  private static func isXref(_ bytes: [UInt8], _ offset: Int) -> Bool {
    guard offset >= 0, offset + 8 < bytes.count else { return false }
    let here = bytes[offset..<min(bytes.count, offset + 32)].drop { $0 == 32 || $0 == 10 || $0 == 13 }
    return here.starts(with: Array("xref".utf8))
      || here.first.map { (48...57).contains($0) } == true
  }

  /// The text of all content streams whose strings are plain; `nil` when there is none to be read.
  private static func text(in bytes: [UInt8]) -> [UInt8]? {
    let opening = Array("stream".utf8)
    let closing = Array("endstream".utf8)
    var text: [UInt8] = []
    var found = false
    var rest = bytes[...]
    for _ in 0..<streamsMax {
      guard let start = rest.firstRange(of: opening) else { break }
      var from = start.upperBound
      if from < bytes.endIndex, bytes[from] == 13 { from += 1 }
      if from < bytes.endIndex, bytes[from] == 10 { from += 1 }
      guard let end = bytes[from...].firstRange(of: closing) else { break }
      let content = bytes[from..<end.lowerBound]
      rest = bytes[end.upperBound...]
      let plain =
        content.first == 0x78
        ? (try? Inflate.bytes(Array(content), limit: streamBytesMax)) : Array(content.prefix(streamBytesMax))
      guard let plain, let shown = shownText(plain) else { continue }
      found = true
      text += shown + [10]
    }
    return found ? text : nil
  }

  /// Literal strings between BT and ET; hexadecimal ones may be glyph numbers and are left out.
  private static func shownText(_ stream: [UInt8]) -> [UInt8]? {
    guard stream.firstRange(of: Array("BT".utf8)) != nil,
      stream.firstRange(of: Array("Tj".utf8)) != nil || stream.firstRange(of: Array("TJ".utf8)) != nil
    else { return nil }
    var out: [UInt8] = []
    var depth = 0
    var isEscaped = false
    var sawString = false
    for byte in stream {
      if isEscaped {
        isEscaped = false
        if depth > 0 { out.append(byte) }
        continue
      }
      switch byte {
      case 92: isEscaped = true
      case 40:
        depth += 1
        sawString = true
      case 41:
        if depth > 0 { depth -= 1 }
      case 84 where depth == 0: out.append(10)
      default: if depth > 0 { out.append(byte) }
      }
    }
    return sawString ? out : nil
  }

  private static func hasOtherNumber(_ text: [UInt8], length: Int) -> Bool {
    text.split(separator: 10).contains { line in
      let digits = line.filter { $0 != 32 }
      return digits.count == length && digits.allSatisfy { (48...57).contains($0) }
    }
  }
}

extension ArraySlice<UInt8> {
  fileprivate func lastRange(of wanted: [UInt8]) -> Range<Int>? {
    var found: Range<Int>?
    var rest = self
    while let range = rest.firstRange(of: wanted) {
      found = range
      rest = rest[range.upperBound...]
    }
    return found
  }
}
