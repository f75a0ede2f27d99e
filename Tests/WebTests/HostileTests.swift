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
      let order = "/orders/" + PercentEncoding.encode(Self.hostileID)
      let targets = [
        "/?still=1", "/", "/orders", "/orders?status=parked", "/effects", order,
        "/orders?q=" + PercentEncoding.encode("\"><script>alert(4)</script>"),
        "/orders/" + PercentEncoding.encode("<script>alert(5)</script>"),
        "/orders?status=" + PercentEncoding.encode("<script>alert(6)</script>"),
        "/effects?state=" + PercentEncoding.encode("<script>alert(7)</script>"),
        "/<script>alert(8)</script>",
      ]
      for target in targets {
        let response = await site.answer(HTTPRequest(method: "GET", target: target))
        let text = text(response)
        #expect(text.hasPrefix("<!doctype html>"), "\(target)")
        #expect(!text.contains("<script"), "\(target)")
        #expect(!text.contains("<img"), "\(target)")
        #expect(!text.contains("' onmouseover"), "\(target)")
        #expect(!text.contains("\u{202e}"), "\(target)")
        #expect(!text.contains(" style="), "\(target)")
        let policy = try #require(response.headers["Content-Security-Policy"])
        #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("unsafe"))
        #expect(response.headers["X-Content-Type-Options"] == "nosniff")
        #expect(response.headers["Referrer-Policy"] == "no-referrer")
      }
      let page = await site.answer(HTTPRequest(method: "GET", target: order))
      #expect(page.status == 200)
      let escapedID = "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;/..\\%_é\u{fffd}"
      #expect(text(page).contains(escapedID))
      #expect(text(page).contains("&#39; onmouseover=alert(2) &lt;img src=x"))
      #expect(!text(page).contains("Secret Street"))
      let document = await site.answer(HTTPRequest(method: "GET", target: order + ".json"))
      #expect(document.status == 200)
      #expect(document.headers["Content-Type"]?.hasPrefix("application/json") == true)
      #expect(!text(document).contains("Secret Street"))
    }
  }

  @Test func theListGoesOnByKeyAndTheTilesAddUp() async throws {
    try await withSite { site, _ in
      let first = await site.answer(HTTPRequest(method: "GET", target: "/orders.json"))
      let list = text(first)
      #expect(list.split(separator: "\"order_id\"").count == 51)
      let end = try #require(list.split(separator: "\"next\":\"").last)
      let next = try #require(end.split(separator: "\"").first)
      let rest = await site.answer(
        HTTPRequest(
          method: "GET", target: "/orders.json?before=" + PercentEncoding.encode(next)))
      #expect(text(rest).split(separator: "\"order_id\"").count == 13)
      #expect(text(rest).contains("\"next\":null"))
      let counts = text(await site.answer(HTTPRequest(method: "GET", target: "/counts.json")))
      #expect(counts.contains("\"orders_total\":62"))
      #expect(counts.contains("\"orders\":{\"accepted\":61,\"parked\":1}"))
      let metrics = text(await site.answer(HTTPRequest(method: "GET", target: "/metrics")))
      #expect(metrics.contains("quayside_orders{status=\"accepted\"} 61"))
    }
  }

  @Test func onlyReadingIsPossibleAndHealthTellsTheTruth() async throws {
    try await withSite { site, ledger in
      let posted = await site.answer(HTTPRequest(method: "POST", target: "/orders"))
      #expect(posted.status == 405 && posted.headers["Allow"] == "GET, HEAD")
      #expect(await site.answer(HTTPRequest(method: "GET", target: "/nowhere")).status == 404)
      #expect(await site.answer(HTTPRequest(method: "GET", target: "/orders/none")).status == 404)
      #expect(await site.answer(HTTPRequest(method: "GET", target: "/orders?q=%00")).status == 400)
      #expect(await site.answer(HTTPRequest(method: "GET", target: "/healthz")).status == 200)
      await ledger.close()
      #expect(await site.answer(HTTPRequest(method: "GET", target: "/healthz")).status == 503)
      #expect(await site.answer(HTTPRequest(method: "GET", target: "/")).status == 503)
      let metrics = await site.answer(HTTPRequest(method: "GET", target: "/metrics"))
      #expect(metrics.status == 200 && text(metrics).contains("quayside_database_up 0"))
    }
  }
}
