import Kit
import Ledger
import Operations
import Orders
import Packing
import People
import Sandbox
import Testing

/// Where the marketplace is told of a shipment only when its parcel was closed at the bench.
@Suite struct `Shipping after packing` {
  /// Packs an order without scanning its parts, as a bench does that is off.
  private func pack(_ id: String, in house: House) async throws -> [String] {
    let client = UUIDv7.make()
    var session: UUIDv7?
    var codes: [String] = []
    for (seq, event) in [
      PackingEvent.scan(ScannedText(id)), .print(anyway: false), .seal,
    ].enumerated() {
      let reply = try await house.ledger.pack(
        PackingRequest(
          client: client, seq: Int64(seq + 1), session: session, event: event, capturedAt: nil,
          actor: "kim"), mode: { _ in .off })
      guard case .answered(let answer, _, let sequel) = reply else { continue }
      let json = try JSONValue.parse(answer)
      codes.append(json["code"]?.string ?? "")
      session = session ?? json["session"]?.string.flatMap { UUIDv7(text: $0) }
      if let packed = sequel.packed { try await house.desk.goOn(with: packed) }
    }
    return codes
  }

  @Test func `nothing is told before the parcel is closed, and then once`() async throws {
    try await House.with { plan in
      plan.adjust = { $0.shipAfter = .packing }
    } _: { house in
      let ids = house.sandbox.addOrders(count: 3).map(\.id)
      try await house.work { try await house.are(ids, .labelCreated) }
      #expect(try await house.effectStates("post_tracking").isEmpty)
      // They wait for the bench, and are not among the forgotten ones.
      #expect(try await house.ledger.forgottenOrders(limit: 10).sorted() == ids.sorted())
      #expect(
        try await house.ledger.forgottenOrders(limit: 10, waitForPacking: ["main"]).isEmpty)
      #expect(try await pack(ids[0], in: house) == ["opened", "printed", "packed"])
      try await house.work { try await house.are([ids[0]], .shipped) }
      #expect(try await house.are([ids[1], ids[2]], .labelCreated))
      for id in ids.dropFirst() { _ = try await pack(id, in: house) }
      try await shipped(house, ids)
    }
  }

  @Test func `a parcel that was put aside asks nobody once it is released, or over`() async throws {
    try await House.with { plan in
      plan.adjust = { $0.shipAfter = .packing }
    } _: { house in
      let ids = house.sandbox.addOrders(count: 2).map(\.id)
      try await house.work { try await house.are(ids, .labelCreated) }
      for id in ids { try await putAside(id, in: house) }
      #expect(
        try await house.ledger.openFailures(limit: 9).map(\.processName) == ["Packing", "Packing"])
      try await house.desk.release(ids[0], by: "tester")
      #expect(try await house.ledger.openFailures(limit: 9).map(\.orderID) == [ids[1]])
      #expect(try await pack(ids[0], in: house) == ["opened", "printed", "packed"])
      // Cancelled by the customer, at the marketplace.
      #expect(house.sandbox.cancel(ids[1]))
      try await house.work { try await house.status(ids[1]) == .cancelled }
      #expect(try await house.ledger.openFailures(limit: 9).isEmpty)
    }
  }

  private func putAside(_ id: String, in house: House) async throws {
    let client = UUIDv7.make()
    var session: UUIDv7?
    for (seq, event) in [
      PackingEvent.scan(ScannedText(id)), .shortPick(ShortPick(reason: .damaged)),
    ].enumerated() {
      let reply = try await house.ledger.pack(
        PackingRequest(
          client: client, seq: Int64(seq + 1), session: session, event: event, capturedAt: nil,
          actor: "kim"), mode: { _ in .off })
      guard case .answered(let answer, _, _) = reply else { continue }
      session = try JSONValue.parse(answer)["session"]?.string.flatMap { UUIDv7(text: $0) }
    }
  }

  @Test func `a bench that died after closing a parcel is made up for`() async throws {
    try await House.with { plan in
      plan.adjust = { $0.shipAfter = .packing }
    } _: { house in
      let id = house.sandbox.addOrders(count: 1)[0].id
      try await house.work { try await house.are([id], .labelCreated) }
      let lost = try await house.ledger.pack(
        PackingRequest(
          client: UUIDv7.make(), seq: 1, session: nil, event: .scan(ScannedText(id)),
          capturedAt: nil, actor: "kim"), mode: { _ in .off })
      guard case .answered(let answer, _, _) = lost,
        let session = try JSONValue.parse(answer)["session"]?.string.flatMap({ UUIDv7(text: $0) })
      else {
        Issue.record("\(lost)")
        return
      }
      for event in [PackingEvent.print(anyway: false), .seal] {
        _ = try await house.ledger.pack(
          PackingRequest(
            client: UUIDv7.make(), seq: 1, session: session, event: event, capturedAt: nil,
            actor: "kim"), mode: { _ in .off })
      }
      #expect(
        try await house.ledger.forgottenOrders(limit: 10, waitForPacking: ["main"]) == [id])
      try await shipped(house, [id])
    }
  }
}
