/// A small but real PDF of one page: fonts, a content stream with the tracking number as text and
/// its bars as rectangles, a cross-reference table whose offsets are right.
struct LabelPDF {
  let width: Int
  let height: Int
  let isDeflated: Bool

  func bytes(lines: [String], bars: String) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(4096)
    var offsets: [Int] = []
    func add(_ text: String) { out.append(contentsOf: text.utf8) }
    func object(_ text: String) {
      offsets.append(out.count)
      add("\(offsets.count) 0 obj\n\(text)\nendobj\n")
    }
    add("%PDF-1.4\n")
    out.append(contentsOf: [0x25, 0xe2, 0xe3, 0xcf, 0xd3, 0x0a])
    object("<</Type/Catalog/Pages 2 0 R>>")
    object("<</Type/Pages/Kids[3 0 R]/Count 1>>")
    object(
      "<</Type/Page/Parent 2 0 R/MediaBox[0 0 \(width) \(height)]/Contents 4 0 R"
        + "/Resources<</Font<</F1 5 0 R/F2 6 0 R>>>>>>")
    let plain = content(lines: lines, bars: bars)
    let stream = isDeflated ? Self.stored(plain) : plain
    offsets.append(out.count)
    let filter = isDeflated ? "/Filter/FlateDecode" : ""
    add("4 0 obj\n<</Length \(stream.count)\(filter)>>\nstream\n")
    out.append(contentsOf: stream)
    add("\nendstream\nendobj\n")
    object("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
    object("<</Type/Font/Subtype/Type1/BaseFont/Courier-Bold/Encoding/WinAnsiEncoding>>")
    let table = out.count
    add("xref\n0 \(offsets.count + 1)\n0000000000 65535 f \n")
    for offset in offsets {
      let digits = "\(offset)"
      add(String(repeating: "0", count: 10 - digits.utf8.count) + digits + " 00000 n \n")
    }
    add("trailer\n<</Size \(offsets.count + 1)/Root 1 0 R>>\nstartxref\n\(table)\n%%EOF\n")
    return out
  }

  private func content(lines: [String], bars: String) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(2048)
    func add(_ text: String) { out.append(contentsOf: text.utf8) }
    add("1 w 12 12 \(width - 24) \(height - 24) re S\n")
    var x = 40
    for digit in bars.utf8 {
      let value = Int(digit &- 48)
      for bit in 0..<4 {
        let thick = (value >> bit) & 1 == 1
        add("\(x) 60 \(thick ? 2 : 1) 70 re f\n")
        x += thick ? 4 : 2
      }
    }
    var y = height - 40
    for (index, line) in lines.enumerated() {
      add("BT /\(index < 2 ? "F2" : "F1") \(index == 0 ? 14 : 9) Tf 24 \(y) Td (")
      Self.append(line, &out)
      add(") Tj ET\n")
      y -= index == 0 ? 22 : 14
    }
    return out
  }

  /// A string of the Windows Latin character set, escaped; what it lacks becomes a question mark.
  private static func append(_ text: String, _ out: inout [UInt8]) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "(", ")", "\\":
        out.append(UInt8(ascii: "\\"))
        out.append(UInt8(scalar.value))
      case _ where scalar.value < 32: out.append(UInt8(ascii: " "))
      case "œ": out.append(0x9c)
      case "Œ": out.append(0x8c)
      case "’": out.append(0x92)
      case _ where scalar.value < 127 || (160...255).contains(scalar.value):
        out.append(UInt8(scalar.value))
      default: out.append(UInt8(ascii: "?"))
      }
    }
  }

  /// The zlib format with a stored block: inflates to `bytes` without any compression.
  private static func stored(_ bytes: [UInt8]) -> [UInt8] {
    let size = bytes.count
    var out: [UInt8] = [0x78, 0x01, 0x01]
    out.reserveCapacity(size + 16)
    out.append(contentsOf: [UInt8(size & 0xff), UInt8(size >> 8 & 0xff)])
    out.append(contentsOf: [UInt8(~size & 0xff), UInt8(~size >> 8 & 0xff)])
    out.append(contentsOf: bytes)
    var low: UInt32 = 1
    var high: UInt32 = 0
    for byte in bytes {
      low += UInt32(byte)
      if low >= 65521 { low -= 65521 }
      high += low
      if high >= 65521 { high -= 65521 }
    }
    let sum = high << 16 | low
    for shift in [24, 16, 8, 0] as [UInt32] { out.append(UInt8(sum >> shift & 0xff)) }
    return out
  }
}
