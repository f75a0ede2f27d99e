import HTTP
import Kit
import Ledger
import People
import Testing
import Web

@Suite(.serialized) struct InboxRoomTests {
  private static let thread = """
    insert into conversations (mirakl_thread_id, shop_id, topic, customer_name, order_id, status)
    values ('t1', 'shop', 'Keyboards', 'Robin Example', 'order-1', 'unread');
    """

  @Test func aNoteIsWrittenOnceAForm() async throws {
    try await withSite(more: Self.thread) { site, ledger in
      let agent = try await Browser(site).signedIn("ola", .agent, ledger)
      let id = try #require(try await ledger.threads(about: "order-1").first?.id)
      let page = text(await agent.get("/inbox/\(id)"))
      let keys = formKeys(in: page)
      // Of the answer and of the note.
      #expect(keys.count == 2 && Set(keys).count == 2)
      let fields = [("note", "Prefers e-mail"), ("key", try #require(keys.last))]
      for _ in 0..<2 { #expect(await agent.post("/inbox/\(id)/note", fields).status == 303) }
      #expect(try await ledger.thread(id)?.notes.map(\.body) == ["Prefers e-mail"])
      #expect(
        try await ledger.audit(actor: "ola", limit: 50).count { $0.action == "inbox.note" } == 1)
      // Another form may say the same; one that is none of ours says nothing.
      #expect(
        await agent.post("/inbox/\(id)/note", [("note", "Prefers e-mail")]).status == 303)
      let odd = [("note", "Odd"), ("key", "no key of ours")]
      #expect(await agent.post("/inbox/\(id)/note", odd).status == 400)
      #expect(await agent.post("/inbox/999/note", fields).status == 400)
      #expect(try await ledger.thread(id)?.notes.count == 2)
    }
  }

  @Test func theSameWordsAgainAreNotSaidToBeOnTheirWay() async throws {
    try await withSite { site, ledger in
      let agent = try await Browser(site).signedIn("ola", .agent, ledger)
      let order = "/orders/order-1"
      func write() async throws -> String {
        let key = try #require(formKeys(in: text(await agent.get(order))).first)
        let answer = await agent.post(
          order + "/message",
          [("topic", "Your order"), ("body", "It leaves tomorrow."), ("key", key)])
        #expect(answer.status == 303)
        return text(await agent.get(try #require(answer.headers["Location"])))
      }
      #expect(try await write().contains("on its way"))
      let page = try await write()
      #expect(page.contains("not sent twice") && !page.contains("Your message is on its way"))
      #expect(try await ledger.threads(about: "order-1").map(\.messageCount) == [1])
    }
  }
}
