import Testing
import XML

@Suite("Writing XML")
struct XMLWritingTests {
  @Test("a document has a declaration, its namespace and its elements in order")
  func document() {
    let bytes = XMLWriter.document(root: "shipment", namespace: "urn:s") { w in
      w.element("service-code", "DOM.EP")
      w.element("sender") { w in
        w.optional("name", nil)
        w.optional("company", "Quay & Sons <\"1\">")
      }
      w.element("option", "1", attributes: [("code", "a\"<&\n")])
      w.empty("flag")
      w.element("nothing", "")
    }
    #expect(
      String(decoding: bytes, as: UTF8.self) == """
        <?xml version="1.0" encoding="UTF-8"?>
        <shipment xmlns="urn:s"><service-code>DOM.EP</service-code><sender>\
        <company>Quay &amp; Sons &lt;"1"&gt;</company></sender>\
        <option code="a&quot;&lt;&amp;&#10;">1</option><flag/><nothing></nothing></shipment>
        """)
  }

  @Test(
    "whatever text is written is read back, less what XML cannot hold",
    arguments: [
      ("a\u{0}b\u{1}c\u{B}d\u{1F}", "abcd"), ("]]>", "]]>"), ("é😀\u{FFFD}", "é😀\u{FFFD}"),
      ("x\u{FFFE}y\u{FFFF}z", "xyz"), ("a\r\nb\tc", "a\r\nb\tc"),
      ("<!DOCTYPE a>&x;", "<!DOCTYPE a>&x;"),
      ("\u{FFBE}\u{FFBF}\u{FBFF}", "\u{FFBE}\u{FFBF}\u{FBFF}"), ("<![CDATA[", "<![CDATA["),
    ])
  func roundTrip(text: String, expected: String) throws {
    let bytes = XMLWriter.document(root: "r") { w in
      w.element("t", text)
      w.element("a", "", attributes: [("v", text)])
    }
    let root = try XMLElement.parse(bytes)
    #expect(root.first("t")?.text == expected)
    #expect(root.first("a")?["v"] == expected)
  }

  @Test("every character of the basic plane is written so that it can be read")
  func everyCharacter() throws {
    for start in stride(from: UInt32(0), to: 0x11000, by: 0x400) {
      let scalars = (start..<(start + 0x400)).compactMap(Unicode.Scalar.init)
      var text = "."
      text.unicodeScalars += scalars
      text += "."
      let bytes = XMLWriter.document(root: "r") { $0.element("t", text) }
      #expect(throws: Never.self) { try XMLElement.parse(bytes) }
    }
  }
}
