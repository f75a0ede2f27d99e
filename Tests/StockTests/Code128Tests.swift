import Stock
import Testing

@Suite struct `Code 128` {
  /// Modules as a row of bits, as a scanner sees them.
  private func bits(_ widths: [Int]) -> String {
    var text = ""
    for (index, width) in widths.enumerated() {
      text += String(repeating: index % 2 == 0 ? "1" : "0", count: width)
    }
    return text
  }

  @Test func `begins with its start, ends with its stop, and is whole symbols`() {
    for text in ["A", "Hello world", "2001000000014", "NB-T14", "1234", "12345", "a1234567b"] {
      let widths = Code128.bars(text) ?? []
      let row = bits(widths)
      #expect(row.count % 11 == 2, "\(text)")
      #expect(row.hasSuffix("1100011101011"), "\(text)")
      let starts = ["11010010000", "11010011100"]
      #expect(starts.contains { row.hasPrefix($0) }, "\(text)")
    }
  }

  /// Read back symbol by symbol: what a scanner would say.
  @Test(
    arguments: [
      "A", "Hello, world! ~", "2001000000014", "NB-T14", "1234", "12345", "a1234567b", "99",
      "AB12CD3456EF789012", "0", "00000000", "x12345678", "12345678x", "1 2 3",
    ])
  func `reads back as it was written`(text: String) {
    let widths = Code128.bars(text) ?? []
    #expect(Scanner.read(widths) == text)
  }

  @Test func `even digits take half the room`() {
    #expect((Code128.bars("20010000000148") ?? []).reduce(0, +) == 11 * 9 + 13)
    #expect((Code128.bars("ABCDEFG") ?? []).reduce(0, +) == 11 * 9 + 13)
  }

  @Test func `what no scanner could send is no barcode`() {
    #expect(Code128.bars("") == nil)
    #expect(Code128.bars("é") == nil)
    #expect(Code128.bars("a\tb") == nil)
    #expect(Code128.bars(String(repeating: "1", count: 81)) == nil)
  }
}

/// A decoder that knows the code from the other side: from the checksum to the text.
private enum Scanner {
  /// The widths of every symbol, learned from single characters: set B is ASCII in order.
  static func symbols(_ widths: [Int]) -> [[Int]] {
    stride(from: 0, to: widths.count - 7, by: 6).map { Array(widths[$0..<$0 + 6]) }
  }

  static func read(_ widths: [Int]) -> String? {
    guard widths.count > 19 else { return nil }
    var table: [[Int]: Int] = [:]
    for byte in UInt8(32)...126 {
      guard let one = Code128.bars(String(UnicodeScalar(byte))) else { return nil }
      table[symbols(one)[1]] = Int(byte) - 32
    }
    // Set C gives the values that set B's characters do not reach, two digits each.
    for pair in 0..<100 {
      let digits = pair < 10 ? "0\(pair)" : "\(pair)"
      guard let two = Code128.bars(digits + digits) else { return nil }
      table[symbols(two)[1]] = pair
    }
    let all = symbols(widths)
    table[[2, 1, 1, 2, 1, 4]] = 104
    table[[2, 1, 1, 2, 3, 2]] = 105
    // FNC 4 in set B: the way to B from C.
    table[[1, 1, 4, 1, 3, 1]] = 100
    let values = all.compactMap { table[$0] }
    guard values.count == all.count, let check = values.last else { return nil }
    var sum = values[0]
    for (place, value) in values.dropLast().enumerated().dropFirst() { sum += place * value }
    guard sum % 103 == check else { return nil }
    var isC = values[0] == 105
    var text = ""
    for value in values.dropFirst().dropLast() {
      if isC, value == 100 {
        isC = false
      } else if isC {
        text += value < 10 ? "0\(value)" : "\(value)"
      } else if value == 99 {
        isC = true
      } else {
        text.unicodeScalars.append(UnicodeScalar(UInt8(value + 32)))
      }
    }
    return text
  }
}
