import Effects
import Kit
import Ledger
import Mirakl
import Orders
import Postgres

extension Hands {
  // MARK: Accept (seed 000)

  func accept(_ effect: ClaimedEffect, _ orderID: String, _ memory: inout Memory) async -> Report {
    let policy = cycle.acceptance
    guard effect.state == .sending else {
      return await proveAcceptance(effect, orderID, policy)
    }
    let lineIDs: [String]
    if memory.isPlannedJustNow, let order = memory.seen {
      var seen: Set<String> = []
      lineIDs = order.lines.map(\.id).filter { seen.insert($0).inserted }
    } else {
      guard let facts = await facts(of: orderID, &memory) else {
        return Report(effect, .released(after: .seconds(5), why: "the order could not be read"))
      }
      guard facts.status == .pendingAcceptance else {
        return Report(effect, .pointless("the order is \(facts.status.rawValue)"))
      }
      lineIDs = facts.lineIDs
    }
    if let refusal = mayNotSend(effect, callOf: cycle.callDeadline) { return refusal }
    let lines = lineIDs.map { (lineID: $0, accepted: true) }
    let answer = await send(effect, callOf: cycle.callDeadline) {
      await shop.mirakl.accept(orderID, lines)
    }
    let attempt = { (status: String) in
      Finding.acceptAnswered(
        Finding.Attempt(
          status: status, response: answer.call.responseAsJSON,
          requestPayload: String(decoding: answer.call.requestBody, as: UTF8.self)))
    }
    switch answer.result {
    case .success:
      return Report(
        effect, .verify(after: policy.firstCheck), calls: [answer.call], wasSent: true,
        findings: [attempt("success")])
    case .failure(let error):
      if let (step, wasSent) = step(after: error, effect, policy) {
        let status: String? =
          if case .unknownOutcome = error.classification {
            "unknown"
          } else if answer.call.statusCode != nil {
            "failure"
          } else {
            nil
          }
        return Report(
          effect, step, calls: [answer.call], wasSent: wasSent,
          findings: status.map { [attempt($0)] } ?? [])
      }
      return await acceptRefused(effect, orderID, error, answer.call, attempt("failure"))
    }
  }

  /// Refused: perhaps because it is accepted or cancelled already. Only a read can tell.
  private func acceptRefused(
    _ effect: ClaimedEffect, _ orderID: String, _ error: OutsideError, _ call: CallRecord,
    _ attempt: Finding
  ) async -> Report {
    let reading = await reader.read(orderID)
    let calls = [call, reading.call]
    if let order = reading.order {
      let seen = MarketplaceState(order.state ?? "")
      if seen.isAccepted {
        return Report(
          effect, .done("refused, since it is accepted already"), calls: calls, wasSent: true,
          findings: [attempt, .orderSeen(order)])
      }
      if seen.isOff {
        return Report(
          effect, .pointless("refused, since the order is off"), calls: calls, wasSent: true,
          findings: [attempt, .orderSeen(order)])
      }
    }
    return Report(
      effect, .refused("Initial API call failed: \(error.description)"), calls: calls,
      wasSent: true, findings: [attempt])
  }

  private func proveAcceptance(
    _ effect: ClaimedEffect, _ orderID: String, _ policy: EffectPolicy
  ) async -> Report {
    let reading = await reader.read(orderID)
    if let error = reading.error {
      return Report(effect, stepAfterRead(error, effect, policy), calls: [reading.call])
    }
    guard let order = reading.order else {
      return Report(
        effect, policy.notYet(checks: effect.checks, seen: "no such order"), calls: [reading.call])
    }
    let step = Proof.acceptance(
      seen: MarketplaceState(order.state ?? ""), state: effect.state, checks: effect.checks,
      sends: effect.sends, policy: policy)
    return Report(effect, step, calls: [reading.call], findings: [.orderSeen(order)])
  }

  // MARK: Tracking and ship (seed 002)

  func postTracking(
    _ effect: ClaimedEffect, _ orderID: String, _ memory: inout Memory
  ) async -> Report {
    let policy = cycle.tracking
    guard let facts = await facts(of: orderID, &memory) else {
      return Report(effect, .released(after: .seconds(5), why: "the parcel could not be read"))
    }
    guard let pin = memory.purchase?.pin ?? facts.parcel?.trackingPIN else {
      return Report(effect, .ask("the parcel has no tracking PIN"))
    }
    guard effect.state == .sending else {
      let reading = await reader.read(orderID)
      guard let order = reading.order else {
        return Report(effect, noOrder(reading, effect, policy), calls: [reading.call])
      }
      let step = Proof.tracking(seen: order, pin: pin, checks: effect.checks, policy: policy)
      var findings: [Finding] = [.orderSeen(order)]
      if case .done = step { findings.append(.trackingPosted) }
      return Report(effect, step, calls: [reading.call], findings: findings)
    }
    if let refusal = parcelIsOff(effect, memory) { return refusal }
    var calls: [CallRecord] = []
    var findings: [Finding] = []
    var order = memory.freshlySeen(within: cycle.freshness)
    if order == nil {
      let reading = await reader.read(orderID)
      calls.append(reading.call)
      if let error = reading.error {
        return Report(effect, stepAfterRead(error, effect, policy), calls: calls)
      }
      order = reading.order
      findings = order.map { [.orderSeen($0)] } ?? []
    }
    if order == nil, effect.tries < Self.triesUnseen {
      let wait =
        policy.lookup(afterChecks: effect.tries - 1) ?? policy.lookups.last ?? .seconds(30)
      let why = "the marketplace does not show the order"
      return Report(effect, .released(after: wait, why: why), calls: calls)
    }
    // One that is never shown is the call's to refuse.
    if let order, let (step, proof) = await objection(toPosting: pin, seeing: order) {
      return Report(effect, step, calls: calls, findings: findings + proof)
    }
    if let refusal = mayNotSend(effect, callOf: cycle.callDeadline) {
      return Report(effect, refusal.step, calls: calls, findings: findings)
    }
    let answer = await send(effect, callOf: cycle.callDeadline) {
      await shop.mirakl.tracking(
        orderID, .registered(carrierCode: shop.settings.carrierCode, trackingNumber: pin))
    }
    calls.append(answer.call)
    switch answer.result {
    case .success:
      return Report(
        effect, .done("tracking \(pin) posted"), calls: calls, wasSent: true,
        findings: findings + [.trackingPosted])
    case .failure(let error):
      if let (step, wasSent) = step(after: error, effect, policy) {
        return Report(effect, step, calls: calls, wasSent: wasSent, findings: findings)
      }
      return await refusedByState(effect, orderID, error, calls, findings) { order in
        order.trackingNumber == pin ? [.trackingPosted] : nil
      }
    }
  }

  /// What the order shows before our number is posted: nobody writes over somebody else's, which the
  /// customer was perhaps told.
  ///
  /// - Returns: `nil` when the number may be posted.
  private func objection(
    toPosting pin: String, seeing order: IncomingOrder
  ) async -> (step: Step, findings: [Finding])? {
    if MarketplaceState(order.state ?? "").isOff {
      return (.pointless("the marketplace cancelled the order"), [])
    }
    if order.trackingNumber == pin {
      return (.done("the marketplace shows the tracking"), [.trackingPosted])
    }
    switch await foreignNumber(in: order) {
    case .failure: return (.released(after: .seconds(5), why: Self.unreadCallsWords), [])
    case .success(nil): return nil
    case .success(let shown?):
      let question = """
        tracking \(shown) is already posted, and not by us: \(pin) of our label was not. If the parcel goes \
        with our label, post \(pin) at the marketplace. If not, mark the order as shipped there and void \
        the label. Then retry
        """
      return (.ask(question), [])
    }
  }

  /// How often an order that a read does not show is looked for before its tracking number is posted.
  private static let triesUnseen = 5
  static let unreadCallsWords = "the calls of the order could not be read"

  /// The tracking number that an order shows and that is of no label of ours: that of one before may still be
  /// shown.
  func foreignNumber(in order: IncomingOrder) async -> Result<String?, PostgresError> {
    guard let shown = order.trackingNumber, !shown.isEmpty else { return .success(nil) }
    do {
      return .success(try await ledger.isOurs(shown, of: order.orderID) ? nil : shown)
    } catch {
      return .failure(error)
    }
  }

  func markShipped(
    _ effect: ClaimedEffect, _ orderID: String, _ memory: inout Memory
  ) async -> Report {
    let policy = cycle.shipping
    guard effect.state == .sending else {
      return await proveShipping(effect, orderID, policy, &memory)
    }
    guard let facts = await facts(of: orderID, &memory) else {
      return Report(effect, .released(after: .seconds(5), why: "the order could not be read"))
    }
    if let refusal = parcelIsOff(effect, memory) { return refusal }
    if let refusal = mayNotSend(effect, callOf: cycle.callDeadline) { return refusal }
    let answer = await send(effect, callOf: cycle.callDeadline) {
      await shop.mirakl.ship(orderID)
    }
    switch answer.result {
    case .success:
      return Report(
        effect, .verify(after: policy.firstCheck), calls: [answer.call], wasSent: true)
    case .failure(let error):
      if let (step, wasSent) = step(after: error, effect, policy) {
        return Report(effect, step, calls: [answer.call], wasSent: wasSent)
      }
      let pin = memory.purchase?.pin ?? facts.parcel?.trackingPIN
      return await refusedByState(effect, orderID, error, [answer.call]) { order in
        let isShipped = MarketplaceState(order.state ?? "") == .shipped
        return isShipped && (pin == nil || order.trackingNumber == pin) ? [.shippedAndSeen] : nil
      }
    }
  }

  private func proveShipping(
    _ effect: ClaimedEffect, _ orderID: String, _ policy: EffectPolicy, _ memory: inout Memory
  ) async -> Report {
    let reading = await reader.read(orderID)
    guard let order = reading.order else {
      return Report(effect, noOrder(reading, effect, policy), calls: [reading.call])
    }
    let facts = await facts(of: orderID, &memory)
    let step = Proof.shipping(
      seen: order, pin: memory.purchase?.pin ?? facts?.parcel?.trackingPIN, state: effect.state,
      checks: effect.checks, policy: policy)
    var findings: [Finding] = [.orderSeen(order)]
    if case .done = step { findings.append(.shippedAndSeen) }
    return Report(effect, step, calls: [reading.call], findings: findings)
  }

  // MARK: Shared

  /// A parcel whose label is gone is neither tracked nor shipped. What this worker bought a moment
  /// ago is live: the decision that planned this effect saw it under a lock.
  private func parcelIsOff(_ effect: ClaimedEffect, _ memory: Memory) -> Report? {
    guard memory.purchase == nil, let parcel = memory.facts?.parcel, !parcel.status.isLive else {
      return nil
    }
    return Report(effect, .pointless("the label is \(parcel.status.rawValue)"))
  }

  private func noOrder(
    _ reading: OrderReader.Reading, _ effect: ClaimedEffect, _ policy: EffectPolicy
  ) -> Step {
    if let error = reading.error { return stepAfterRead(error, effect, policy) }
    return policy.notYet(checks: effect.checks, seen: "no such order")
  }

  /// A call was refused: the order's state says whether the wish is fulfilled, the order is off, or
  /// a person has to look.
  private func refusedByState(
    _ effect: ClaimedEffect, _ orderID: String, _ error: OutsideError, _ earlier: [CallRecord],
    _ findings: [Finding] = [], fulfilled: (IncomingOrder) -> [Finding]?
  ) async -> Report {
    let reading = await reader.read(orderID)
    let calls = earlier + [reading.call]
    guard let order = reading.order else {
      return Report(
        effect, .ask(error.description), calls: calls, wasSent: true, findings: findings)
    }
    if let findings = fulfilled(order) {
      return Report(
        effect, .done("refused, since it is done already"), calls: calls, wasSent: true,
        findings: [.orderSeen(order)] + findings)
    }
    if MarketplaceState(order.state ?? "").isOff {
      return Report(
        effect, .pointless("refused, since the order is off"), calls: calls, wasSent: true,
        findings: [.orderSeen(order)])
    }
    return Report(
      effect, .ask(error.description), calls: calls, wasSent: true, findings: [.orderSeen(order)])
  }
}

extension CallRecord {
  /// Headers and body of the answer as JSON text, as an acceptance attempt keeps them.
  var responseAsJSON: String? {
    guard statusCode != nil else {
      return problem.map { JSON.object([("error", .string($0))]).text }
    }
    let body: JSON
    if let value = try? JSONValue.parse(responseBody) {
      body = JSON(value)
    } else {
      body = .string(String(decoding: responseBody.prefix(65_536), as: UTF8.self))
    }
    return JSON.object([
      ("status", .int(Int64(statusCode ?? 0))),
      ("headers", .object(responseHeaders.map { ($0.0, .string($0.1)) })),
      ("body", responseBody.isEmpty ? .null : body),
    ]).text
  }
}
