/// Checks that what came as a label is one: a whole document of a likely size that shows the PIN.
public enum LabelDocument {
  /// Smaller is an error page, larger no label (contract, section 6).
  public static let bytesRange = 1_000...1_000_000
  /// The end of a PDF, where its cross-reference is announced.
  static let tailBytes = 1_024

  public enum Verdict: Sendable, Equatable {
    /// - Parameter hasText: its text could be read; where a PIN was given, it is there.
    case fine(hasText: Bool)
    case problems([String])
  }

  /// - Parameter pin: the tracking number that it has to show; `nil` when that is not known.
  public static func inspect(_ bytes: [UInt8], pin: String?) -> Verdict {
    let wanted = (pin ?? "").utf8.filter(isAlphanumeric)
    if bytes.starts(with: "^XA".utf8) { return inspectZPL(bytes, wanted) }
    guard bytes.starts(with: "%PDF-".utf8) else {
      return .problems(["it does not begin with %PDF"])
    }
    guard bytesRange.contains(bytes.count) else {
      return .problems(["\(bytes.count) bytes is no label's size"])
    }
    var problems = structure(bytes)
    guard problems.isEmpty else { return .problems(problems) }
    let text = PDFText(bytes)
    problems = text.problems
    let shown = text.shown.filter(isAlphanumeric)
    let hasPIN = wanted.isEmpty || Bytes.index(of: wanted, in: shown, from: 0) != nil
    if text.isReadable, !hasPIN {
      problems.append("its text does not show \(String(decoding: wanted, as: UTF8.self))")
    }
    if !problems.isEmpty { return .problems(problems) }
    // Where the fonts are opaque, finding the PIN all the same proves it.
    return .fine(hasText: text.isReadable || (!wanted.isEmpty && hasPIN))
  }

  /// A printer's program is text as it is.
  private static func inspectZPL(_ bytes: [UInt8], _ wanted: [UInt8]) -> Verdict {
    var problems: [String] = []
    if !bytesRange.contains(bytes.count) {
      problems.append("\(bytes.count) bytes is no label's size")
    }
    if Bytes.lastIndex(of: Array("^XZ".utf8), in: bytes, from: max(0, bytes.count - 64)) == nil {
      problems.append("it is cut off: no ^XZ")
    }
    if !wanted.isEmpty, Bytes.index(of: wanted, in: bytes.filter(isAlphanumeric), from: 0) == nil {
      problems.append("its text does not show \(String(decoding: wanted, as: UTF8.self))")
    }
    return problems.isEmpty ? .fine(hasText: true) : .problems(problems)
  }

  /// Whether its end and its cross-reference are where they should be.
  private static func structure(_ bytes: [UInt8]) -> [String] {
    let tail = max(0, bytes.count - tailBytes)
    guard Bytes.lastIndex(of: Array("%%EOF".utf8), in: bytes, from: tail) != nil else {
      return ["it is cut off: no %%EOF"]
    }
    guard let start = Bytes.lastIndex(of: Array("startxref".utf8), in: bytes, from: tail) else {
      return ["it is cut off: no startxref"]
    }
    var offset = 0
    var digits = 0
    for byte in bytes[(start + 9)...] {
      if Bytes.isDigit(byte), digits < 8 {
        offset = offset * 10 + Int(byte) - 48
        digits += 1
      } else if digits > 0 || !Bytes.isSpace(byte) {
        break
      }
    }
    guard digits > 0, isCrossReference(bytes, offset, before: start) else {
      return ["its cross-reference is not where it says"]
    }
    return []
  }

  /// A table (`xref`), or the object of a stream (`12 0 obj`).
  private static func isCrossReference(_ bytes: [UInt8], _ offset: Int, before end: Int) -> Bool {
    guard offset < end else { return false }
    let here = bytes[offset..<end].prefix(40).drop(while: Bytes.isSpace)
    if here.starts(with: "xref".utf8) { return true }
    guard let first = here.first, Bytes.isDigit(first) else { return false }
    return Bytes.index(of: Array(" obj".utf8), in: Array(here), from: 0) != nil
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    Bytes.isDigit(byte) || (65...90).contains(byte) || (97...122).contains(byte)
  }
}
