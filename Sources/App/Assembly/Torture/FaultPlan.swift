import Kit
package import Sandbox

/// What goes wrong outside, what kinds of orders come, and how wrong the clocks are: pure functions
/// of the seed.
package enum FaultPlan {
  /// Of an hour and a half either way, in seconds; every fourth process has the right time.
  static let skewSecondsMax = 5_400
  /// One order in so many is of a kind that needs somebody, or some time, or ends another way.
  static let specialEvery = 8

  /// Faults of every call. A call meets the first one that fires, and any slowness on top.
  package static let rules: [FaultRule] = {
    var rules = [
      FaultRule(call: "*", fault: .slow, probability: 0.2, when: .before, ms: 40),
      FaultRule(call: "*", fault: .slow, probability: 0.02, ms: 300),
    ]
    for call in ["accept", "tracking", "ship", "create_shipment", "void", "refund"] {
      rules += changing(call)
    }
    for call in ["orders", "find_shipments", "details", "shipment", "artifact"] {
      rules += reading(call)
    }
    rules += [
      FaultRule(call: "accept", fault: .lateCancel, probability: 0.01),
      FaultRule(call: "accept", fault: .lateCancel, probability: 0.01, when: .after),
      FaultRule(call: "accept", fault: .acceptIgnored, probability: 0.003),
      FaultRule(call: "create_shipment", fault: .lateCancel, probability: 0.01),
      FaultRule(call: "create_shipment", fault: .lateCancel, probability: 0.01, when: .after),
      FaultRule(call: "create_shipment", fault: .schemaError, probability: 0.005),
      FaultRule(call: "create_shipment", fault: .entityBomb, probability: 0.002),
      FaultRule(call: "create_shipment", fault: .noPin, probability: 0.01),
      FaultRule(call: "create_shipment", fault: .noNamespace, probability: 0.01),
      FaultRule(call: "create_shipment", fault: .foreignHref, probability: 0.003),
      FaultRule(call: "create_shipment", fault: .cvcError, probability: 0.002),
      FaultRule(call: "create_shipment", fault: .twoMessages, probability: 0.002),
      FaultRule(call: "tracking", fault: .lateCancel, probability: 0.005),
      FaultRule(call: "ship", fault: .lateCancel, probability: 0.005),
      FaultRule(call: "find_shipments", fault: .searchLag, probability: 0.2, ms: 400),
      FaultRule(call: "find_shipments", fault: .emptyMessages, probability: 0.02),
      FaultRule(call: "artifact", fault: .notReady, probability: 0.1, times: 2),
      FaultRule(call: "artifact", fault: .badLabel, probability: 0.01, variant: "cut"),
      FaultRule(call: "artifact", fault: .badLabel, probability: 0.005, variant: "not_pdf"),
      FaultRule(call: "orders", fault: .unknownState, probability: 0.003),
      FaultRule(call: "read_back", fault: .notShown, probability: 0.02),
      FaultRule(call: "orders", fault: .entityBomb, probability: 0.001),
      FaultRule(call: "orders", fault: .duplicated, probability: 0.15),
      FaultRule(call: "orders", fault: .reordered, probability: 0.15),
    ]
    return rules
  }()

  /// A call that causes something: lost before, lost after, broken before, broken after.
  private static func changing(_ call: String) -> [FaultRule] {
    [
      FaultRule(call: call, fault: .answerLost, probability: 0.02),
      FaultRule(call: call, fault: .requestLost, probability: 0.01),
      FaultRule(call: call, fault: .status, probability: 0.005, when: .before, status: 503),
      FaultRule(call: call, fault: .status, probability: 0.01, when: .after, status: 500),
      FaultRule(call: call, fault: .html502, probability: 0.01, when: .after),
      FaultRule(call: call, fault: .truncated, probability: 0.01),
      FaultRule(call: call, fault: .malformed, probability: 0.01),
      FaultRule(call: call, fault: .status, probability: 0.003, status: 429, retryAfter: 1),
    ]
  }

  private static func reading(_ call: String) -> [FaultRule] {
    [
      FaultRule(call: call, fault: .answerLost, probability: 0.01),
      FaultRule(call: call, fault: .requestLost, probability: 0.01),
      FaultRule(call: call, fault: .status, probability: 0.01, status: 500),
      FaultRule(call: call, fault: .html502, probability: 0.005),
      FaultRule(call: call, fault: .truncated, probability: 0.01),
      FaultRule(call: call, fault: .malformed, probability: 0.005),
      FaultRule(call: call, fault: .status, probability: 0.002, status: 429, retryAfter: 1),
    ]
  }

  /// The kinds of the orders number `range` of a run. Unknown SKUs need a catalogue, which a run
  /// has not; orders with an address that does not fit wait for a person for ever.
  package static func kinds(seed: UInt64, _ range: Range<Int>) -> [OrderKind] {
    let special = OrderKind.special.filter { $0 != .unknownSku }
    return range.map { number in
      var stream = SplitMix(seed: seed, "order \(number)")
      let isSpecial = stream.number(1...specialEvery) == 1
      let kinds = isSpecial ? special : OrderKind.normal
      return kinds[stream.number(0...(kinds.count - 1))]
    }
  }

  /// By how many seconds the clock of a process is wrong.
  package static func skew(seed: UInt64, process: String, start: Int) -> Int {
    var stream = SplitMix(seed: seed, "skew \(process) \(start)")
    if stream.number(1...4) == 1 { return 0 }
    return stream.number(-skewSecondsMax...skewSecondsMax)
  }
}
