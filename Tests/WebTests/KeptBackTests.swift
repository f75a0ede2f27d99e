import HTTP
import Kit
import Ledger
import People
import Testing
import Web

/// An order that the shop's policy keeps back.
@Suite(.serialized) struct KeptBackTests {
  private static let rows = """
    insert into orders (order_id, shop_id, status, status_since, parked_reason, marketplace_state,
      marketplace_seen_at, raw_order_data, raw_order_digest, created_at, updated_at)
    select id, 'shop', 'parked', now(), 'short stock: 2 of RAM', state, now(),
      jsonb_build_object('order_id', id, 'order_state', state, 'currency_iso_code', 'CAD',
        'created_date', '2026-01-01T10:00:00Z', 'order_lines', jsonb_build_array(
          jsonb_build_object('order_line_id', id || '-1', 'order_line_index', 1,
            'offer_sku', 'LAP', 'quantity', 1))),
      '\\x00', now(), now()
    from (values ('kept', 'WAITING_ACCEPTANCE'), ('staged', 'STAGING')) as o (id, state);
    """

  @Test func aPersonHasItAcceptedFromItsPage() async throws {
    try await withSite(more: Self.rows) { site, ledger in
      let owner = try await Browser(site).asFirstOwner()
      let page = text(await owner.get("/orders/kept"))
      #expect(page.contains("action=\"/orders/kept/accept\""))
      #expect(page.contains("It was kept back: short stock: 2 of RAM."))
      #expect(await owner.post("/orders/kept/accept", []).status == 303)
      let after = text(await owner.get("/orders/kept"))
      #expect(after.contains("It is accepted as it is"))
      #expect(!after.contains("/accept\""))
      #expect(try await ledger.order("kept")?.statusName == "pending_acceptance")
      let acts = try await ledger.audit(subject: "order:kept", limit: 10)
      #expect(acts.map(\.action) == ["order.accept"])
      // It was taken on already.
      #expect(await owner.post("/orders/kept/accept", []).status == 409)
    }
  }

  @Test func onlyWhatTheMarketplaceWaitsForCanBeAcceptedAndOnlyByWhoActsOnOrders() async throws {
    try await withSite(more: Self.rows) { site, ledger in
      let owner = try await Browser(site).asFirstOwner()
      #expect(!text(await owner.get("/orders/staged")).contains("/accept\""))
      #expect(await owner.post("/orders/staged/accept", []).status == 409)
      #expect(try await ledger.order("staged")?.statusName == "parked")
      let packer = try await Browser(site).signedIn("kim", .packer, ledger)
      #expect(!text(await packer.get("/orders/kept")).contains("/accept\""))
      #expect(await packer.post("/orders/kept/accept", []).status == 403)
      #expect(try await ledger.order("kept")?.statusName == "parked")
    }
  }
}
