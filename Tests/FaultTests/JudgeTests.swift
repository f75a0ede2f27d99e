import Assembly
import Ledger
import Sandbox
import Testing

/// The judge of the fault runs has teeth: whatever one account of an order is changed in, it finds.
@Suite struct JudgeTests {
  typealias Outside = SandboxTally.Order

  static let effects: [JudgedOrder.Effect] =
    ["accept_order", "buy_label", "post_tracking", "mark_shipped"].map {
      JudgedOrder.Effect(kind: $0, state: "confirmed", sends: 1)
    } + [JudgedOrder.Effect(kind: "fetch_label", state: "confirmed")]

  static let shipped = JudgedOrder(
    orderID: "o1", status: "shipped",
    moves: [
      .init(from: "received", to: "pending_acceptance"),
      .init(from: "pending_acceptance", to: "accepted"),
      .init(from: "accepted", to: "label_created"), .init(from: "label_created", to: "shipped"),
    ],
    shipment: .init(
      status: "tracking_updated", pin: "111", labelPath: "/l.pdf", labelSHA256: "ab",
      isTrackingPosted: true), effects: effects,
    calls: [
      "OR21": .init(all: 1, successes: 1), "OR23": .init(all: 1, successes: 1),
      "OR24": .init(all: 1, successes: 1), "CreateShipment": .init(all: 1, successes: 1),
    ], attempts: 1)

  static let outside: Outside = {
    var order = Outside()
    order.state = "SHIPPED"
    order.acceptCalls = 1
    order.accepts = 1
    order.trackingCalls = 1
    order.trackings = 1
    order.tracking = "111"
    order.carrierCode = "CPCL"
    order.shipCalls = 1
    order.ships = 1
    order.labelsBought = 1
    order.labelsLive = 1
    order.livePins = ["111"]
    return order
  }()

  func names(
    _ change: (inout JudgedOrder, inout Outside) -> Void
  ) -> [String] {
    var (order, outside) = (Self.shipped, Self.outside)
    change(&order, &outside)
    return Judge.violations("o1", order, outside).map(\.name)
  }

  @Test("an order that went its way is found without fault")
  func fine() {
    #expect(names { _, _ in } == [])
  }

  @Test("an order that is missing here, or was never outside")
  func missing() {
    #expect(Judge.violations("o1", nil, Self.outside).map(\.name) == ["missing"])
    #expect(Judge.violations("o1", Self.shipped, nil).map(\.name) == ["invented"])
  }

  @Test("what happened twice outside")
  func twice() {
    #expect(names { _, o in o.accepts = 2 }.contains("accepted_twice"))
    #expect(names { _, o in o.acceptCalls = 2 }.contains("accept_called_again"))
    #expect(names { _, o in o.ships = 2 }.contains("shipped_twice"))
    let surplus = names { order, o in
      o.labelsBought = 2
      o.labelsLive = 2
      o.livePins.append("222")
      order.effects[1].sends = 2
    }
    #expect(surplus == ["surplus_label"])
  }

  @Test("a surplus label that was voided, or that a person was told of, is no fault")
  func surplus() {
    let voided = names { order, o in
      o.labelsBought = 2
      o.voids = 1
      order.effects[1].sends = 2
      order.effects.append(.init(kind: "void_label", state: "confirmed", sends: 1))
    }
    #expect(voided == [])
    let raised = names { order, o in
      o.labelsBought = 2
      o.labelsLive = 2
      o.livePins.append("222")
      order.effects[1].sends = 2
      order.effects[1].state = "needs_person"
      order.effects[1].wasRaised = true
    }
    #expect(raised == [])
  }

  @Test("a call that a person asked for again is no fault")
  func retried() {
    let found = names { order, o in
      o.acceptCalls = 2
      order.moves.insert(.init(from: "pending_acceptance", to: "acceptance_failed"), at: 1)
      order.moves.insert(.init(from: "acceptance_failed", to: "pending_acceptance"), at: 2)
      order.effects[0].sends = 2
    }
    #expect(found == [])
  }

  @Test("what the two accounts do not agree in")
  func disagreement() {
    #expect(names { _, o in o.accepts = 0 }.contains("never_accepted"))
    #expect(names { _, o in o.tracking = "999" }.contains("wrong_tracking"))
    #expect(names { _, o in o.livePins = ["999"] } == ["shipped_with_wrong_label"])
    #expect(names { _, o in o.state = "CANCELED" }.contains("not_agreed"))
    #expect(names { order, _ in order.shipment?.status = "label_bought" } == ["shipment_behind"])
    #expect(names { order, _ in order.shipment?.labelPath = nil } == ["no_label_file"])
    #expect(names { order, _ in order.effects[3].state = "cancelled" } == ["effect_not_confirmed"])
    #expect(names { order, _ in order.effects.removeLast() } == ["effect_not_confirmed"])
  }

  @Test("a cancelled order with a live label, or a shipment")
  func cancelled() {
    func off(_ order: inout JudgedOrder, _ o: inout Outside) {
      order.status = "cancelled"
      order.moves[3].to = "cancelled"
      order.effects[3].state = "cancelled"
      o.state = "CANCELED"
      o.ships = 0
      order.calls["OR24"] = nil
    }
    let live = names { order, o in off(&order, &o) }
    #expect(live == ["live_label_for_cancelled_order", "shipment_not_undone"])
    let undone = names { order, o in
      off(&order, &o)
      order.shipment?.status = "voided"
      order.effects.append(.init(kind: "void_label", state: "confirmed", sends: 1))
      o.labelsLive = 0
      o.voids = 1
      o.livePins = []
    }
    #expect(undone == [])
    let both = names { order, o in
      off(&order, &o)
      o.ships = 1
    }
    #expect(both.contains("shipped_and_cancelled"))
  }

  @Test("an order that nobody moves on, an effect that is stuck, a question that nobody heard")
  func stuck() {
    let open = names { order, o in
      order.status = "label_created"
      order.moves.removeLast()
      o.state = "SHIPPING"
      o.ships = 0
      order.calls["OR24"] = nil
    }
    #expect(open == ["stuck"])
    #expect(
      names { order, _ in
        order.effects.append(.init(kind: "void_label", state: "sending", overdue: .seconds(60)))
      } == ["effect_stuck"])
    #expect(
      names { order, _ in
        order.effects.append(.init(kind: "void_label", state: "unknown", isPastDeadline: true))
      } == ["effect_past_deadline"])
    #expect(
      names { order, _ in
        order.effects.append(.init(kind: "void_label", state: "needs_person"))
      } == ["silent_question"])
  }

  @Test("a history that is torn, illegal, or not where the order is")
  func history() {
    #expect(names { order, _ in order.moves.remove(at: 1) } == ["history_torn"])
    #expect(names { order, _ in order.moves.removeLast() } == ["history_behind"])
    let illegal = names { order, _ in
      order.moves[2] = .init(from: "accepted", to: "pending_acceptance")
      order.moves[3] = .init(from: "pending_acceptance", to: "shipped")
    }
    #expect(illegal == ["illegal_move"])
  }

  @Test("what the outside received and we do not know, and what we claim and never was")
  func audit() {
    #expect(names { order, _ in order.effects[0].sends = 0 } == ["unknown_to_us"])
    #expect(names { order, _ in order.effects[1].isCallKept = false } == ["call_missing"])
    #expect(names { order, _ in order.effects[1].hasCall = false } == ["confirmed_without_call"])
    #expect(names { order, _ in order.calls["OR24"]?.successes = 2 } == ["claimed_too_much"])
    #expect(names { order, _ in order.attempts = 2 } == ["attempt_without_call"])
  }

  @Test("what the sandbox calls wrong is wrong, but for a label bought in a bad moment and undone")
  func sandboxViolations() {
    var tally = SandboxTally()
    tally.orders["o1"] = Outside()
    for name in ["accepted_again", "label_too_early", "label_for_cancelled_order"] {
      tally.violations.append(SandboxViolation(name: name, order: "o1", detail: ""))
    }
    #expect(Judge.violations(in: tally).map(\.name) == ["accepted_again", "label_too_early"])
    tally.orders["o1"]?.labelsLive = 1
    #expect(Judge.violations(in: tally).count == 3)
  }
}
