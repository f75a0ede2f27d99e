import Kit

extension Marketplace {
  /// One page of OR11.
  struct Page {
    var body: [UInt8]
    var total: Int
    var count: Int
  }

  /// Finds and writes the orders of a shop that a query asks for.
  ///
  /// `shows` gives the faults that concern single orders of the page.
  func page(_ query: OrderQuery, shop: Int, faults: Faults) -> Page {
    enter { state, now in
      var matching = query.orderIDs.map { state.listed($0, shop) } ?? state.scan(query, shop)
      if let hidden = faults[.notShown]?.orders {
        matching.removeAll { hidden.isEmpty || hidden.contains(state.orders[$0].id) }
      }
      let start = query.paginates ? min(query.offset, matching.count) : 0
      let end = query.paginates ? min(start + query.max, matching.count) : matching.count
      var window = Array(matching[start..<end])
      if faults.has(.reordered) { window.reverse() }
      if faults.has(.duplicated) { window += window.prefix(max(1, window.count / 2)) }
      var body = Array("{\"orders\":[".utf8)
      body.reserveCapacity(64 + window.count * 4096)
      let strange = faults[.unknownState].map { $0.state ?? "WAITING_FRAUD_REVIEW" }
      let strangeOrders = faults[.unknownState]?.orders ?? []
      for (index, position) in window.enumerated() {
        if index > 0 { body.append(UInt8(ascii: ",")) }
        let id = state.orders[position].id
        let isStrange = strangeOrders.isEmpty || strangeOrders.contains(id)
        state.orders[position].write(to: &body, stateShown: isStrange ? strange : nil)
        state.wasRead(position, now, settings)
      }
      body.append(contentsOf: "],\"total_count\":\(matching.count)}".utf8)
      return Page(body: body, total: matching.count, count: window.count)
    }
  }
}

extension Marketplace.State {
  fileprivate mutating func wasRead(
    _ position: Int, _ now: Timestamp, _ settings: SandboxSettings
  ) {
    orders[position].reads += 1
    if orders[position].state == .canceled { orders[position].wasReadAsCanceled = true }
    if orders[position].needsHealing, orders[position].healsAt == nil {
      let due = now + settings.healDelay
      orders[position].healsAt = due
      timetable.add(.heal, at: due, order: position)
    }
  }

  fileprivate func listed(_ ids: [String], _ shop: Int) -> [Int] {
    var seen: Set<Int> = []
    var found: [Int] = []
    for id in ids {
      guard let position = byID[id], keys[position].shop == shop else { continue }
      guard keys[position].state != .staging, seen.insert(position).inserted else { continue }
      found.append(position)
    }
    return found.sorted {
      (orders[$0].createdAt, orders[$0].id) < (orders[$1].createdAt, orders[$1].id)
    }
  }

  fileprivate mutating func scan(_ query: OrderQuery, _ shop: Int) -> [Int] {
    if query.matchesNothing { return [] }
    let found = inOrder().filter { position in
      let key = keys[position]
      guard key.shop == shop, key.state != .staging else { return false }
      if let from = query.updatedFrom, key.updated < from { return false }
      if let to = query.updatedTo, key.updated > to { return false }
      if let states = query.states, states & key.state.bit == 0 { return false }
      if let from = query.createdFrom, key.created < from { return false }
      if let to = query.createdTo, key.created > to { return false }
      return matchesRest(position, query)
    }
    return query.descending ? found.reversed() : found
  }

  private func matchesRest(_ position: Int, _ query: OrderQuery) -> Bool {
    if query.debited == nil, query.workflow == nil, query.hasIncident == nil,
      query.channels == nil, !query.onlyNullChannel
    {
      return true
    }
    let order = orders[position]
    if let debited = query.debited, (order.debitedAt != nil) != debited { return false }
    if let workflow = query.workflow, order.workflow != workflow { return false }
    if let incident = query.hasIncident, order.hasIncident != incident { return false }
    if query.onlyNullChannel { return order.channel == nil }
    if let channels = query.channels { return order.channel.map(channels.contains) ?? false }
    return true
  }
}
