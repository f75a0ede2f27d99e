/// What a scanner, a camera or a keyboard brought, made comparable.
///
/// Scanners are set up in every possible way: with a symbology identifier in front (ISO/IEC 15424,
/// `]C1`), Code 39's asterisks around, GS1's application identifiers inside, control characters, the
/// same code twice in one burst, or with another keyboard's layout. `candidates` are the codes that it
/// may mean, the likeliest first; none of them is made up where the text itself fits.
public struct ScannedText: Sendable, Equatable {
  /// A longer text is cut; no barcode of ours or of a part is near it.
  public static let bytesMax = 400

  /// As it came, cut, with control characters as spaces: for the log and for people.
  public var shown: String
  /// Without any candidate, it was empty or unreadable.
  public var candidates: [String]
  /// A serial number that the code itself carries (GS1, identifier 21).
  public var serial: String?
  /// When it was caught, in milliseconds of the client's clock; only differences count.
  public var capturedAt: Int64

  /// - Parameter physical: the same keys read as a US keyboard's, where the client knows them: what a
  ///   scanner that types in US layout meant, whatever layout the machine has.
  public init(_ raw: String, physical: String? = nil, capturedAt: Int64 = 0) {
    let text = Self.cut(raw)
    shown = Self.trimmed(String(text.map { Self.isControl($0) ? " " : $0 }))
    self.capturedAt = capturedAt
    var found: [String] = []
    var serial: String?
    for source in [text, physical.map(Self.cut)].compactMap(\.self) {
      let (plain, isGS1) = Self.withoutIdentifier(Self.narrow(source))
      let cleaned = Self.trimmed(String(plain.filter { !Self.isControl($0) }))
      guard !cleaned.isEmpty else { continue }
      Self.add(cleaned, to: &found)
      if let element = GS1.parse(plain, isDeclared: isGS1) {
        if let item = element.gtin { Self.add(item, to: &found) }
        if serial == nil { serial = element.serial }
      }
      for other in Self.otherForms(of: cleaned) { Self.add(other, to: &found) }
    }
    candidates = found
    self.serial = serial
  }

  /// The text that was meant, for a serial number.
  public var plain: String { candidates.first ?? "" }

  /// The same thing scanned again.
  public func isSame(as other: ScannedText) -> Bool { plain == other.plain && !plain.isEmpty }

  private static func add(_ candidate: String, to found: inout [String]) {
    if !found.contains(candidate) { found.append(candidate) }
  }

  /// What else the same text may stand for.
  private static func otherForms(of text: String) -> [String] {
    var forms: [String] = []
    if text.hasPrefix("*"), text.hasSuffix("*"), text.count > 2 {
      forms.append(String(text.dropFirst().dropLast()))
    }
    if text.allSatisfy({ $0.isASCII && $0.isNumber }) { forms += GS1.gtinForms(of: text) }
    // One trigger, sent twice.
    if text.count.isMultiple(of: 2), text.count >= 8 {
      let half = text.prefix(text.count / 2)
      if text.hasSuffix(half) { forms.append(String(half)) }
    }
    // A link to one of our own pages.
    if text.lowercased().hasPrefix("http"), let last = text.split(separator: "/").last {
      forms.append(String(last))
    }
    // The carrier's barcodes carry the tracking number behind the postal code.
    if (20...40).contains(text.count) {
      let tail = text.suffix(16)
      if tail.allSatisfy({ $0.isASCII && $0.isNumber }) { forms.append(String(tail)) }
    }
    return forms
  }

  /// `]C1`, `]d2`, `]Q3`, `]e0` announce GS1; others only name the symbology.
  private static func withoutIdentifier(_ text: String) -> (String, isGS1: Bool) {
    let text = text.drop { isControl($0) && $0 != GS1.separator || $0 == " " }
    guard text.count > 3, text.first == "]" else { return (String(text), false) }
    let head = Array(text.prefix(3))
    guard head[1].isASCII, head[1].isLetter, head[2].isASCII, head[2].isNumber || head[2].isLetter
    else { return (String(text), false) }
    let isGS1 = ["]C1", "]d2", "]Q3", "]e0"].contains(String(head))
    return (String(text.dropFirst(3)), isGS1)
  }

  /// Full-width letters and digits, as some input methods make them, are the plain ones.
  private static func narrow(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0xFF01...0xFF5E: out.append(Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar)
      case 0x3000, 0xA0: out.append(" ")
      case 0xFEFF, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2069: continue
      default: out.append(scalar)
      }
    }
    return String(out)
  }

  private static func cut(_ text: String) -> String {
    guard text.utf8.count > bytesMax else { return text }
    return String(decoding: text.utf8.prefix(bytesMax), as: UTF8.self)
  }

  static func isControl(_ character: Character) -> Bool {
    character.unicodeScalars.contains { $0.value < 32 || (127...159).contains($0.value) }
  }

  static func trimmed(_ text: String) -> String {
    var text = text[...]
    while let first = text.first, first == " " { text.removeFirst() }
    while let last = text.last, last == " " { text.removeLast() }
    return String(text)
  }
}
