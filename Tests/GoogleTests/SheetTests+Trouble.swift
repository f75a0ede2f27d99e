import BookingTail
import Google
import HTTP
import HTTPClient
import Kit
import OrderSheet
import Sandbox
import Testing

/// What goes wrong at the service, and what comes of it here.
extension SheetTests {
  @Test("a sheet that is not shared, not there or not ours is put to a person, and nothing written")
  func notOurs() async throws {
    try await Seller.run { seller async throws in
      func outcome(_ sheet: SheetDestination) async -> String {
        let report = await seller.tail(sheet: sheet).carryOut([item(order("A"))])
        guard case .failed(let reason) = report.verdicts[0].outcome else { return "not failed" }
        return reason
      }
      try await seller.person("share", #"{"shared":false}"#)
      #expect(await outcome(seller.sheet).contains("share the spreadsheet"))
      try await seller.person("share", #"{"shared":true}"#)
      let other = seller.accounts.sheet(of: "no-such-file", for: seller.account)
      #expect(await outcome(other).contains("no such spreadsheet"))
      let tab = seller.accounts.sheet(
        of: seller.sandbox.settings.spreadsheetID, named: "Bookings", for: seller.account)
      #expect(await outcome(tab).contains("no such sheet"))
      try await seller.person("row", #"{"row":1,"values":["Name","Telephone"]}"#)
      #expect(await outcome(seller.sheet).contains("Order ID"))
      #expect(seller.booking("A").rowWrites == 0)
    }
  }

  @Test("another account's token for messages opens no sheet")
  func wrongScope() async throws {
    try await Seller.run { seller async throws in
      let clock = seller.clock
      let keeper = TokenKeeper(
        account: seller.account, scope: .messaging,
        client: .live(http: seller.http, now: { clock.now }), now: { clock.now }, report: { _ in })
      let client = SheetsClient.live(
        GoogleEndpoints(all: seller.sandbox.baseURL), tokens: keeper, http: seller.http,
        report: { _ in })
      let answer = await client.get(
        seller.sandbox.settings.spreadsheetID, .columns(9, of: "Orders"))
      guard case .failure(let error) = answer.result, case .denied = error.classification else {
        Issue.record("it opened")
        return
      }
      #expect(error.status == 403)
    }
  }

  @Test("a token that is refused is renewed once, and the call made again, once")
  func refusedToken() async throws {
    try await Seller.run { seller async throws in
      let tail = seller.tail()
      _ = await tail.carryOut([item(order("A"))])
      try await seller.control("POST", "expire-tokens")
      let report = await tail.carryOut([item(order("B"))])
      #expect(report.verdicts.map(\.outcome) == [.done])
      #expect(
        seller.basket.calls.map { "\($0.endpoint) \($0.statusCode ?? 0)" }
          == ["Token 200", "ValuesGet 401", "Token 200"])
      seller.sandbox.setDials([FaultRule(call: "sheet_get", fault: .status, status: 401)])
      let refused = await tail.carryOut([item(order("C"))])
      guard case .failed = refused.verdicts[0].outcome else {
        Issue.record("\(refused.verdicts)")
        return
      }
      #expect(seller.sandbox.dialsFired == [2])
    }
  }

  @Test("five tries and no more, with growing waits, each of them recorded")
  func tries() async throws {
    try await Seller.run { seller async throws in
      seller.sandbox.setDials([FaultRule(call: "sheet_get", fault: .status, status: 503)])
      var outbox = Outbox()
      outbox.add([item(order("A"))], at: seller.clock.now)
      try await outbox.drain(seller.tail(), seller.clock)
      let outcomes = outbox.entries[0].outcomes
      #expect(outcomes.count == 5 && outbox.failed.count == 1)
      let waits = outcomes.compactMap { outcome -> Duration? in
        if case .again(let after, _) = outcome { after } else { nil }
      }
      // 2 s doubled, less half of the random share that the test fixes.
      #expect(waits.count == 4 && zip(waits, waits.dropFirst()).allSatisfy { $1 == $0 * 2 })
      #expect(outbox.calls.count == 5 && outbox.calls.allSatisfy { $0.statusCode == 503 })
      #expect(outbox.calls.allSatisfy { !$0.isSuccess && $0.problem != nil })
    }
  }

  @Test("the service's own wait is kept")
  func retryAfter() async throws {
    try await Seller.run { seller async throws in
      seller.sandbox.setDials([
        FaultRule(call: "sheet_append", fault: .throttled, times: 1, retryAfter: 41)
      ])
      let report = await seller.tail().carryOut([item(order("A"))])
      guard case .again(let after, _) = report.verdicts[0].outcome else {
        Issue.record("\(report.verdicts)")
        return
      }
      #expect(after == .seconds(41))
    }
  }

  @Test("Google's quota is never met: the work waits for the next minute and loses no try")
  func quota() async throws {
    try await Seller.run { settings in
      settings.sheetReadsLimit = .init(calls: 60, per: .seconds(60))
      settings.sheetWritesLimit = .init(calls: 60, per: .seconds(60))
    } _: { seller async throws in
      let tail = seller.tail()
      var outbox = Outbox()
      // One order a batch: the worst way to use the quota.
      for number in 1...90 { outbox.add([item(order("O\(number)"))], at: seller.clock.now) }
      try await outbox.drain(tail, seller.clock, batch: 1)
      #expect(outbox.failed.isEmpty)
      #expect(outbox.entries.allSatisfy { $0.item.tries == 0 })
      #expect(outbox.entries.contains { if case .later = $0.outcomes[0] { true } else { false } })
      #expect(!seller.sandbox.requests.contains { $0.status == 429 })
      #expect(seller.sandbox.tally().bookings.count == 90)
    }
  }

  @Test("a quota that others use up is answered with waiting")
  func sharedQuota() async throws {
    try await Seller.run { settings in
      settings.sheetReadsLimit = .init(calls: 5, per: .seconds(60))
      settings.sheetWritesLimit = .init(calls: 3, per: .seconds(60))
    } _: { seller async throws in
      var outbox = Outbox()
      outbox.add((1...30).map { item(order("O\($0)")) }, at: seller.clock.now)
      try await outbox.drain(seller.tail(), seller.clock, batch: 4)
      #expect(seller.sandbox.requests.contains { $0.status == 429 })
      #expect(outbox.failed.isEmpty)
      #expect((1...30).allSatisfy { seller.booking("O\($0)").rows == 1 })
    }
  }

  @Test("items that nobody can carry out fail in words, and the others are carried out")
  func unusable() async throws {
    try await Seller.run { seller async throws in
      var stranger = item(order("B"))
      stranger.businessID = "nobody"
      stranger.id = "stranger"
      var broken = item(order("C"))
      broken.payload = Array("{\"order_id\":".utf8)
      broken.id = "broken"
      let report = await seller.tail().carryOut([stranger, broken, item(order("A"))])
      let outcomes = report.outcomes
      #expect(report.verdicts.count == 3 && outcomes["sheets/A/1"] == .done)
      for id in ["stranger", "broken"] {
        guard case .failed = outcomes[id] else {
          Issue.record("\(id): \(String(describing: outcomes[id]))")
          continue
        }
      }
    }
  }
}
