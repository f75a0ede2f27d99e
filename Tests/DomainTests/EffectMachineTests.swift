import Effects
import Kit
import Testing

@Suite("Effects")
struct EffectMachineTests {
  static let soon = Duration.seconds(7)
  static let steps: [(name: String, step: Step)] = [
    ("done", .done("d")), ("verify", .verify(after: soon)),
    ("again", .again(after: soon, why: "w")),
    ("lost", .lost(after: soon, why: "w")), ("lookAgain", .lookAgain(after: soon, why: "w")),
    ("refused", .refused("r")), ("ask", .ask("a")), ("pointless", .pointless("p")),
    ("released", .released(after: soon, why: "w")), ("held", .held("h")),
  ]

  /// What each step makes of each state that a worker may hold.
  static let table: [EffectState: [String: EffectState]] = [
    .sending: [
      "done": .confirmed, "verify": .verifying, "again": .planned, "lost": .unknown,
      "refused": .refused, "ask": .needsPerson, "pointless": .cancelled, "released": .planned,
      "held": .planned,
    ],
    .verifying: [
      "done": .confirmed, "verify": .verifying, "again": .planned, "lookAgain": .verifying,
      "refused": .refused, "ask": .needsPerson, "pointless": .cancelled, "released": .verifying,
    ],
    .unknown: [
      "done": .confirmed, "verify": .verifying, "again": .planned, "lookAgain": .unknown,
      "refused": .refused, "ask": .needsPerson, "pointless": .cancelled, "released": .unknown,
    ],
  ]

  @Test("each state under each step", arguments: EffectState.allCases)
  func total(state: EffectState) {
    for (name, step) in Self.steps {
      let next = EffectMachine.next(from: state, step)
      #expect(next?.state == Self.table[state]?[name], "\(state) \(name)")
      guard let next else { continue }
      #expect((next.after == nil) == !next.state.isActive, "\(state) \(name)")
      // How long an order is held is not known here.
      #expect(next.after == nil || next.after == (name == "held" ? .zero : Self.soon))
      if state == .sending { #expect(!next.countsCheck) }
      // A look that ends, or is to be repeated, is counted; what only waits is not.
      if state != .sending { #expect(next.countsCheck == (name != "verify" && name != "released")) }
      #expect(!step.words.isEmpty)
    }
  }

  @Test("claiming: what is planned is sent, what may have been sent is looked up")
  func claiming() {
    let expected: [EffectState: EffectState] = [
      .planned: .sending, .sending: .unknown, .verifying: .verifying, .unknown: .unknown,
    ]
    for state in EffectState.allCases {
      #expect(EffectMachine.claimed(state) == expected[state])
      #expect((EffectMachine.claimed(state) != nil) == state.isActive)
    }
  }

  @Test("every state is reached from planned, and what is final stays")
  func reachable() {
    var reached: Set<EffectState> = [.planned]
    var edge: [EffectState] = [.planned]
    while let state = edge.popLast() {
      let nexts =
        [EffectMachine.claimed(state)]
        + Self.steps.map { EffectMachine.next(from: state, $0.step)?.state }
      for next in nexts.compactMap(\.self) where reached.insert(next).inserted { edge.append(next) }
    }
    #expect(reached == Set(EffectState.allCases))
    for state in [EffectState.confirmed, .refused, .needsPerson, .cancelled] {
      #expect(!state.isActive && EffectMachine.claimed(state) == nil)
      for (_, step) in Self.steps { #expect(EffectMachine.next(from: state, step) == nil) }
    }
  }

  @Test("a lease covers the call or the call is not begun")
  func leases() {
    let now = ContinuousClock.now
    let effect = ClaimedEffect(
      effectID: 1, kind: "buy_label", subject: "o1", orderID: "o1", shopID: "s", lane: "carrier:s",
      requestKey: "k", state: .sending, tries: 1, checks: 0, sends: 0,
      createdAt: Timestamp(microseconds: 0), deadline: Timestamp(microseconds: 0), lease: .zero,
      leaseEnds: now + .seconds(10))
    #expect(effect.canBegin(callOf: .seconds(9), now: now))
    #expect(!effect.canBegin(callOf: .seconds(10), now: now))
    #expect(!effect.canBegin(callOf: .seconds(1), now: now + .seconds(11)))
  }
}

@Suite("Timing of effects")
struct EffectPolicyTests {
  let policy = EffectPolicy(
    firstCheck: .seconds(60), checkEvery: .seconds(30), checksMax: 3,
    lookups: [.seconds(5), .seconds(20)],
    backoff: Backoff(first: .seconds(1), factor: 2, cap: .seconds(10), jitter: 0.5),
    deadline: .minutes(10))

  @Test("after as many reads as the rules allow, a person is asked")
  func checks() {
    #expect(
      policy.notYet(checks: 0, seen: "X")
        == .lookAgain(after: .seconds(30), why: "read 1 of 3 showed X"))
    #expect(
      policy.notYet(checks: 1, seen: "X")
        == .lookAgain(after: .seconds(30), why: "read 2 of 3 showed X"))
    #expect(policy.notYet(checks: 2, seen: "X") == .ask("after 3 reads it still shows X"))
    #expect(policy.notYet(checks: 9, seen: "X") == .ask("after 10 reads it still shows X"))
  }

  @Test("look-ups after a lost answer come to an end")
  func lookups() {
    #expect(
      (0...3).map { policy.lookup(afterChecks: $0) } == [.seconds(5), .seconds(20), nil, nil])
  }

  @Test("waits between tries grow to a cap and are shortened at random")
  func retries() {
    let waits = [0, 1, 2, 3, 4, 5, 99].map { policy.retryDelay(tries: $0, random: 0) }
    #expect(waits == [1, 1, 2, 4, 8, 10, 10].map { Duration.seconds($0) })
    #expect(policy.retryDelay(tries: 5, random: 1) == .seconds(5))
  }
}
