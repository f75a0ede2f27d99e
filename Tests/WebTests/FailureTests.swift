import HTTP
import Kit
import Ledger
import People
import Testing
import Web

@Suite(.serialized) struct FailureTests {
  private static let rows = """
    insert into process_failures (process_name, order_id, details, created_at)
    values ('Pull', 'order-1', 'two shops show it', now() - interval '3 days');
    insert into conversations (mirakl_thread_id, shop_id, topic, status)
    values ('t1', 'shop', 'Late', 'unread');
    insert into process_failures (process_name, details, created_at)
    select 'CustomerService', 'a customer waits in conversation ' || id || ': it is old', now()
    from conversations;
    """

  @Test func whatIsOpenIsListedUntilSomebodySaysThatItIsDone() async throws {
    try await withSite(more: Self.rows) { site, ledger in
      let owner = try await Browser(site).asFirstOwner()
      #expect(text(await owner.get("/")).contains("3 failures are open"))
      let page = text(await owner.get("/failures"))
      #expect(page.contains("two shops show it") && page.contains(">order-1<"))
      #expect(page.contains(">Conversation "))
      let open = try await ledger.openFailures(limit: 10)
      #expect(open.map(\.orderID) == ["order-1", HostileTests.hostileID, nil])
      #expect(open.first?.age ?? .zero >= .hours(72))
      let id = try #require(open.first?.id)
      let done = await owner.post("/failures/\(id)/done", [])
      #expect(done.status == 303)
      #expect(!text(await owner.get("/failures")).contains("two shops show it"))
      #expect(text(await owner.get("/")).contains("2 failures are open"))
      #expect(await owner.post("/failures/\(id)/done", []).status == 409)
      let acts = try await ledger.audit(actor: nil, limit: 10).filter {
        $0.action == "failure.done"
      }
      #expect(acts.map(\.subject) == ["order:order-1"])
    }
  }

  @Test func whoMayNotActOnOrdersOnlyLooks() async throws {
    try await withSite(more: Self.rows) { site, ledger in
      let packer = try await Browser(site).signedIn("kim", .packer, ledger)
      let page = text(await packer.get("/failures"))
      #expect(page.contains("two shops show it"))
      #expect(!page.contains("/done\"") && !page.contains(">Conversation "))
    }
  }
}
