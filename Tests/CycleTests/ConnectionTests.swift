import Kit
import Operations
import Sandbox
import Testing

/// More is under way than there are connections to the host.
@Suite struct `Calls that wait for a connection` {
  /// The effects that the journals say were begun.
  private func begun(_ house: House) -> [Int64] {
    Folder.names(in: house.folder).filter { $0.hasSuffix(".sends") }.flatMap { name in
      String(decoding: Folder.bytes(of: "\(house.folder)/\(name)"), as: UTF8.self)
        .split(separator: "\n").compactMap { Int64($0) }
    }
  }

  @Test func `are not marked as begun, so that a crash leaves nothing to look up`() async throws {
    try await House.with { plan in
      plan.connections = 2
      plan.cycle.callDeadline = .seconds(60)
    } _: { house in
      house.sandbox.setDials([FaultRule(call: "accept", fault: .slow, times: 2, ms: 8_000)])
      let ids = house.sandbox.addOrders(count: 8).map(\.id)
      var marked: [Int64] = []
      try await house.work {
        // In this order: what has ended since was marked no more.
        marked = begun(house)
        let states = try await house.effectStates("accept_order")
        return !marked.isEmpty && states == Array(repeating: "sending", count: 8)
      }
      #expect((1...2).contains(marked.count))
      try await shipped(house, ids)
    }
  }

  @Test func `are not made when the lease has become too short meanwhile`() async throws {
    try await House.with { plan in
      plan.connections = 1
      plan.cycle.callDeadline = .seconds(60)
      plan.cycle.purchaseDeadline = .seconds(60)
      plan.cycle.lease = .seconds(62)
    } _: { house in
      // The second has its connection after three seconds: less than a call's sixty are left of its lease.
      house.sandbox.setDials([FaultRule(call: "accept", fault: .slow, times: 1, ms: 3_000)])
      let ids = house.sandbox.addOrders(count: 2).map(\.id)
      try await shipped(house, ids)
      let refused = try await house.count(
        "select count(*) from api_calls where problem = 'the lease is too short to begin'")
      #expect(refused >= 1)
      #expect(house.requests("accept") == 2)
    }
  }
}
