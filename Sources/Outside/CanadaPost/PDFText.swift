import Cryptography

/// What a small PDF shows as text, as far as a simple scan can tell.
///
/// It unpacks the content streams and collects the strings of their text operators. Fonts whose
/// codes are not letters (composite fonts, own encodings) make the text unreadable, and so do
/// encryption and filters other than Flate; then it says so and judges nothing.
struct PDFText {
  /// Of all unpacked streams together: a small hostile file cannot fill the memory.
  static let unpackedBytesMax = 8 << 20
  static let streamsMax = 500
  /// Between an object's beginning and its stream.
  static let dictionaryBytesMax = 2_048
  /// Fewer letters and digits than a tracking number are no text.
  static let lettersMin = 11

  /// The shown bytes, in the order of the file.
  private(set) var shown: [UInt8] = []
  private(set) var problems: [String] = []
  private var isOpaque = false
  private var budget = unpackedBytesMax

  init(_ bytes: [UInt8]) {
    noteFonts(bytes)
    var at = 0
    let opening = Array("stream".utf8)
    for _ in 0..<Self.streamsMax {
      guard let found = Bytes.index(of: opening, in: bytes, from: at) else { return }
      at = found + opening.count
      guard at < bytes.count, bytes[at] == 10 || bytes[at] == 13 else { continue }
      if bytes[at] == 13 { at += 1 }
      if at < bytes.count, bytes[at] == 10 { at += 1 }
      let dictionary = Self.dictionary(bytes, before: found)
      guard let end = Self.end(of: dictionary, in: bytes, from: at) else {
        problems.append("it is cut off: a stream without end")
        return
      }
      read(bytes[at..<end], dictionary)
      at = end + 9
    }
    isOpaque = true
  }

  /// The fonts can be read and there is a text.
  var isReadable: Bool {
    guard !isOpaque else { return false }
    var letters = 0
    var strange = 0
    for byte in shown {
      switch byte {
      case 48...57, 65...90, 97...122: letters += 1
      case 0..<9, 14..<32, 127..<160: strange += 1
      default: continue
      }
    }
    return letters >= Self.lettersMin && strange * 10 < letters
  }

  // MARK: Objects

  /// What stands between the beginning of the object and its stream.
  private static func dictionary(_ bytes: [UInt8], before end: Int) -> [UInt8] {
    let from = max(0, end - dictionaryBytesMax)
    let begin = Bytes.lastIndex(
      of: Array(" obj".utf8), in: Array(bytes[from..<end]), from: 0)
    return Array(bytes[(from + (begin ?? 0))..<end])
  }

  /// Where it says, else at the next `endstream`.
  private static func end(of dictionary: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    let closing = Array("endstream".utf8)
    if let length = length(dictionary), length <= bytes.count - start {
      let end = start + length
      if let found = Bytes.index(of: closing, in: bytes, from: end, to: end + 12) { return found }
    }
    return Bytes.index(of: closing, in: bytes, from: start)
  }

  /// A direct `/Length 123`; `nil` for a reference to another object.
  private static func length(_ dictionary: [UInt8]) -> Int? {
    guard let at = Bytes.index(of: Array("/Length ".utf8), in: dictionary, from: 0) else {
      return nil
    }
    let rest = dictionary[(at + 8)...]
    let digits = rest.prefix(while: Bytes.isDigit)
    guard (1...8).contains(digits.count) else { return nil }
    let after = rest.dropFirst(digits.count).drop(while: Bytes.isSpace)
    if let next = after.first, Bytes.isDigit(next) { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1) - 48 }
  }

  private mutating func read(_ content: ArraySlice<UInt8>, _ dictionary: [UInt8]) {
    func has(_ name: String) -> Bool {
      Bytes.index(of: Array(name.utf8), in: dictionary, from: 0) != nil
    }
    // Pictures, programs of fonts, metadata and tables hold no text to be shown.
    if has("/Image") || has("/XRef") || has("/Length1") || has("/Length2") || has("/Metadata")
      || has("/Type1C") || has("/CIDFontType0C") || has("/OpenType") || has("/FunctionType")
    {
      return
    }
    var plain = Array(content)
    if has("/Filter") {
      guard has("FlateDecode") || has("/Fl "), !has("ASCII"), !has("LZW"), !has("Crypt"),
        !has("/DecodeParms")
      else {
        isOpaque = true
        return
      }
      do throws(CryptographyError) {
        plain = try Inflate.bytes(content, limit: budget)
      } catch {
        if error.code == .malformed { problems.append("a stream of it is damaged") }
        isOpaque = true
        return
      }
    }
    budget -= min(budget, plain.count)
    if has("/ObjStm") {
      noteFonts(plain)
    } else if !has("/CMap"), Bytes.index(of: Array("begincmap".utf8), in: plain, from: 0) == nil {
      collect(plain)
    }
  }

  /// Names that make the text's bytes something else than letters.
  private mutating func noteFonts(_ bytes: [UInt8]) {
    let names = ["/Type0", "/Identity-", "/Differences", "/Type3", "/Encrypt"].map {
      Array($0.utf8)
    }
    let span = bytes.span
    var at = 0
    while at < bytes.count {
      if span[at] == UInt8(ascii: "/") {
        for name in names where bytes[at...].starts(with: name) {
          isOpaque = true
          return
        }
      }
      at += 1
    }
  }

  // MARK: Content

  /// The strings that `Tj`, `TJ`, `'` and `"` show.
  private mutating func collect(_ content: [UInt8]) {
    var scanner = ContentScanner(content)
    var pending: [UInt8] = []
    while let token = scanner.next() {
      switch token {
      case .string(let bytes): pending += bytes
      case .shows:
        shown += pending
        shown.append(10)
        pending.removeAll(keepingCapacity: true)
      case .other: pending.removeAll(keepingCapacity: true)
      }
    }
  }
}
