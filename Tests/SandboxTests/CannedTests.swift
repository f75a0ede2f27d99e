import HTTP
import HTTPClient
import Kit
import Sandbox
import Synchronization
import Testing

@Suite("Canned upstream", .timeLimit(.minutes(1)))
struct CannedTests {
  private struct Outside {
    let url: String
    let http: HTTPClient

    init(_ url: String) throws {
      self.url = url
      http = HTTPClient(.init(allowedOrigins: [try #require(Origin(url: url))]))
    }

    @discardableResult
    func ask(_ method: String, _ path: String, _ body: String? = nil) async throws -> (
      status: Int, json: JSONValue?, headers: HTTPHeaders
    ) {
      let answer = try await http.send(
        HTTPClientRequest(
          method: method, url: url + path, body: body.map { Array($0.utf8) },
          deadline: .seconds(20)))
      return (answer.status, try? JSONValue.parse(answer.body), answer.headers)
    }

    func ids(_ path: String) async throws -> [String] {
      try await ask("GET", path).json?["orders"]?.elements.compactMap { $0["order_id"]?.string }
        ?? []
    }
  }

  private func play(_ body: (Outside) async throws -> Void) async throws {
    let canned = try CannedUpstream.start()
    do {
      try await body(Outside(canned.baseURL))
    } catch {
      await canned.stop()
      throw error
    }
    await canned.stop()
  }

  @Test("every order is listed once, by numbers that begin where they are told to")
  func lists() async throws {
    try await play { outside in
      try await outside.ask("POST", "/control/orders", #"{"count":5,"first":40}"#)
      let first = try await outside.ask("GET", "/api/orders?max=2&offset=0")
      #expect(first.json?["orders"]?.elements.count == 2)
      #expect(first.headers["Link"]?.contains("offset=42") == true)
      // Another walk goes on where this one has come to; the page that it was given stays its own.
      let next = try await outside.ids("/api/orders?max=2&offset=0")
      #expect(next == ["270000042-A", "270000043-A"])
      #expect(try await outside.ids("/api/orders?max=2&offset=42") == next)
      #expect(try await outside.ids("/api/orders?max=9&offset=44") == ["270000044-A"])
      #expect(try await outside.ids("/api/orders?max=9").isEmpty)
      // By its id an order can always be read; one of an earlier number is not there.
      #expect(
        try await outside.ids("/api/orders?order_ids=270000041-A,270000039-A") == ["270000041-A"])
      #expect(try await outside.ask("PUT", "/api/orders/270000039-A/accept").status == 404)
    }
  }

  @Test("what is done twice is told, and held answers come when their call is let go")
  func judges() async throws {
    try await play { outside in
      try await outside.ask("POST", "/control/orders", #"{"count":2}"#)
      for _ in 0..<2 {
        #expect(try await outside.ask("PUT", "/api/orders/270000001-A/accept").status == 204)
      }
      #expect(
        try await outside.ask("PUT", "/control/hold", #"{"call":"ship"}"#).status == 200)
      #expect(try await outside.ask("PUT", "/control/hold", #"{"call":"x"}"#).status == 400)
      let isAnswered = Mutex(false)
      async let held = {
        let status = try await outside.ask("PUT", "/api/orders/270000000-A/ship").status
        isAnswered.withLock { $0 = true }
        return status
      }()
      #expect(try await outside.ask("PUT", "/api/orders/270000000-A/tracking").status == 204)
      // What was asked for is done, and its answer waits; the suite's limit ends this loop.
      var tally: JSONValue?
      repeat {
        tally = try await outside.ask("GET", "/control/tally").json
      } while tally?["totals"]?["ships"]?.int != 1
      for _ in 0..<20 { try await outside.ask("GET", "/control/tally") }
      #expect(!isAnswered.withLock { $0 })
      #expect(tally?["totals"]?["accepts"]?.int == 2)
      #expect(tally?["totals"]?["ships"]?.int == 1)
      #expect(tally?["violations"]?.elements.map(\.string) == ["order number 1"])
      #expect(try await outside.ask("DELETE", "/control/hold").status == 204)
      #expect(try await held == 204)
    }
  }
}
