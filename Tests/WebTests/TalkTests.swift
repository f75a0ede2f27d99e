import HTTP
import Kit
import Ledger
import Operations
import Synchronization
import Testing
import Web

@Suite("The page of a conversation", .serialized) struct TalkTests {
  /// A desk that says whatever a hostile model would, and remembers what it heard.
  private final class Heard: Sendable {
    private let all = Mutex<[(session: String, words: String)]>([])
    func add(_ session: String, _ words: String) { all.withLock { $0.append((session, words)) } }
    var words: [String] { all.withLock { $0.map(\.words) } }
    var sessions: Set<String> { Set(all.withLock { $0.map(\.session) }) }
  }

  private func desk(_ heard: Heard, isAsking: Bool) -> TalkDesk {
    let lines = [
      TalkLine(.customer, "two <teas>"),
      TalkLine(.assistant, "<script>alert(1)</script>\u{202e}\" onclick=\"x"),
      TalkLine(.question, "Total: 9.00 CAD\nBook this order?"),
    ]
    return TalkDesk(
      state: { _ in TalkState(lines: lines, isAsking: isAsking, standing: "Nothing is booked") },
      hear: { heard.add($0, $1) }, beginAnew: { heard.add($0, "(anew)") })
  }

  private func site(_ ledger: Ledger, _ desk: TalkDesk) -> Website {
    Website(
      Services(
        desk: Desk(ledger: ledger, shops: [], cycle: CycleSettings()), metrics: Metrics()),
      SiteSettings(title: "Demo", publicURL: "http://127.0.0.1:8080", rules: TestRules.quick),
      more: [.assistant(desk)])
  }

  @Test("a model's words are text, and only the shop's question has buttons")
  func shown() async throws {
    try await withSite { _, ledger in
      let browser = try await Browser(site(ledger, desk(Heard(), isAsking: true))).asFirstOwner()
      let page = text(await browser.get("/chat"))
      #expect(!page.contains("<script>alert") && !page.contains("\" onclick"))
      #expect(!page.contains("\u{202e}"))
      #expect(page.contains("two &lt;teas&gt;") && page.contains("Assistant (a model)"))
      #expect(page.contains("value=\"YES\"") && page.contains("value=\"NO\""))
      let other = Browser(site(ledger, desk(Heard(), isAsking: false)))
      #expect(await other.signIn("owner").status == 303)
      let calm = text(await other.get("/chat"))
      #expect(calm.contains("two &lt;teas&gt;") && !calm.contains("value=\"YES\""))
    }
  }

  @Test("what a customer says goes to the desk as it is, and from a form of ours only")
  func heard() async throws {
    try await withSite { _, ledger in
      let heard = Heard()
      let browser = try await Browser(site(ledger, desk(heard, isAsking: true))).asFirstOwner()
      let answer = await browser.post("/chat", from: "/chat", [("words", "two teas, please")])
      #expect(answer.status == 303 && answer.headers["Location"] == "/chat")
      #expect(await browser.submit("/chat", [("words", "YES")]).status == 403)
      #expect(await browser.post("/chat", from: "/chat", [("words", "")]).status == 400)
      let long = String(repeating: "x", count: 2_001)
      #expect(await browser.post("/chat", from: "/chat", [("words", long)]).status == 400)
      #expect(await browser.post("/chat/anew", from: "/chat", []).status == 303)
      #expect(heard.words == ["two teas, please", "(anew)"])
      #expect(heard.sessions.count == 1)
    }
  }
}
