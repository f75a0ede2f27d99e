import Testing
import Web

@Suite struct MarkupTests {
  @Test func textIsEscapedWhereverItGoes() {
    let hostile = "</p><script>\"'&\u{0}\u{1b}\u{202e}x"
    let html = Tag.p { hostile }.html
    #expect(html == "<p>&lt;/p&gt;&lt;script&gt;&quot;&#39;&amp;\u{fffd}\u{fffd}\u{fffd}x</p>")
    #expect(Markup(hostile).html.contains("&lt;script&gt;"))
  }

  @Test func elementsNestAndVoidOnesHaveNoEnd() {
    let html = Tag.div {
      "a"
      for i in 1...2 { Tag.span { "\(i)" } }
      Tag.input()
    }.html
    #expect(html == "<div>a<span>1</span><span>2</span><input></div>")
  }
}
