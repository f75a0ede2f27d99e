import Cryptography
import HTTP
import Kit
import Ledger
import Packing
import People
import Testing
import Web

@Suite(.serialized) struct LabelTests {
  private static let file = Array("%PDF-1.4 a label\n".utf8)

  /// An order with a label, whose file lies in `folder`.
  private static func order(_ folder: String) throws -> String {
    let path = "\(folder)/label.pdf"
    try AtomicFile.write(file, to: path)
    return """
      insert into orders (order_id, shop_id, status, status_since, marketplace_state,
        marketplace_seen_at, raw_order_data, raw_order_digest, created_at, updated_at)
      values ('L-1', 'shop', 'label_created', now(), 'SHIPPING', now(), '{}', '\\x00', now(), now());
      insert into order_lines (order_id, order_line_id, line_index, sku, quantity, title, raw_line_data)
      values ('L-1', 'L-1-1', 1, 'THING-1', 1, 'A thing', '{}');
      insert into shipments (order_id, status, request_id, tracking_pin, label_pdf_path,
        label_sha256, label_bytes, created_at, updated_at)
      values ('L-1', 'label_created', 'L-1', '7000000000000017', '\(path)',
        '\(SHA256.hex(SHA256.hash(file)))', \(file.count), now(), now());
      """
  }

  private func with(
    _ mode: PackingMode, _ body: (Browser, Website, Ledger) async throws -> Void
  ) async throws {
    let folder = try Folder.temporary("quayside-label-test")
    defer { Folder.remove(folder) }
    try await withSite(more: try Self.order(folder), packing: mode) { site, ledger in
      try await body(try await Browser(site).signedIn("kim", .packer, ledger), site, ledger)
    }
  }

  private func isShown(_ browser: Browser) async -> Bool {
    let page = text(await browser.get("/orders/L-1"))
    #expect(page.contains("7000000000000017"))
    return page.contains("/orders/L-1/label.pdf")
  }

  private func prints(_ ledger: Ledger) async throws -> Int {
    try await ledger.audit(actor: "kim", limit: 100).count { $0.action == "label.print" }
  }

  @Test func whereParcelsMayBePackedUncheckedTheOrdersPageShowsTheLabel() async throws {
    try await with(.warn) { kim, site, ledger in
      #expect(await isShown(kim))
      #expect(await kim.post("/orders/L-1/print", from: "/orders/L-1", []).status == 303)
      let answer = await kim.get("/orders/L-1/label.pdf")
      #expect(answer.status == 200 && Array(text(answer).utf8) == Self.file)
      let policy = try #require(answer.headers["Content-Security-Policy"])
      #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'self'"))
      #expect(try await prints(ledger) == 1)
      // Held, it is shown to nobody.
      let boss = try await Browser(site).signedIn("boss", .owner, ledger)
      let reason = [("reason", "a wrong address")]
      #expect(await boss.post("/orders/L-1/hold", from: "/orders/L-1", reason).status == 303)
      #expect(await boss.get("/orders/L-1/label.pdf").status == 409)
      #expect(await kim.get("/orders/L-1/label.pdf").status == 409)
      #expect(await kim.post("/orders/L-1/print", from: "/orders/L-1", []).status == 409)
      #expect(await !isShown(kim))
      #expect(try await prints(ledger) == 1)
      #expect(await kim.get("/orders/nobody/label.pdf").status == 404)
    }
  }

  @Test func aStrictBenchIsNotWalkedAroundByTheOrdersPage() async throws {
    try await with(.block) { kim, _, ledger in
      #expect(await !isShown(kim))
      #expect(await kim.get("/orders/L-1/label.pdf").status == 409)
      #expect(await kim.post("/orders/L-1/print", from: "/orders/L-1", []).status == 409)
      #expect(try await prints(ledger) == 0)
      // Everything is scanned, and the bench prints.
      let client = UUIDv7.make()
      var session: UUIDv7?
      let events = [
        PackingEvent.scan(ScannedText("L-1")), .scan(ScannedText("THING-1")), .print(anyway: false),
      ]
      for (seq, event) in events.enumerated() {
        let reply = try await ledger.pack(
          PackingRequest(
            client: client, seq: Int64(seq + 1), session: session, event: event, capturedAt: nil,
            actor: "kim"), mode: { _ in .block })
        guard case .answered(let answer, _, _) = reply else {
          Issue.record("\(reply)")
          return
        }
        if session == nil {
          session = try JSONValue.parse(answer)["session"]?.string.flatMap { UUIDv7(text: $0) }
        }
      }
      #expect(await isShown(kim))
      #expect(await kim.get("/orders/L-1/label.pdf").status == 200)
      let path = "/bench/\(try #require(session).text)/label.pdf"
      #expect(text(await kim.get(path)) == text(await kim.get("/orders/L-1/label.pdf")))
      #expect(await kim.post("/orders/L-1/print", from: "/orders/L-1", []).status == 303)
    }
  }
}
