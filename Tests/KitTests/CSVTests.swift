import Kit
import Testing

@Suite struct `CSV` {
  private func read(_ text: String, separator: Character = ",", piece: Int = 1_000)
    -> [CSVReader.Row]
  {
    var reader = CSVReader(separator: separator)
    var rows: [CSVReader.Row] = []
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: piece) {
      rows += reader.take(bytes[start..<min(start + piece, bytes.count)])
    }
    return rows + reader.finish()
  }

  @Test(arguments: [1, 2, 3, 1_000])
  func `reads what RFC 4180 says, however it arrives`(piece: Int) {
    let text = "\u{FEFF}a,b\r\n\"x,\"\"y\"\"\",\"two\r\nlines\"\r\n,\r\n\r\nlast,é"
    let rows = read(text, piece: piece)
    #expect(
      rows.map(\.fields) == [
        ["a", "b"], ["x,\"y\"", "two\r\nlines"], ["", ""], ["last", "é"],
      ])
    #expect(rows.map(\.line) == [1, 2, 4, 6])
    #expect(rows.allSatisfy { $0.problem == nil })
  }

  @Test func `a bad row is named with its line, and the next one is read`() {
    let rows = read("a,b\n\"x\"y,1\nfine,2\n")
    #expect(rows.map(\.line) == [1, 2, 3])
    #expect(rows[1].problem == "a quote in the middle of a cell")
    #expect(rows[2].fields == ["fine", "2"])
  }

  @Test func `bytes that are no text, and a NUL, are problems of their row`() {
    var reader = CSVReader()
    let rows = reader.take([0x61, 0xFF, 0x0A, 0x62, 0x00, 0x0A, 0x63, 0x0A])
    #expect(rows.map { $0.problem == nil } == [false, false, true])
  }

  @Test func `a quote that is never closed is named`() {
    let rows = read("a\n\"open\nmore\n")
    #expect(rows.last?.problem == "a quote is never closed")
    #expect(rows.last?.line == 2)
  }

  @Test func `a cell without end is refused and not kept`() {
    let rows = read(String(repeating: "x", count: 1 << 20) + ",1\nfine\n")
    #expect(rows[0].problem == "a cell is longer than \(CSVReader.fieldBytesMax) bytes")
    #expect(rows[1].fields == ["fine"])
  }

  @Test func `what is written is read back, and no cell runs in a spreadsheet`() {
    let cells = ["plain", "a,b", "say \"hi\"", "two\nlines", "", "=1+1", "+cmd", "-5", "@x", "é"]
    let rows = read(CSVWriter.row(cells))
    #expect(
      rows.first?.fields == [
        "plain", "a,b", "say \"hi\"", "two\nlines", "", "'=1+1", "'+cmd", "-5", "'@x", "é",
      ])
  }
}
