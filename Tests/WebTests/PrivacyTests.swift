import HTTP
import Kit
import Ledger
import People
import Testing
import Web

/// What a role without customers' data learns by no page.
@Suite(.serialized) struct PrivacyTests {
  private static let rows = """
    insert into conversations (mirakl_thread_id, shop_id, topic, customer_name, order_id, status,
      needs_person)
    values ('t1', 'shop', 'Keyboards for 12 Main St', 'Zelda Sampleton', 'order-1', 'unread',
      'nobody knows whether it arrived');
    insert into conversations (mirakl_thread_id, shop_id, topic, marketplace_order_id, status)
    values ('t2', 'shop', 'An order of tomorrow', 'order-9000', 'read');
    insert into messages (conversation_id, sender_type, body, text)
    select id, 'customer', 'my gate code is tulip', 'my gate code is tulip' from conversations
    where mirakl_thread_id = 't1';
    select refresh_conversations(array_agg(id)) from conversations;
    insert into bookings (order_id, business_id, source, customer_name, customer_phone, notes,
      principal, fingerprint, fingerprint_window, request_sha256, correlation_id, created_at,
      updated_at)
    values ('order-2', 'shop', 'manual', 'Zelda Sampleton', '902-555-0199',
      'ring at the tulip gate', 'test', '\\x00', 0, '\\x00', 'c', now(), now());
    """

  /// Whether a page of the inbox lists the conversation.
  private func finds(_ words: String, _ browser: Browser, view: String = "all") async -> Bool {
    let page = await browser.get("/inbox?view=\(view)&q=" + PercentEncoding.encode(words))
    #expect(page.status == 200)
    return text(page).contains("data-thread=")
  }

  @Test func aSearchTellsAViewerNothingOfWhatCustomersSay() async throws {
    try await withSite(more: Self.rows) { site, ledger in
      let agent = try await Browser(site).signedIn("ola", .agent, ledger)
      let viewer = try await Browser(site).signedIn("viv", .viewer, ledger)
      for words in ["tulip", "sampleton", "keyboards"] {
        #expect(await finds(words, agent), "\(words)")
        #expect(await !finds(words, viewer), "\(words)")
      }
      #expect(await finds("order-1", agent))
      #expect(await finds("order-1", viewer))
      #expect(await finds("order-1", viewer, view: "unread"))
      #expect(await !finds("order-1", viewer, view: "archived"))
      // Also an order that we do not know yet.
      #expect(await finds("order-9000", agent))
      #expect(await finds("order-9000", viewer))
    }
  }

  @Test func aConversationsTopicIsTheCustomersWords() async throws {
    try await withSite(more: Self.rows) { site, ledger in
      let agent = try await Browser(site).signedIn("ola", .agent, ledger)
      let viewer = try await Browser(site).signedIn("viv", .viewer, ledger)
      let id = try #require(try await ledger.threads(about: "order-1").first?.id)
      for path in ["/", "/inbox", "/inbox/\(id)", "/orders/order-1", "/orders/order-1.json"] {
        let page = text(await viewer.get(path))
        for words in ["Main St", "Sampleton", "tulip"] {
          #expect(!page.contains(words), "\(path): \(words)")
        }
        guard !path.hasSuffix(".json") else { continue }
        #expect(page.contains("Conversation \(id)"), "\(path)")
        #expect(text(await agent.get(path)).contains("Keyboards for 12 Main St"), "\(path)")
      }
    }
  }

  @Test func aBookingsNotesAreTheCustomersWords() async throws {
    try await withSite(more: Self.rows) { site, ledger in
      let agent = try await Browser(site).signedIn("ola", .agent, ledger)
      let viewer = try await Browser(site).signedIn("viv", .viewer, ledger)
      #expect(text(await agent.get("/orders/order-2")).contains("ring at the tulip gate"))
      let page = text(await viewer.get("/orders/order-2"))
      #expect(page.contains("<dt>Notes</dt>"))
      #expect(!page.contains("tulip") && !page.contains("Sampleton"))
    }
  }

  @Test func anOrdersStoryNamesWhoActedAndNotFromWhere() async throws {
    try await withSite { site, ledger in
      let boss = try await Browser(site).signedIn("boss", .owner, ledger)
      let reason = [("reason", "a wrong address")]
      #expect(
        await boss.post("/orders/order-1/hold", from: "/orders/order-1", reason).status == 303)
      let viewer = try await Browser(site).signedIn("viv", .viewer, ledger)
      for path in ["/orders/order-1", "/orders/order-1.json"] {
        let page = text(await viewer.get(path))
        #expect(page.contains("boss: a wrong address"), "\(path)")
        #expect(!page.contains("192.0.2.1"), "\(path)")
      }
      // The trail, which owners read, keeps it.
      #expect(text(await boss.get("/people/audit")).contains("192.0.2.1"))
    }
  }
}
