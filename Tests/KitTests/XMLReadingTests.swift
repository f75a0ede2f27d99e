import Testing
import XML

@Suite("Reading XML")
struct XMLReadingTests {
  private func parse(
    _ text: String, _ limits: XMLLimits = XMLLimits()
  ) throws(XMLError) -> XMLElement { try XMLElement.parse(Array(text.utf8), limits: limits) }

  private func refusal(_ text: String, _ limits: XMLLimits = XMLLimits()) -> XMLError.Code? {
    refusal(Array(text.utf8), limits)
  }

  private func refusal(_ bytes: [UInt8], _ limits: XMLLimits = XMLLimits()) -> XMLError.Code? {
    do {
      _ = try XMLElement.parse(bytes, limits: limits)
      return nil
    } catch { return error.code }
  }

  @Test("a carrier's answer is read as a tree of values")
  func tree() throws {
    let root = try parse(
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <!-- a comment --><?target data?>
      <shipment-info xmlns="http://www.canadapost.ca/ws/shipment-v8" xmlns:x="urn:x">
        <shipment-id> 340531309186521749 </shipment-id>
        <links>
          <link rel="self" href="https://c/1?a=1&amp;b=2" media-type="application/xml" x:rel="no"/>
          <link rel="label" href="https://c/2"></link>
        </links>
        <name>Éloïse &lt;&#x41;&#66;&gt;<![CDATA[ <raw> & ]]></name>
        <x:other>1</x:other>
      </shipment-info>
      """)
    #expect(root.localName == "shipment-info")
    #expect(root.namespace == "http://www.canadapost.ca/ws/shipment-v8")
    #expect(root.first("shipment-id")?.text == "340531309186521749")
    #expect(root.path("links", "link")?["href"] == "https://c/1?a=1&b=2")
    #expect(root.first("links")?.all("link").compactMap { $0["rel"] } == ["self", "label"])
    #expect(root.first("name")?.text == "Éloïse <AB> <raw> &")
    #expect(root.first("other")?.namespace == "urn:x")
    #expect(root.first("none") == nil)
    #expect(root.path("links", "none", "link") == nil)
    #expect(root.text(of: "shipment-id") == "340531309186521749")
    #expect(root.text == "")
    #expect(root.children.count == 4)
  }

  @Test("an element without a namespace has none")
  func noNamespace() throws {
    let root = try parse("<a xmlns:p='urn:p'><p:b/><c xmlns='urn:c'><d xmlns=''/></c></a>")
    #expect(root.namespace == nil)
    #expect(root.first("b")?.namespace == "urn:p")
    #expect(root.path("c")?.namespace == "urn:c")
    #expect(root.path("c", "d")?.namespace == nil)
  }

  @Test(
    "any document type is refused: entity bombs, outside entities, even an empty one",
    arguments: [
      "<!DOCTYPE a><a/>",
      "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
      "<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/evil.dtd\"><a/>",
      "<!DOCTYPE a PUBLIC \"-//X//Y\" \"http://127.0.0.1:1/evil.dtd\"><a/>",
      "<!DOCTYPE a [<!ENTITY % p SYSTEM \"http://127.0.0.1:1/p\"> %p;]><a/>",
      """
      <?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
      <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">
      <!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;">]><lolz>&e;</lolz>
      """,
      "<!DOCTYPE a [<!ATTLIST a b CDATA \"default\">]><a/>",
    ])
  func doctype(text: String) {
    #expect(refusal(text) == .doctype)
  }

  @Test(
    "what is not well formed is refused",
    arguments: [
      "", " ", "text", "<a>", "<a", "<", "</a>", "<a></b>", "<a/><b/>", "<a/>text", "<a b=1/>",
      "<a b='1' b='2'/>", "<a><b></a></b>", "<a>&nbsp;</a>", "<a>&undefined;</a>", "<a>&#0;</a>",
      "<a>&#xD800;</a>", "<a>&#x110000;</a>", "<a>&#99999999999;</a>", "<a>& </a>", "<a>]]></a>",
      "<a b='<'/>", "<p:a/>", "<a p:b='1'/>", "<1a/>", "<a>\u{1}</a>", "<!-- -- --><a/>",
      "<?xml version='1.0'?>", "<a xmlns:p=''><p:b/></a>", "<a><?xml version='1.0'?></a>",
      "{\"not\":\"xml\"}", "<html><br></html>",
    ])
  func malformed(text: String) {
    #expect(refusal(text) == .malformed)
  }

  @Test("an error tells the line and is one line itself")
  func place() {
    #expect { try parse("<a>\n<b>\n</c>\n</a>") } throws: { error in
      guard let error = error as? XMLError else { return false }
      return error.line == 3 && "\(error)".contains("line 3") && !error.detail.contains("\n")
    }
  }

  @Test("depth, number of elements and size have limits")
  func limits() {
    func nested(_ depth: Int) -> String {
      String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)
    }
    #expect(refusal(nested(32)) == nil)
    #expect(refusal(nested(33)) == .tooDeep)
    #expect(refusal(nested(200_000)) == .tooDeep)
    #expect(refusal(nested(200_000), XMLLimits(depth: .max)) != nil)
    let wide = "<a>" + String(repeating: "<b/>", count: 1_000) + "</a>"
    #expect(refusal(wide, XMLLimits(elements: 1_001)) == nil)
    #expect(refusal(wide, XMLLimits(elements: 1_000)) == .tooManyElements)
    #expect(refusal("<a/>", XMLLimits(bytes: 3)) == .tooLong)
  }

  @Test("UTF-8 and ISO-8859-1 are read")
  func encodings() throws {
    #expect(try XMLElement.parse([0xEF, 0xBB, 0xBF] + Array("<a>é</a>".utf8)).text == "é")
    let latin =
      Array("<?xml version='1.0' encoding='ISO-8859-1'?><a>".utf8) + [0xE9] + Array("</a>".utf8)
    #expect(try XMLElement.parse(latin).text == "é")
    #expect(try parse("<?xml version=\"1.0\" encoding = 'utf-8' ?><a>é</a>").text == "é")
  }

  @Test("other encodings, and bytes that are not in the one declared, are refused")
  func wrongEncodings() {
    for name in [
      "UTF-16", "UTF-7", "windows-1252", "ISO-2022-CN-EXT", "EBCDIC-CP-US", "nonsense", "",
    ] {
      #expect(refusal("<?xml version=\"1.0\" encoding=\"\(name)\"?><a/>") == .encoding, "\(name)")
    }
    let utf16: [UInt8] = Array("<a/>".utf16).flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
    #expect(refusal([0xFE, 0xFF] + utf16) == .encoding)
    #expect(refusal(utf16) == .encoding)
    #expect(refusal([0xFF, 0xFE, 0x3C, 0, 0x61, 0]) == .encoding)
    for bad in [
      [0xE9], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82],
    ]
      as [[UInt8]]
    {
      let bytes = Array("<a>".utf8) + bad + Array("</a>".utf8)
      #expect(refusal(bytes) == .encoding || refusal(bytes) == .malformed, "\(bad)")
    }
    #expect(refusal(Array("<a>x".utf8) + [0] + Array("</a>".utf8)) != nil)
  }

  @Test("a document cut anywhere is refused, and one with changed bytes does no harm")
  func mutations() throws {
    let text = Array(
      "<?xml version=\"1.0\"?><a xmlns=\"urn:a\"><b c=\"d&amp;\">é<![CDATA[x]]></b></a>".utf8)
    for count in 0..<text.count { #expect(refusal(Array(text.prefix(count))) != nil) }
    var generator = Seeded(state: 11)
    for _ in 0..<10_000 {
      var changed = text
      let at = Int.random(in: 0..<changed.count, using: &generator)
      changed[at] = UInt8.random(in: 0...255, using: &generator)
      _ = refusal(changed)
    }
  }

  @Test("many tasks read at once")
  func concurrency() async {
    await withTaskGroup(of: Bool.self) { group in
      for number in 0..<8 {
        group.addTask {
          (0..<300).allSatisfy { _ in
            let root = try? XMLElement.parse(
              Array("<a xmlns='urn:\(number)'><b>\(number)</b></a>".utf8))
            let bad = try? XMLElement.parse(Array("<a><b></a>".utf8))
            return root?.first("b")?.text == "\(number)" && root?.namespace == "urn:\(number)"
              && bad == nil
          }
        }
      }
      for await fine in group { #expect(fine) }
    }
  }
}
