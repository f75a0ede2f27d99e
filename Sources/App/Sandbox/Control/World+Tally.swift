import Kit

extension World {
  func tally() -> SandboxTally {
    let labels = carrier.counts()
    var tally = SandboxTally()
    tally.violations = market.enter { state, _ in
      for order in state.orders { tally.orders[order.id] = entry(order) }
      return state.violations.all
    }
    for (id, count) in labels where !id.isEmpty {
      var order = tally.orders[id] ?? SandboxTally.Order()
      order.labelsBought = count.bought
      order.labelsLive = count.live
      order.voids = count.voids
      order.refunds = count.refunds
      order.artifactReads = count.artifactReads
      order.livePins = count.livePins
      tally.orders[id] = order
    }
    for (id, order) in tally.orders.sorted(by: { $0.key < $1.key }) {
      tally.totals.add(order)
      tally.violations += violations(id, order)
    }
    for thread in threadTallies() { tally.threads[thread.id] = thread }
    tally.bookings = bookings()
    tally.violations += violations(tally.bookings)
    return tally
  }

  private func entry(_ order: MarketOrder) -> SandboxTally.Order {
    var entry = SandboxTally.Order()
    entry.state = order.state.rawValue
    entry.kind = order.kind.rawValue
    entry.shop = settings.shops.indices.contains(order.shop) ? settings.shops[order.shop].id : 0
    entry.acceptCalls = order.acceptCalls
    entry.accepts = order.accepts
    entry.acceptsIgnored = order.acceptsIgnored
    entry.firstAcceptAt = order.firstAcceptAt
    entry.trackingCalls = order.trackingCalls
    entry.trackings = order.trackings
    entry.tracking = order.tracking?.number
    entry.carrierCode = order.tracking?.carrierCode
    entry.shipCalls = order.shipCalls
    entry.ships = order.ships
    entry.shippedAt = order.shippedAt
    entry.cancelCalls = order.cancelCalls
    entry.cancels = order.cancels
    entry.reads = order.reads
    return entry
  }

  /// What is wrong with how an order stands now.
  private func violations(_ id: String, _ order: SandboxTally.Order) -> [SandboxViolation] {
    var found: [SandboxViolation] = []
    func add(_ name: String, _ detail: String) {
      found.append(SandboxViolation(name: name, order: id, detail: detail))
    }
    if order.labelsLive > 1 {
      add("two_live_labels", "\(order.labelsLive) labels: \(order.livePins.joined(separator: " "))")
    }
    if order.state == "CANCELED" || order.state == "REFUSED", order.labelsLive > 0 {
      add("live_label_for_cancelled_order", "neither voided nor refunded")
    }
    if order.ships > 0, order.carrierCode == "CPCL",
      !order.livePins.contains(order.tracking ?? "")
    {
      add("shipped_without_its_label", "\(order.tracking ?? "none") is no live label of the order")
    }
    return found
  }
}

extension SandboxTally.Totals {
  fileprivate mutating func add(_ order: SandboxTally.Order) {
    if let state = order.state {
      orders += 1
      states[state, default: 0] += 1
    }
    accepts += order.accepts
    acceptCalls += order.acceptCalls
    trackings += order.trackings
    ships += order.ships
    labelsBought += order.labelsBought
    labelsLive += order.labelsLive
    voids += order.voids
    refunds += order.refunds
  }
}
