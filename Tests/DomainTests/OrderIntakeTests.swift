import Kit
import Orders
import Testing

@Suite("Intake of orders")
struct OrderIntakeTests {
  /// What an order that we know as `row` becomes when the marketplace shows `column`; `.` is: stays.
  static let table: [(OrderStatus, [OrderStatus?])] = {
    let healed: [OrderStatus?] = [
      nil, .pendingAcceptance, .accepted, .accepted, .shipped, .cancelled, .cancelled, nil, nil,
    ]
    let waiting: [OrderStatus?] = [
      nil, nil, .accepted, .accepted, .shipped, .cancelled, .cancelled, nil, nil,
    ]
    let working: [OrderStatus?] = [nil, nil, nil, nil, .shipped, .cancelled, .cancelled, nil, nil]
    let final = [OrderStatus?](repeating: nil, count: 9)
    return [
      (.received, healed), (.parked, healed), (.pendingAcceptance, waiting),
      (.acceptanceFailed, waiting), (.accepted, working), (.labelCreated, working),
      (.shipped, final), (.cancelled, final),
    ]
  }()

  @Test("what each status becomes under each marketplace state", arguments: table)
  func move(status: OrderStatus, expected: [OrderStatus?]) {
    for (state, next) in zip(stateNames, expected) {
      let decision = OrderIntake.decide(
        known: .sample(status), incoming: .sample(state), unknownSKUs: [])
      #expect(decision.move?.to == next, "\(status) sees \(state ?? "nothing")")
      #expect(decision.refreshes)
    }
    #expect(expected.count == stateNames.count)
  }

  @Test("the first status of an order that is seen for the first time")
  func first() {
    let expected: [OrderStatus] = [
      .parked, .pendingAcceptance, .accepted, .accepted, .shipped, .cancelled, .cancelled, .parked,
      .parked,
    ]
    for (state, status) in zip(stateNames, expected) {
      let decision = OrderIntake.decide(known: nil, incoming: .sample(state), unknownSKUs: [])
      #expect(decision.move?.to == status)
      #expect(decision.move?.cause.isEmpty == false)
    }
  }

  @Test("whatever is shown, a move is legal, nothing is reset, and a final order stays")
  func everything() {
    let shipments =
      [nil] + ShipmentStatus.allCases.map { Optional(ShipmentSnapshot.sample($0)) }
    let problem = FieldProblem(field: "currency", problem: "is missing")
    let times: [Timestamp?] = [nil, noon - .seconds(1), noon, noon + .seconds(1)]
    var count = 0
    for (status, state) in pairs([nil] + OrderStatus.allCases.map(Optional.some), stateNames) {
      for (shipment, time) in pairs(shipments, times) {
        for (problems, skus) in pairs([[], [problem]], [[], ["S-1"]]) {
          for tracking in [nil, "", "123"] as [String?] {
            let known = status.map { OrderSnapshot.sample($0, shipment: shipment) }
            let incoming = IncomingOrder.sample(
              state, updatedAt: time, tracking: tracking, problems: problems)
            check(
              OrderIntake.decide(known: known, incoming: incoming, unknownSKUs: skus), known,
              incoming,
              isHeld: !problems.isEmpty || !skus.isEmpty)
            count += 1
          }
        }
      }
    }
    #expect(count == 9 * 9 * 8 * 4 * 4 * 3)
  }

  private func check(
    _ decision: OrderIntake.Decision, _ known: OrderSnapshot?, _ incoming: IncomingOrder,
    isHeld: Bool
  ) {
    let from = known?.status ?? .received
    let what: Comment = "\(from) sees \(incoming.state ?? "nothing"): \(decision)"
    let state = MarketplaceState(incoming.state ?? "")
    if let move = decision.move {
      #expect(from.canMove(to: move.to), what)
      #expect(!move.cause.isEmpty, what)
      #expect(move.to != .acceptanceFailed && move.to != .labelCreated, what)
      if move.to == .pendingAcceptance {
        #expect(from == .received || from == .parked, what)
        #expect(!isHeld && state == .waitingAcceptance, what)
      }
      if move.to == .accepted { #expect(state == .waitingDebit || state == .shipping, what) }
      if move.to == .cancelled { #expect(state.isOff, what) }
      if move.to == .shipped {
        #expect(state == .shipped, what)
        let isUnlabelled = known?.shipment.map { Self.unlabelled.contains($0.status) } ?? true
        #expect(isUnlabelled || from != .accepted && from != .labelCreated, what)
      }
    }
    guard let known else {
      #expect(decision.refreshes && decision.move != nil, what)
      return
    }
    if let theirs = incoming.updatedAt, theirs < noon {
      #expect(decision == OrderIntake.Decision(refreshes: false, move: nil), what)
    } else {
      #expect(decision.refreshes, what)
      // A parked order either heals or says why it is still parked.
      #expect(
        (decision.parkedReason != nil) == (known.status == .parked && decision.move == nil), what)
    }
  }

  /// No label of ours is on a parcel.
  static let unlabelled: Set<ShipmentStatus> = [
    .labelCreationInitiated, .voided, .refundRequested, .voidPending,
  ]

  @Test("what is shipped while no label of ours is on a parcel was shipped by somebody else")
  func byHand() {
    for (status, parcel) in pairs([OrderStatus.accepted, .labelCreated], ShipmentStatus.allCases) {
      let decision = OrderIntake.decide(
        known: .sample(status, shipment: .sample(parcel)), incoming: .sample("SHIPPED"),
        unknownSKUs: [])
      let expected: OrderStatus? = Self.unlabelled.contains(parcel) ? .shipped : nil
      #expect(decision.move?.to == expected, "\(status), \(parcel)")
    }
  }

  @Test("the same order again is not written again, and still may move")
  func unchanged() {
    var known = OrderSnapshot.sample(.pendingAcceptance)
    known.rawDigest = [2]
    let decision = OrderIntake.decide(known: known, incoming: .sample("SHIPPING"), unknownSKUs: [])
    #expect(!decision.refreshes && decision.move?.to == .accepted)
  }

  @Test("the reason for parking is the first that counts, and final states are never parked")
  func reasons() {
    func reason(_ incoming: IncomingOrder, _ skus: [String] = []) -> String? {
      let move = OrderIntake.decide(known: nil, incoming: incoming, unknownSKUs: skus).move
      return move?.to == .parked ? move?.cause : nil
    }
    let problem = FieldProblem(field: "currency", problem: "is missing")
    #expect(reason(.sample("SHIPPING", problems: [problem]), ["S-1"]) == "currency: is missing")
    #expect(reason(.sample("SHIPPING"), ["S-1", "S-2"]) == "unknown SKU S-1")
    #expect(
      reason(.sample("SHIPPING", tracking: "9")) == "tracking 9 is already posted, and not by us")
    #expect(reason(.sample("SHIPPING", tracking: "")) == nil)
    #expect(reason(.sample("WAITING_DEBIT", tracking: "9")) == nil)
    #expect(reason(.sample("STAGING", problems: [problem])) == "held by the marketplace (STAGING)")
    #expect(
      reason(.sample("NEW_WORD", problems: [problem])) == "unknown marketplace state NEW_WORD")
    #expect(reason(.sample(nil)) == "order_state is missing")
    for state in ["SHIPPED", "CANCELED", "REFUSED"] {
      #expect(reason(.sample(state, tracking: "9", problems: [problem]), ["S-1"]) == nil)
    }
  }
}
