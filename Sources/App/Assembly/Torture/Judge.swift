import Kit
package import Ledger
import Orders
package import Sandbox

/// Compares what the outside counted with what the ledger says, order by order. Pure: two accounts
/// of the same order go in, everything that is wrong comes out.
package enum Judge {
  /// Something that the product promises and that is not so.
  package struct Violation: Sendable, Equatable {
    package var name: String
    package var order: String
    package var detail: String
  }

  /// An effect may be due for so long before nobody seems to look at it.
  static let duePatience = Duration.seconds(15)

  /// - Parameters:
  ///   - order: what the ledger knows; `nil` when it knows nothing of it.
  ///   - outside: what the sandbox counted; `nil` when it never had such an order.
  package static func violations(
    _ id: String, _ order: JudgedOrder?, _ outside: SandboxTally.Order?
  ) -> [Violation] {
    guard let order else { return [Violation(name: "missing", order: id, detail: "not stored")] }
    guard let outside, outside.state != nil else {
      return [Violation(name: "invented", order: id, detail: "the outside has no such order")]
    }
    var case_ = Case(order: order, outside: outside)
    case_.once()
    case_.labels()
    case_.ending()
    case_.history()
    case_.effects()
    case_.audit()
    return case_.found
  }

  /// What the sandbox itself calls wrong, but for the one thing that an unlucky moment explains: a
  /// label that was bought while the cancellation was being read, and is undone since.
  package static func violations(in tally: SandboxTally) -> [Violation] {
    tally.violations.compactMap { found in
      let isUndone = tally.orders[found.order]?.labelsLive == 0
      // Counted above, with what the ledger knows of it.
      if found.name == "two_live_labels" || found.name == "live_label_for_cancelled_order" {
        return nil
      }
      if found.name == "label_for_cancelled_order", isUndone { return nil }
      return Violation(name: found.name, order: found.order, detail: found.detail)
    }
  }
}

/// One order before the judge.
private struct Case {
  let order: JudgedOrder
  let outside: SandboxTally.Order
  var found: [Judge.Violation] = []

  init(order: JudgedOrder, outside: SandboxTally.Order) {
    self.order = order
    self.outside = outside
  }

  mutating func add(_ name: String, _ detail: String) {
    found.append(Judge.Violation(name: name, order: order.orderID, detail: detail))
  }

  mutating func expect(_ isSo: Bool, _ name: String, _ detail: String) {
    if !isSo { add(name, detail) }
  }

  func effects(_ deed: Deed) -> [JudgedOrder.Effect] {
    order.effects.filter { $0.kind == deed.rawValue }
  }

  func sends(_ deed: Deed) -> Int { effects(deed).map(\.sends).reduce(0, +) }

  var waitsForPerson: Bool {
    order.effects.contains { $0.state == "needs_person" || $0.state == "refused" }
  }

  // MARK: Once

  mutating func once() {
    expect(outside.accepts <= 1, "accepted_twice", "\(outside.accepts) times")
    // A person who says "retry" after a failed acceptance asks for one more call.
    let asked = order.moves.count {
      $0.from == OrderStatus.acceptanceFailed.rawValue
        && $0.to == OrderStatus.pendingAcceptance.rawValue
    }
    expect(
      outside.acceptCalls <= 1 + asked, "accept_called_again",
      "\(outside.acceptCalls) calls, \(asked) of them asked for by a person")
    expect(outside.ships <= 1, "shipped_twice", "\(outside.ships) times")
    let isAccepted = ["accepted", "label_created", "shipped"].contains(order.status)
    expect(
      !isAccepted || outside.accepts == 1, "never_accepted",
      "\(order.status) here, but the outside accepted it \(outside.accepts) times")
  }

  mutating func labels() {
    let isOff = outside.state == "CANCELED" || outside.state == "REFUSED"
    let wanted = isOff ? 0 : 1
    if outside.labelsLive > wanted {
      expect(
        waitsForPerson, isOff ? "live_label_for_cancelled_order" : "surplus_label",
        "\(outside.labelsLive) live labels, and nobody was told")
    }
    if outside.ships > 0 {
      expect(outside.labelsLive >= 1, "shipped_without_label", "no live label")
      expect(
        outside.livePins.contains(outside.tracking ?? ""), "shipped_with_wrong_label",
        "\(outside.tracking ?? "nothing") is no live label of the order")
    }
    expect(
      outside.labelsLive + outside.voids + outside.refunds == outside.labelsBought,
      "labels_do_not_add_up",
      "\(outside.labelsBought) bought, \(outside.labelsLive) live, \(outside.voids) voided")
  }

  // MARK: Both say the same

  mutating func ending() {
    let isShipped = outside.state == "SHIPPED"
    let isOff = outside.state == "CANCELED" || outside.state == "REFUSED"
    expect(
      isShipped == (order.status == "shipped") && isOff == (order.status == "cancelled"),
      "not_agreed", "\(order.status) here, \(outside.state ?? "") outside")
    if order.status == "shipped" { shipped() }
    if order.status == "cancelled" {
      expect(outside.ships == 0, "shipped_and_cancelled", "\(outside.ships) times")
      let isLive = ["label_bought", "label_created", "tracking_updated", "void_pending"]
        .contains(order.shipment?.status ?? "")
      expect(
        !isLive || waitsForPerson, "shipment_not_undone",
        "its shipment is \(order.shipment?.status ?? "")")
    }
    // Neither ended nor anybody's: stuck.
    let isOpen = order.status != "shipped" && order.status != "cancelled"
    let isPlanned = order.effects.contains {
      ["planned", "sending", "verifying", "unknown"].contains($0.state)
    }
    let hasReason = order.status == "parked" && order.parkedReason?.isEmpty == false
    expect(
      !isOpen || isPlanned || hasReason || waitsForPerson, "stuck",
      "\(order.status), with nothing planned and nobody told")
  }

  private mutating func shipped() {
    guard let shipment = order.shipment else { return add("no_shipment", "shipped without one") }
    expect(shipment.status == "tracking_updated", "shipment_behind", shipment.status)
    expect(shipment.isTrackingPosted, "tracking_not_noted", "tracking_posted_at is empty")
    expect(
      shipment.pin == outside.tracking, "wrong_tracking",
      "\(shipment.pin ?? "nothing") here, \(outside.tracking ?? "nothing") outside")
    expect(shipment.labelPath != nil && shipment.labelSHA256 != nil, "no_label_file", "not stored")
    for deed in [Deed.acceptOrder, .buyLabel, .fetchLabel, .postTracking, .markShipped] {
      let ordinal = deed == .acceptOrder ? 1 : shipment.generation
      let states = effects(deed).filter { $0.ordinal == ordinal }.map(\.state)
      // A surplus label is a person's question beside a parcel that went its way.
      let isRaised = deed == .buyLabel && states == ["needs_person"] && outside.labelsLive > 1
      expect(
        states == ["confirmed"] || isRaised, "effect_not_confirmed",
        "\(deed.rawValue) is \(states.joined(separator: ", "))")
    }
  }

  mutating func history() {
    var at = OrderStatus.received.rawValue
    for move in order.moves {
      expect(move.from == at, "history_torn", "\(move.from) -> \(move.to), but it was \(at)")
      let isLegal =
        OrderStatus(rawValue: move.from).flatMap { from in
          OrderStatus(rawValue: move.to).map { from.canMove(to: $0) }
        } ?? false
      expect(isLegal, "illegal_move", "\(move.from) -> \(move.to)")
      at = move.to
    }
    expect(at == order.status, "history_behind", "ends at \(at), the order is \(order.status)")
  }

  mutating func effects() {
    for effect in order.effects {
      let what = "\(effect.kind) \(effect.state): \(effect.outcome)"
      switch effect.state {
      case "planned", "verifying", "sending", "unknown":
        expect(effect.overdue < Judge.duePatience, "effect_stuck", what)
        let isOpenCall = effect.state == "sending" || effect.state == "unknown"
        expect(!(isOpenCall && effect.isPastDeadline), "effect_past_deadline", what)
      case "confirmed": expect(effect.hasCall, "confirmed_without_call", what)
      case "needs_person", "refused": expect(effect.wasRaised, "silent_question", what)
      case "cancelled": break
      default: add("unknown_state", what)
      }
      expect(!effect.hasCall || effect.isCallKept, "call_missing", what)
    }
  }

  // MARK: Nothing is missing

  /// Whatever the outside received, the ledger knows of; whatever the ledger claims, happened.
  mutating func audit() {
    let counted: [(Deed, Int, String)] = [
      (.acceptOrder, outside.acceptCalls, "accepts"), (.buyLabel, outside.labelsBought, "labels"),
      (.postTracking, outside.trackingCalls, "trackings"),
      (.markShipped, outside.shipCalls, "ships"),
      (.voidLabel, outside.voids, "voids"),
    ]
    for (deed, count, what) in counted {
      expect(
        count <= sends(deed), "unknown_to_us",
        "\(count) \(what) arrived outside, \(sends(deed)) are known here")
    }
    let claimed: [(String, Int)] = [
      ("OR21", outside.accepts + outside.acceptsIgnored), ("OR23", outside.trackings),
      ("OR24", outside.ships), ("CreateShipment", outside.labelsBought),
    ]
    for (endpoint, happened) in claimed {
      let successes = order.calls[endpoint]?.successes ?? 0
      expect(
        successes <= happened, "claimed_too_much",
        "\(successes) successful \(endpoint) here, \(happened) outside")
    }
    let accepted = order.calls["OR21"]?.all ?? 0
    expect(
      order.attempts <= accepted, "attempt_without_call",
      "\(order.attempts) attempts, \(accepted) calls of OR21")
  }
}
