import CanadaPost
import Cryptography
import Kit
import Testing

/// Small PDFs, made by hand.
enum PDF {
  struct Stream {
    var dictionary = ""
    var content: [UInt8]
  }

  /// A whole document, its cross-reference in place.
  static func make(
    _ streams: [Stream], fonts: String = "/Type1/BaseFont/Helvetica", padding: Int = 1_200
  ) -> [UInt8] {
    var out = Array("%PDF-1.4\n%\u{E2}\n".utf8)
    var offsets: [Int] = []
    func object(_ bytes: [UInt8]) {
      offsets.append(out.count)
      out += "\(offsets.count) 0 obj\n".utf8 + bytes + "\nendobj\n".utf8
    }
    object(Array("<</Type/Catalog/Pages 2 0 R>>".utf8))
    object(Array("<</Type/Font/Subtype\(fonts)>>".utf8))
    object(Array(("%" + String(repeating: "-", count: padding) + "\nnull").utf8))
    for stream in streams {
      object(
        Array("<<\(stream.dictionary)/Length \(stream.content.count)>>\nstream\n".utf8)
          + stream.content + Array("\nendstream".utf8))
    }
    let table = out.count
    out += "xref\n0 \(offsets.count + 1)\n0000000000 65535 f \n".utf8
    for offset in offsets { out += "\(10_000_000_000 + offset) 00000 n \n".dropFirst().utf8 }
    out += "trailer\n<</Size \(offsets.count + 1)/Root 1 0 R>>\nstartxref\n\(table)\n%%EOF\n".utf8
    return out
  }

  static func text(_ operators: String, fonts: String = "/Type1/BaseFont/Helvetica") -> [UInt8] {
    make([Stream(content: Array("BT /F1 9 Tf 24 40 Td \(operators) ET".utf8))], fonts: fonts)
  }

  /// The zlib format with one stored block.
  static func deflated(_ bytes: [UInt8]) -> [UInt8] {
    var a: UInt32 = 1
    var b: UInt32 = 0
    for byte in bytes {
      a = (a + UInt32(byte)) % 65_521
      b = (b + a) % 65_521
    }
    let size = UInt16(bytes.count)
    var out: [UInt8] = [0x78, 0x01, 0x01, UInt8(size & 255), UInt8(size >> 8)]
    out += [UInt8(~size & 255), UInt8(~size >> 8)] + bytes
    let sum = b << 16 | a
    return out + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> $0) }
  }
}

@Suite("Labels are looked at before they are printed")
struct LabelTests {
  static let pin = "7000000000000017"

  private func inspect(_ bytes: [UInt8], pin: String? = pin) -> LabelDocument.Verdict {
    LabelDocument.inspect(bytes, pin: pin)
  }

  private func problems(_ bytes: [UInt8], pin: String? = pin) -> [String] {
    if case .problems(let found) = inspect(bytes, pin: pin) { found } else { [] }
  }

  @Test(
    "the tracking number is found however it is written",
    arguments: [
      "(PIN 7000000000000017) Tj", "(7000 0000 0000 0017) Tj",
      "[(7000) -250 (0000) 3.5 (0000) (0017)] TJ", "(70000000) Tj 5 0 Td (00000017) '",
      "<37303030303030303030303030303137> Tj", "(\\067000\\\n000000000017) Tj",
      "(\\(Ref\\) A-1 7000000000000017) Tj", "1 2 (7000000000000017) \"",
      "(x) Tj % (no) Tj\n(7000000000000017) Tj",
    ])
  func found(operators: String) {
    #expect(inspect(PDF.text(operators)) == .fine(hasText: true))
  }

  @Test("packed streams are unpacked")
  func deflated() {
    let content = PDF.deflated(Array("BT (PIN 7000000000000017) Tj ET".utf8))
    let pdf = PDF.make([PDF.Stream(dictionary: "/Filter/FlateDecode", content: content)])
    #expect(inspect(pdf) == .fine(hasText: true))
    #expect(problems(pdf, pin: "7000000000000018").count == 1)
  }

  @Test("a readable label with another number is refused")
  func otherNumber() {
    #expect(
      problems(PDF.text("(PIN 9999999999999999) Tj")) == ["its text does not show \(Self.pin)"])
    #expect(problems(PDF.text("(We are sorry, no label today) Tj")).count == 1)
  }

  @Test(
    "text in fonts that a simple scan cannot read is left alone",
    arguments: [
      "/Type0/Encoding/Identity-H", "/TrueType/Encoding<</Differences[1/a]>>", "/Type3",
    ])
  func opaque(fonts: String) {
    #expect(inspect(PDF.text("<0001002300040005> Tj", fonts: fonts)) == .fine(hasText: false))
    let plain = "(some words and 7000000000000017) Tj"
    #expect(inspect(PDF.text(plain, fonts: fonts)) == .fine(hasText: true))
    #expect(inspect(PDF.text("(some other words) Tj", fonts: fonts)) == .fine(hasText: false))
  }

  @Test("a picture without text, an unknown filter and encryption are fine without text")
  func pictures() {
    let picture = PDF.Stream(
      dictionary: "/Type/XObject/Subtype/Image/Filter/DCTDecode",
      content: Array(repeating: 0x41, count: 500))
    #expect(inspect(PDF.make([picture])) == .fine(hasText: false))
    let odd = PDF.Stream(dictionary: "/Filter/LZWDecode", content: Array("(a) Tj".utf8))
    #expect(inspect(PDF.make([odd])) == .fine(hasText: false))
    #expect(inspect(PDF.make([])) == .fine(hasText: false))
    #expect(
      inspect(PDF.text("(PIN 9999999999999999) Tj", fonts: "/Type1>>endobj<</Encrypt 9 0 R"))
        == .fine(hasText: false))
  }

  @Test("without a number to look for, the document itself is looked at")
  func noPIN() {
    #expect(inspect(PDF.text("(PIN 9999999999999999) Tj"), pin: nil) == .fine(hasText: true))
    #expect(inspect(PDF.text("(PIN 9999999999999999) Tj"), pin: "") == .fine(hasText: true))
  }

  @Test("what is no PDF, too small, too large or cut off is named")
  func broken() {
    let page = Array(String(repeating: "<p>We are sorry</p>", count: 100).utf8)
    #expect(problems(page) == ["it does not begin with %PDF"])
    #expect(problems([]) == ["it does not begin with %PDF"])
    #expect(problems(Array("%PDF-1.4\n%%EOF\n".utf8)) == ["15 bytes is no label's size"])
    let whole = PDF.text("(PIN 7000000000000017) Tj")
    let large =
      Array(whole.prefix(9)) + [UInt8](repeating: 32, count: 1_000_000) + whole.dropFirst(9)
    #expect(problems(large).first?.hasSuffix("is no label's size") == true)
    for count in stride(from: 1_000, to: whole.count - 7, by: 7) {
      #expect(!problems(Array(whole.prefix(count))).isEmpty, "\(count) of \(whole.count)")
    }
    var moved = whole
    moved.insert(contentsOf: Array("oops".utf8), at: 20)
    #expect(problems(moved) == ["its cross-reference is not where it says"])
  }

  @Test("a damaged stream, and one that would fill the memory, do no harm")
  func hostile() {
    var packed = PDF.deflated(Array("BT (PIN 7000000000000017) Tj ET".utf8))
    packed[12] ^= 0x55
    let damaged = PDF.make([PDF.Stream(dictionary: "/Filter/FlateDecode", content: packed)])
    #expect(problems(damaged) == ["a stream of it is damaged"])
    for text in ["((((((", "<<<<<<", "(\\", "<4", "[[[[", "BI ID xxxx", "%", "/", "(\\9\\777) Tj"] {
      let pdf = PDF.make([PDF.Stream(content: Array(text.utf8))])
      #expect(inspect(pdf) == .fine(hasText: false), "\(text)")
    }
    let many = PDF.make(Array(repeating: PDF.Stream(content: [65]), count: 600))
    #expect(inspect(many) == .fine(hasText: false))
  }

  @Test("bytes at random never trap")
  func random() {
    var generator = SystemRandomNumberGenerator()
    let whole = PDF.text("(PIN 7000000000000017) Tj")
    for _ in 0..<2_000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...20, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = generator.next()
      }
      _ = inspect(bytes)
    }
  }

  @Test("a printer's program is checked as text")
  func zpl() {
    let padding = String(repeating: "^FX comment ^FS\n", count: 80)
    let whole = "^XA^FO40,40^FDPIN 7000 0000 0000 0017^FS\n\(padding)^XZ\n"
    #expect(inspect(Array(whole.utf8)) == .fine(hasText: true))
    #expect(problems(Array(whole.utf8.dropLast(5))) == ["it is cut off: no ^XZ"])
    #expect(problems(Array(whole.utf8), pin: "12345678901").count == 1)
  }
}
