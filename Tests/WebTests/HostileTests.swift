import HTTP
import Kit
import Ledger
import Operations
import Postgres
import Testing
import Web

@Suite(.serialized) struct HostileTests {
  static let hostileID = "\"><script>alert(1)</script>/..\\%_é\u{202e}"
  static let hostileReason = "' onmouseover=alert(2) <img src=x onerror=alert(3)> & \"more\""

  @Test func everyTextFromOutsideIsEscaped() async throws {
    try await withSite { site, _ in
      let browser = try await Browser(site).asFirstOwner()
      let order = "/orders/" + PercentEncoding.encode(Self.hostileID)
      let targets = [
        "/", "/people", "/people/audit", "/account", "/orders", "/orders?status=parked", "/effects",
        order,
        "/orders?q=" + PercentEncoding.encode("\"><script>alert(4)</script>"),
        "/orders/" + PercentEncoding.encode("<script>alert(5)</script>"),
        "/orders?status=" + PercentEncoding.encode("<script>alert(6)</script>"),
        "/effects?state=" + PercentEncoding.encode("<script>alert(7)</script>"),
        "/<script>alert(8)</script>",
      ]
      for target in targets {
        let response = await browser.get(target)
        let text = text(response)
        #expect(text.hasPrefix("<!doctype html>"), "\(target)")
        #expect(
          !text.replacing("<script src=\"/static/", with: "").contains("<script"), "\(target)")
        #expect(!text.contains("<img"), "\(target)")
        #expect(!text.contains("' onmouseover"), "\(target)")
        #expect(!text.contains("\u{202e}"), "\(target)")
        #expect(!text.contains(" style="), "\(target)")
        let policy = try #require(response.headers["Content-Security-Policy"])
        #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("unsafe"))
        #expect(response.headers["X-Content-Type-Options"] == "nosniff")
        #expect(response.headers["Referrer-Policy"] == "same-origin")
      }
      let page = await browser.get(order)
      #expect(page.status == 200)
      let escapedID = "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;/..\\%_é\u{fffd}"
      #expect(text(page).contains(escapedID))
      #expect(text(page).contains("&#39; onmouseover=alert(2) &lt;img src=x"))
      #expect(!text(page).contains("Secret Street"))
      let document = await browser.get(order + ".json")
      #expect(document.status == 200)
      #expect(document.headers["Content-Type"]?.hasPrefix("application/json") == true)
      #expect(!text(document).contains("Secret Street"))
    }
  }

  @Test func theListGoesOnByKeyAndTheTilesAddUp() async throws {
    try await withSite { site, _ in
      let browser = try await Browser(site).asFirstOwner()
      let first = await browser.get("/orders.json")
      let list = text(first)
      #expect(list.split(separator: "\"order_id\"").count == 51)
      let end = try #require(list.split(separator: "\"next\":\"").last)
      let next = try #require(end.split(separator: "\"").first)
      let rest = await browser.get("/orders.json?before=" + PercentEncoding.encode(next))
      #expect(text(rest).split(separator: "\"order_id\"").count == 13)
      #expect(text(rest).contains("\"next\":null"))
      let counts = text(await browser.get("/counts.json"))
      #expect(counts.contains("\"orders_total\":62"))
      #expect(counts.contains("\"orders\":{\"accepted\":61,\"parked\":1}"))
      let metrics = text(await site.answer(HTTPRequest(method: "GET", target: "/metrics")))
      #expect(metrics.contains("quayside_orders{status=\"accepted\"} 61"))
    }
  }

  @Test func whatCannotBeAnsweredIsSaidAndHealthTellsTheTruth() async throws {
    try await withSite { site, ledger in
      let browser = try await Browser(site).asFirstOwner()
      let posted = await browser.post("/orders", [])
      #expect(posted.status == 405 && posted.headers["Allow"] == "GET, HEAD")
      #expect(await browser.get("/nowhere").status == 404)
      #expect(await browser.get("/orders/none").status == 404)
      #expect(await browser.get("/orders?status=%00").status == 400)
      #expect(await browser.get("/healthz").status == 200)
      await ledger.close()
      #expect(await browser.get("/healthz").status == 503)
      #expect(await browser.get("/").status == 503)
      let metrics = await browser.get("/metrics")
      #expect(metrics.status == 200 && text(metrics).contains("quayside_database_up 0"))
    }
  }
}
