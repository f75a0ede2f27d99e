import Kit

/// Why the marketplace refuses to move an order.
enum MarketRefusal: Error {
  case notFound
  /// Wrong state; `required` is named in the answer's text.
  case state(required: String, actual: String)
  /// A published machine code with the text and field that belong to it.
  case code(String, field: String?, message: String)
}

/// One line of an OR21 body.
struct LineDecision: Sendable {
  /// nil for a null element.
  let id: String?
  let accepted: Bool
}

extension Marketplace {
  /// OR21.
  func accept(
    _ id: String, shop: Int, decisions: [LineDecision], isIgnored: Bool
  ) -> MarketRefusal? {
    enter { state, now in
      guard let at = state.position(id, shop) else { return .notFound }
      state.orders[at].acceptCalls += 1
      if let refusal = state.specialRefusal(at, now) { return refusal }
      let order = state.orders[at]
      guard order.state == .waitingAcceptance, order.decidedAt == nil else {
        if order.accepts > 0 {
          state.violations.add("accepted_again", order: id, "OR21 was called after it had worked")
        }
        return .state(required: "WAITING_ACCEPTANCE", actual: order.state.rawValue)
      }
      if let refusal = state.check(decisions, at, settings) { return refusal }
      if isIgnored || order.kind == .neverAccepts {
        state.orders[at].acceptsIgnored += 1
        return nil
      }
      for decision in decisions {
        if let line = order.lines.firstIndex(where: { $0.id == decision.id }) {
          state.orders[at].lines[line].accepted = decision.accepted
        }
      }
      state.orders[at].accepts += 1
      state.orders[at].firstAcceptAt = order.firstAcceptAt ?? now
      state.orders[at].decidedAt = now
      state.timetable.add(.debit, at: now + settings.acceptDelay, order: at)
      state.advance(to: now, settings)
      return nil
    }
  }

  /// OR23.
  func track(_ id: String, shop: Int, _ tracking: MarketOrder.Tracking) -> MarketRefusal? {
    enter { state, now in
      guard let at = state.position(id, shop) else { return .notFound }
      state.orders[at].trackingCalls += 1
      let order = state.orders[at]
      guard order.state == .shipping || order.state == .shipped else {
        return .state(required: "SHIPPING", actual: order.state.rawValue)
      }
      if let old = order.tracking, old.number != tracking.number {
        let change = "\(old.number ?? "none") became \(tracking.number ?? "none")"
        state.violations.add("tracking_changed", order: id, change)
      }
      state.orders[at].tracking = tracking
      state.orders[at].trackings += 1
      state.touch(at, at: now)
      return nil
    }
  }

  /// OR24.
  func ship(_ id: String, shop: Int) -> MarketRefusal? {
    enter { state, now in
      guard let at = state.position(id, shop) else { return .notFound }
      state.orders[at].shipCalls += 1
      let order = state.orders[at]
      guard order.state == .shipping else {
        if order.ships > 0 {
          state.violations.add("shipped_again", order: id, "OR24 was called after it had worked")
        }
        return .state(required: "SHIPPING", actual: order.state.rawValue)
      }
      if settings.mandatoryTracking, order.tracking == nil {
        let text = "Tracking details are mandatory for the shipping method of this order"
        return .code("TRACKING_MANDATORY", field: nil, message: text)
      }
      state.orders[at].ships += 1
      state.orders[at].shippedAt = now
      state.move(at, to: .shipped, at: now)
      return nil
    }
  }

  /// OR29.
  func cancel(_ id: String, shop: Int) -> MarketRefusal? {
    enter { state, now in
      guard let at = state.position(id, shop) else { return .notFound }
      state.orders[at].cancelCalls += 1
      guard state.orders[at].state.canCancel else {
        if state.orders[at].cancels > 0 {
          state.violations.add("cancelled_again", order: id, "OR29 was called after it had worked")
        }
        let actual = state.orders[at].state.rawValue
        return .state(required: "a state that can be canceled", actual: actual)
      }
      state.orders[at].cancels += 1
      state.move(at, to: .canceled, at: now)
      return nil
    }
  }

  /// The customer or the operator cancels, in whatever state; false when it is over or unknown.
  func cancelFromOutside(_ id: String) -> Bool {
    force(id, to: .canceled)
  }

  /// One line is cancelled, the order goes on; false when there is no such order or line.
  func cancelLine(_ line: Int, of id: String) -> Bool {
    enter { state, now in
      guard let at = state.byID[id], state.orders[at].lines.indices.contains(line) else {
        return false
      }
      state.orders[at].lines[line].isCancelled = true
      state.touch(at, at: now)
      return true
    }
  }

  /// Puts an order into a state; false when there is none of this id or it cannot be canceled.
  func force(_ id: String, to target: MarketState) -> Bool {
    enter { state, now in
      guard let at = state.byID[id] else { return false }
      if target == .canceled {
        switch state.orders[at].state {
        case .refused, .canceled, .closed, .received, .shipped: return false
        default: break
        }
      }
      if target == .shipping, state.orders[at].debitedAt == nil { state.orders[at].debitedAt = now }
      state.move(at, to: target, at: now)
      return true
    }
  }

  /// The carrier sold a label for this order.
  func labelWasBought(_ id: String) {
    enter { state, now in
      guard let at = state.byID[id] else { return }
      let order = state.orders[at]
      if order.wasReadAsCanceled {
        state.violations.add(
          "label_for_cancelled_order", order: id, "the order had been read as CANCELED before")
      } else if !order.state.showsAddresses, !order.state.isOver {
        state.violations.add(
          "label_too_early", order: id, "the order was \(order.state.rawValue)")
      }
      if order.kind == .cancelledAfterLabel, order.state == .shipping {
        state.move(at, to: .canceled, at: now)
      }
    }
  }
}

extension Marketplace.State {
  fileprivate func position(_ id: String, _ shop: Int) -> Int? {
    guard let at = byID[id], keys[at].shop == shop, keys[at].state != .staging else { return nil }
    return at
  }

  /// The kinds of order whose accept call is refused.
  fileprivate mutating func specialRefusal(_ at: Int, _ now: Timestamp) -> MarketRefusal? {
    guard orders[at].state == .waitingAcceptance else { return nil }
    switch orders[at].kind {
    case .cancelledBeforeAccept:
      move(at, to: .canceled, at: now)
      return nil
    case .refused:
      move(at, to: .refused, at: now)
      return nil
    case .acceptRefused:
      let text = "Order \(orders[at].id) is fulfilled by the operator"
      return .code("ORDER_FULFILLED_UNAUTHORIZED", field: nil, message: text)
    default: return nil
    }
  }

  /// Every line must be decided, once, and nothing else.
  fileprivate func check(
    _ decisions: [LineDecision], _ at: Int, _ settings: SandboxSettings
  ) -> MarketRefusal? {
    let known = Set(orders[at].lines.map(\.id))
    var seen: Set<String> = []
    for (index, decision) in decisions.enumerated() {
      let field = "order_lines[\(index)]"
      guard let id = decision.id else {
        return .code("ORDER_LINE_NULL_ELEMENT", field: field, message: "must not be null")
      }
      guard known.contains(id) else {
        return .code(
          "ORDER_LINE_NOT_FOUND", field: field + ".id", message: "unknown order line \(id)")
      }
      guard seen.insert(id).inserted else {
        return .code(
          "ORDER_LINE_DUPLICATE_ID", field: field + ".id", message: "order line \(id) twice")
      }
    }
    if let missing = orders[at].lines.first(where: { !seen.contains($0.id) }) {
      return .code(
        "ORDER_LINE_ACCEPTANCE_DECISION_MISSING", field: "order_lines",
        message: "no decision for order line \(missing.id)")
    }
    let accepted = decisions.count(where: \.accepted)
    if !settings.partialAcceptance, accepted > 0, accepted < decisions.count {
      return .code(
        "ORDER_PARTIAL_ACCEPTANCE_DISABLED", field: nil,
        message: "partial acceptance is disabled for this shop")
    }
    return nil
  }
}
