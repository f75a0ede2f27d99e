import Effects
import HTTPClient
import Kit
import Ledger
import Orders

/// What all kinds of effects need when they are carried out.
struct Hands: Sendable {
  var shop: ShopClients
  var cycle: CycleSettings
  var ledger: Ledger
  var reader: OrderReader
  var facts: Coalescer<OrderFacts?>
  var journal: SendJournal
  var gate: Gate
  var pace: Pace
  var shipments: KnownShipments
  var labels: LabelStore
  var attachments: AttachmentStore
  var random: @Sendable () -> Double

  /// What one order's chain of effects remembers from step to step, so that nothing is read twice.
  struct Memory: Sendable {
    var seen: IncomingOrder?
    var seenAt: ContinuousClock.Instant?
    var facts: OrderFacts?
    var purchase: Finding.Purchase?
    /// This worker has just proved our acceptance of it.
    var wasJustAccepted = false
    /// The effect was planned a moment ago, in the transaction that stored `seen` and what came after.
    var isPlannedJustNow = false

    /// `seen`, as long as it may be relied on.
    func freshlySeen(within age: Duration) -> IncomingOrder? {
      guard let seenAt, ContinuousClock.now - seenAt < age else { return nil }
      return seen
    }
  }

  func carryOut(_ effect: ClaimedEffect, _ memory: inout Memory) async -> Report {
    guard let deed = Deed(rawValue: effect.kind), effect.orderID != nil || !deed.isAboutAnOrder
    else {
      return Report(effect, .ask("this version does not know effects of kind \(effect.kind)"))
    }
    let orderID = effect.orderID ?? ""
    if let wait = gate.wait(for: effect.lane) {
      return Report(effect, .released(after: wait, why: "the lane is told to wait"))
    }
    if let report = await keptBack(effect, deed, orderID, &memory) { return report }
    if let report = await madeAnew(effect, deed, orderID, &memory) { return report }
    let report =
      switch deed {
      case .acceptOrder: await accept(effect, orderID, &memory)
      case .refuseOrder: await refuse(effect, orderID, &memory)
      case .cancelOrder: await cancel(effect, orderID, &memory)
      case .buyLabel: await buyLabel(effect, orderID, &memory)
      case .fetchLabel: await fetchLabel(effect, orderID, &memory)
      case .postTracking: await postTracking(effect, orderID, &memory)
      case .markShipped: await markShipped(effect, orderID, &memory)
      case .voidLabel: await voidLabel(effect, orderID, &memory)
      case .refundLabel: await refundLabel(effect, orderID, &memory)
      case .updateOffer: await pushOffers(effect)
      case .sendMessage: await sendMessage(effect)
      }
    memory.isPlannedJustNow = false
    if deed == .acceptOrder, effect.state == .verifying, case .done = report.step {
      memory.wasJustAccepted = true
    }
    for finding in report.findings {
      switch finding {
      case .orderSeen(let order):
        memory.seen = order
        memory.seenAt = .now
      case .bought(let purchase): memory.purchase = purchase
      default: break
      }
    }
    return report
  }

  /// An order that a person holds gets no call that is not begun yet. What was planned a moment ago needs no
  /// look, since its transaction looked; but for a purchase, which looks once more just before it is made.
  /// What could not be read says nothing: it is asked again.
  private func keptBack(
    _ effect: ClaimedEffect, _ deed: Deed, _ orderID: String, _ memory: inout Memory
  ) async -> Report? {
    guard effect.state == .sending, deed.diesWithTheOrder, !memory.isPlannedJustNow else {
      return nil
    }
    guard let facts = await facts(of: orderID, &memory) else {
      return Report(effect, .released(after: .seconds(5), why: "the order could not be read"))
    }
    return facts.isHeld ? Report(effect, .held("held by a person")) : nil
  }

  /// What was planned for a parcel that was made anew since touches nothing of the new one. A purchase
  /// looks for itself, since its label may have to go. What could not be read says nothing, neither that the
  /// parcel is the same nor what it lacks: it is asked again.
  private func madeAnew(
    _ effect: ClaimedEffect, _ deed: Deed, _ orderID: String, _ memory: inout Memory
  ) async -> Report? {
    guard deed.isAboutAParcel, deed != .buyLabel, memory.purchase == nil else { return nil }
    guard let facts = await facts(of: orderID, &memory) else {
      return Report(effect, .released(after: .seconds(5), why: "the parcel could not be read"))
    }
    guard let parcel = facts.parcel, !effect.isAbout(parcel) else { return nil }
    return Report(effect, .pointless("the parcel was made anew"))
  }

  func facts(of orderID: String, _ memory: inout Memory) async -> OrderFacts? {
    if let facts = memory.facts, facts.isComplete || memory.purchase != nil { return facts }
    let facts = await self.facts.read(orderID)
    memory.facts = facts
    return facts
  }

  /// `nil` when enough of the lease is left for the call.
  func mayNotSend(_ effect: ClaimedEffect, callOf duration: Duration) -> Report? {
    guard !effect.canBegin(callOf: duration, now: .now) else { return nil }
    return Report(effect, .released(after: .zero, why: Self.shortLeaseWords))
  }

  /// Makes the one call of an effect that causes something outside. When it is begun, and not when it begins to
  /// wait for a connection, the effect is marked, then its lease is looked at again: in this order, see
  /// `SendJournal`.
  func send<Value: Sendable>(
    _ effect: ClaimedEffect, callOf duration: Duration, _ call: () async -> Answer<Value>
  ) async -> Answer<Value> {
    let objection = HTTPClient.Objection { [journal] in
      guard journal.begin(effect.effectID) else {
        return "the send journal cannot be written; is the disk full?"
      }
      guard effect.canBegin(callOf: duration, now: .now) else { return Self.shortLeaseWords }
      CrashPoint.pass("before-send:\(effect.kind)")
      return nil
    }
    let answer = await HTTPClient.$objection.withValue(objection) { await call() }
    CrashPoint.pass("after-send:\(effect.kind)")
    return answer
  }

  private static let shortLeaseWords = "the lease is too short to begin"

  static let noTurnWords = "the carrier's calls a minute leave no turn under this lease"

  /// The step for an error of a call that would have caused something outside.
  func step(
    after error: OutsideError, _ effect: ClaimedEffect, _ policy: EffectPolicy
  ) -> (step: Step, wasSent: Bool)? {
    switch error.classification {
    case .throttled(let after):
      let wait = after ?? .seconds(60)
      gate.pause(effect.lane, for: wait)
      return (.again(after: wait, why: error.description), false)
    case .transient(let after):
      let wait = after ?? policy.retryDelay(tries: effect.tries, random: random())
      return (.again(after: wait, why: error.description), false)
    case .denied:
      let wait = policy.backoff.cap
      gate.pause(effect.lane, for: wait)
      return (.again(after: wait, why: error.description), false)
    case .unknownOutcome:
      let wait = policy.lookup(afterChecks: 0) ?? .seconds(30)
      return (.lost(after: wait, why: error.description), true)
    case .needsPerson(let question): return (.ask(question), true)
    case .bug(let what): return (.ask(what), true)
    case .refused, .conflict, .notFound, .invalid: return nil
    }
  }

  /// The step for a read that failed: nothing is known, nothing is counted.
  func stepAfterRead(_ error: OutsideError, _ effect: ClaimedEffect, _ policy: EffectPolicy) -> Step
  {
    switch error.classification {
    case .throttled(let after):
      let wait = after ?? .seconds(60)
      gate.pause(effect.lane, for: wait)
      return .released(after: wait, why: error.description)
    case .denied:
      gate.pause(effect.lane, for: policy.backoff.cap)
      return .released(after: policy.backoff.cap, why: error.description)
    default:
      return .released(
        after: policy.retryDelay(tries: effect.tries, random: random()), why: error.description)
    }
  }
}
