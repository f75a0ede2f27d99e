import Conversations
import Testing

@Suite("Texts of messages")
struct TextTests {
  @Test(
    "bodies are read whatever they were written in",
    arguments: [
      ("Hello\r\nthere", "Hello\nthere"),
      ("<p>One</p><p>Two &amp; three</p>", "One\nTwo & three"),
      ("a &lt;b&gt; c<br/>d", "a <b> c\nd"),
      ("my <laptop> is < 5 years old", "my <laptop> is < 5 years old"),
      ("<html><head><style>p{}</style><title>x</title></head><body>Hi</body></html>", "Hi"),
      ("<script>alert('</p>')</script>fine", "fine"),
      ("<a href=\"javascript:alert(1)\" title='>'>click</a>", "click"),
      ("<!-- hidden -->seen", "seen"), ("a\u{202E}b\u{0007}c", "ab c"),
      ("&eacute;t&#233; &#x1F600; &unknown; & co", "été 😀 &unknown; & co"),
      ("<img src=x onerror=alert(1)>", ""), ("a\n\n\n\nb", "a\n\nb"), ("<p", "<p"),
      ("<a title=\"never closed>x", "x"),
    ])
  func plain(_ body: String, _ text: String) {
    #expect(MessageText.plain(body) == text)
  }

  @Test("what was sent and what comes back are the same words")
  func comparable() {
    let text = "Hello,\n\nit's  on its way <3 & fine.\r\nBye"
    #expect(MessageText.comparable(MessageText.wire(text)) == MessageText.comparable(text))
    #expect(
      MessageText.comparable("<p>Hello,<br>it's on its way &lt;3 &amp; fine. Bye</p>")
        == MessageText.comparable(text))
  }

  @Test("any bytes are read without trouble, and in time that grows with them only")
  func hostile() async {
    for piece in ["<", "&", "<a ", "<!--", "\"", "<script>", "&#", "</", "<p title='"] {
      let body = String(repeating: piece, count: 50_000)
      #expect(MessageText.plain(body).count <= MessageText.charactersMax)
      // Other tests, whose calls have deadlines, wait for their turn.
      await Task.yield()
    }
  }

  @Test(
    "names of files lead nowhere",
    arguments: [
      ("../../etc/passwd", "passwd"), ("C:\\temp\\a.pdf", "a.pdf"), ("", "file"), ("...", "file"),
      ("a\u{202E}gnp.exe", "agnp.exe"), ("<b>.pdf", "_b_.pdf"), (".hidden", "hidden"),
    ])
  func names(_ given: String, _ name: String) {
    #expect(AttachmentRules.name(given) == name)
  }

  @Test("a name's length is bounded and keeps its ending")
  func longName() {
    let name = AttachmentRules.name(String(repeating: "é", count: 5_000) + ".pdf")
    #expect(name.count == 100 && name.hasSuffix(".pdf"))
  }

  @Test("variables are filled, fall back, or are named")
  func templates() throws {
    let values: [ReplyVariable: String] = [.orderID: "W1", .customerFirstName: "Zoé"]
    #expect(
      try ReplyTemplate.render("{{order.id}} {{ customer.first_name | you }}", values) == "W1 Zoé")
    #expect(try ReplyTemplate.render("Hi {{agent.name | there}}", values) == "Hi there")
    let missing = #expect(throws: ReplyTemplate.Unresolved.self) {
      try ReplyTemplate.render("{{tracking.url}} {{nobody}} {{tracking.url}}", values)
    }
    #expect(missing?.names == ["tracking.url", "nobody"])
    #expect(ReplyTemplate.problem("Hi {{order.id}}") == nil)
    for wrong in [
      "{{nobody}} here", "half {{ of it", "other }} half", "x", "This is an automatic reply",
    ] {
      #expect(ReplyTemplate.problem(wrong) != nil, "\(wrong)")
    }
  }

  @Test("languages are told apart")
  func languages() {
    #expect(MessageLanguage.guess("Bonjour, où est ma commande?") == .french)
    #expect(MessageLanguage.guess("Hello, where is my order?") == .english)
    #expect(MessageLanguage.guess("12345", locale: "fr_CA") == .french)
    #expect(MessageLanguage.guess("") == .english)
  }
}
