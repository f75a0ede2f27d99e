import Kit
import Testing

@Suite("Writing JSON")
struct JSONWritingTests {
  @Test("members keep their order")
  func order() {
    let json: JSON = ["b": 1, "a": [true, nil, "x"], "c": .decimal("12.30"), "d": .raw("{ }")]
    #expect(json.text == #"{"b":1,"a":[true,null,"x"],"c":12.30,"d":{ }}"#)
    #expect(JSON.object([]).text == "{}")
    #expect(JSON.array([]).text == "[]")
  }

  @Test(
    "whatever is written is read back as it was",
    arguments: [
      "", "plain", "\"quoted\" \\ back", "\u{0}\u{1}\u{1f}\u{7f}", "line\nline\r\ttab",
      "é😀\u{2028}",
      "</script>", String(repeating: "\\", count: 1_000),
    ])
  func roundTrip(text: String) throws {
    let value = try JSONValue.parse(JSON.object([(text, .string(text))]).bytes)
    #expect(value.members.first?.key == text)
    #expect(value[text]?.string == text)
  }

  @Test("people get two spaces a level")
  func pretty() {
    let json: JSON = ["a": [1, ["b": "c"]], "empty": [], "none": [:]]
    #expect(
      json.pretty == """
        {
          "a": [
            1,
            {
              "b": "c"
            }
          ],
          "empty": [],
          "none": {}
        }
        """)
  }

  @Test("what was read is written untouched")
  func fromValue() throws {
    let value = try JSONValue.parse(Array(#"{"a": 1.50}"#.utf8))
    #expect(JSON(value).text == #"{"a": 1.50}"#)
  }
}
