import Effects
import Kit
import Orders

/// What a read of the order proves about an effect: pure, one function a question.
enum Proof {
  /// Seed 000's validation: accepted, cancelled, or look again, at most `checksMax` times.
  static func acceptance(
    seen: MarketplaceState, state: EffectState, checks: Int, sends: Int, policy: EffectPolicy
  ) -> Step {
    if seen.isOff { return .pointless("the marketplace cancelled the order") }
    if seen.isAccepted { return .done("the marketplace shows the acceptance") }
    if state == .unknown {
      if let wait = policy.lookup(afterChecks: checks + 1) {
        return .lookAgain(after: wait, why: "lost answer; the order still shows \(seen.name)")
      }
      return .ask("the answer was lost and after \(checks + 1) reads the order shows \(seen.name)")
    }
    return policy.notYet(checks: checks, seen: seen.name)
  }

  /// A refusal counts when the order shows it; one that somebody accepted meanwhile is a person's.
  static func refusal(
    seen: MarketplaceState, state: EffectState, checks: Int, policy: EffectPolicy
  ) -> Step {
    if seen.isOff { return .done("the marketplace shows \(seen.name)") }
    if seen.isAccepted { return .ask("to be refused, but the marketplace shows \(seen.name)") }
    if state == .unknown {
      if let wait = policy.lookup(afterChecks: checks + 1) {
        return .lookAgain(after: wait, why: "lost answer; the order still shows \(seen.name)")
      }
      return .ask("the answer was lost and after \(checks + 1) reads the order shows \(seen.name)")
    }
    return policy.notYet(checks: checks, seen: seen.name)
  }

  /// A cancellation counts when the order shows it; one that was shipped meanwhile is a person's.
  static func cancellation(
    seen: MarketplaceState, state: EffectState, checks: Int, policy: EffectPolicy
  ) -> Step {
    if seen.isOff { return .done("the marketplace shows \(seen.name)") }
    if seen == .shipped { return .refused("too late: the marketplace shows \(seen.name)") }
    if state == .unknown {
      if let wait = policy.lookup(afterChecks: checks + 1) {
        return .lookAgain(after: wait, why: "lost answer; the order still shows \(seen.name)")
      }
      // The state guards the call: once cancelled, a second one is refused.
      return .again(after: .zero, why: "after \(checks + 1) reads it was certainly not cancelled")
    }
    return policy.notYet(checks: checks, seen: seen.name)
  }

  static func shipping(
    seen: IncomingOrder, pin: String?, state: EffectState, checks: Int, policy: EffectPolicy
  ) -> Step {
    let marketplace = MarketplaceState(seen.state ?? "")
    if marketplace.isOff { return .pointless("the marketplace cancelled the order") }
    if marketplace == .shipped {
      guard let pin else { return .done("the marketplace shows it shipped") }
      guard let shown = seen.trackingNumber, !shown.isEmpty else {
        return policy.notYet(
          checks: checks,
          seen: "it shipped without a tracking number: post \(pin) there, then retry")
      }
      if shown == pin { return .done("the marketplace shows it shipped") }
      return .ask("shipped, but with tracking \(shown) instead of \(pin)")
    }
    if state == .unknown {
      if let wait = policy.lookup(afterChecks: checks + 1) {
        return .lookAgain(after: wait, why: "lost answer; the order shows \(marketplace.name)")
      }
      // The state guards the call: once shipped, a second one is refused.
      return .again(after: .zero, why: "after \(checks + 1) reads it was certainly not shipped")
    }
    return policy.notYet(checks: checks, seen: marketplace.name)
  }

  static func tracking(
    seen: IncomingOrder, pin: String?, checks: Int, policy: EffectPolicy
  ) -> Step {
    let marketplace = MarketplaceState(seen.state ?? "")
    if marketplace.isOff { return .pointless("the marketplace cancelled the order") }
    if let pin, seen.trackingNumber == pin { return .done("the marketplace shows the tracking") }
    if let wait = policy.lookup(afterChecks: checks + 1) {
      return .lookAgain(after: wait, why: "lost answer; the tracking is not shown yet")
    }
    // Writing the same number over itself changes nothing.
    return .again(after: .zero, why: "after \(checks + 1) reads the tracking is not there")
  }
}

extension MarketplaceState {
  var name: String {
    switch self {
    case .staging: "STAGING"
    case .waitingAcceptance: "WAITING_ACCEPTANCE"
    case .waitingDebit: "WAITING_DEBIT"
    case .shipping: "SHIPPING"
    case .shipped: "SHIPPED"
    case .cancelled: "CANCELED"
    case .refused: "REFUSED"
    case .unknown(let name): name.isEmpty ? "no state" : name
    }
  }
}
