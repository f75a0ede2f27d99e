import BookingTail
import Kit
import OrderSheet
import Sandbox
import Testing

/// Hundreds of orders under everything at once, by seed.
@Suite("The sheet in a storm", .serialized)
struct StormTests {
  static let orders = 240

  static func rules() -> [FaultRule] {
    [
      FaultRule(call: "sheets", fault: .answerLost, probability: 0.07),
      FaultRule(call: "sheets", fault: .requestLost, probability: 0.03),
      FaultRule(call: "sheets", fault: .truncated, probability: 0.03),
      FaultRule(call: "sheets", fault: .throttled, probability: 0.05, retryAfter: 3),
      FaultRule(call: "sheets", fault: .status, probability: 0.04, when: .before, status: 503),
      FaultRule(call: "sheets", fault: .status, probability: 0.05, when: .after, status: 503),
      FaultRule(call: "sheets", fault: .html502, probability: 0.03, when: .after),
      FaultRule(call: "sheet_append", fault: .writeDropped, probability: 0.05),
      FaultRule(call: "sheet_batch_update", fault: .humanSort, probability: 0.25),
      FaultRule(call: "sheet_append", fault: .humanSort, probability: 0.1, when: .after),
      FaultRule(call: "sheet_get", fault: .humanSort, probability: 0.1, when: .after),
      FaultRule(call: "token", fault: .status, probability: 0.2, status: 503),
    ]
  }

  @Test("one row an order, each with its last state, whatever happened", arguments: 1...8)
  func storm(seed: UInt64) async throws {
    try await Seller.run { seller async throws in
      seller.sandbox.setDials(Self.rules(), seed: seed)
      // Luck may use up an item's tries; the ledger's retry gives it new ones.
      let tail = seller.tail { $0.triesMax = 12 }
      var outbox = Outbox()
      var truth: [String: OrderRow] = [:]
      for wave in 1...6 {
        for number in 1...Self.orders where number % 6 < wave {
          // Every order changes in some waves and not in others.
          guard wave == number % 6 + 1 || (number + wave + Int(seed)) % 3 == 0 else { continue }
          let row = order(
            "O\(number)", status: "v\(wave)", notes: "n\(number)", version: Int64(wave))
          truth[row.orderID] = row
          outbox.add([item(row)], at: seller.clock.now)
        }
        try await outbox.drain(tail, seller.clock, batch: 40)
      }
      #expect(outbox.failed.isEmpty, "\(seed): \(outbox.failed.compactMap(\.outcomes.last))")
      seller.sandbox.setDials([])
      let rows = try await seller.rows().filter { $0.first?.isEmpty == false }
      #expect(rows.count == truth.count + 1, "\(seed)")
      let tally = seller.sandbox.tally()
      #expect(tally.violations.isEmpty, "\(seed): \(tally.violations)")
      for (id, row) in truth {
        #expect(tally.bookings[id]?.rows == 1, "\(seed): \(id)")
        let shown = rows.first { $0[0] == id }
        #expect(shown == row.cells.map(\.text), "\(seed): \(id)")
      }
      // A sweep over the truth finds nothing to do, once there is quota again.
      seller.clock.advance(.minutes(1))
      let swept = await tail.sweep(Seller.business, truth.values.sorted { $0.key < $1.key })
      #expect(swept.open.isEmpty && swept.calls.allSatisfy { $0.endpoint == "ValuesGet" })
    }
  }

  @Test("after a machine died between write and proof, the sweep puts every row back")
  func death() async throws {
    try await Seller.run { seller async throws in
      let truth = (1...20).map { order("O\($0)", notes: "n\($0)") }
      _ = await seller.tail().carryOut(truth.map { item($0) })
      // The write goes over another order's row, and nobody is left to see it.
      seller.sandbox.setDials([
        FaultRule(call: "sheet_batch_update", fault: .humanSort, times: 1),
        FaultRule(call: "sheet_get", fault: .status, after: 1, status: 503),
      ])
      let changed = order("O7", status: "confirmed", notes: "n7", version: 2)
      let report = await seller.tail().carryOut([item(changed)])
      #expect(report.verdicts.map(\.outcome) != [.done])
      let left = seller.sandbox.tally().bookings.values.count { $0.rows > 0 }
      #expect(left == 19, "one order's row is gone")
      seller.sandbox.setDials([])
      let wanted = truth.map { $0.orderID == "O7" ? changed : $0 }
      let swept = await seller.tail().sweep(Seller.business, wanted)
      #expect(swept.open.isEmpty)
      let tally = seller.sandbox.tally()
      #expect(tally.violations.isEmpty && tally.bookings.count == 20)
      #expect(tally.bookings.values.allSatisfy { $0.rows == 1 })
    }
  }
}
