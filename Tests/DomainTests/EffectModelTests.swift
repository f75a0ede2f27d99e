import Effects
import Testing

/// A little model of the whole: one effect, two workers, and every order in which claims, sends,
/// answers, commits, one crash, one lost answer and one claim that was never heard of can meet. The
/// rules themselves are the product's (`EffectMachine`); the ledger is reduced to a row with a lease.
struct EffectModel: Hashable {
  enum Phase: Hashable {
    case idle
    case claimed
    /// The mark is in the journal; the lease is looked at next.
    case marked
    case sent
    case reports(Report)
    case dead
  }

  enum Report: Hashable {
    case happened, certainlyNothing, lost, seen, notSeen, notTried, held

    var step: Step {
      switch self {
      case .happened: .verify(after: .zero)
      case .certainlyNothing: .again(after: .zero, why: "w")
      case .lost: .lost(after: .zero, why: "w")
      case .seen: .done("d")
      case .notSeen: .again(after: .zero, why: "w")
      case .notTried: .released(after: .zero, why: "w")
      case .held: .held("h")
      }
    }
  }

  /// How much of a lease is left. A worker measures from before it claimed, so it never believes to
  /// have more of it than the database does.
  enum Left: Int, Hashable, Comparable {
    case enough
    /// No call can be begun any more.
    case short
    case nothing

    static func < (a: Left, b: Left) -> Bool { a.rawValue < b.rawValue }
    var next: Left? { Left(rawValue: rawValue + 1) }
  }

  struct Worker: Hashable {
    var phase = Phase.idle
    var lease = 0
    /// On its own clock.
    var left = Left.enough
    var state = EffectState.planned
    /// Begun, and no outcome committed: what it remembers.
    var hasBegun = false
    /// What the journal says after its death: every mark that it ever made.
    var hasMark = false
  }

  var row = EffectState.planned
  var lease: Int?
  var owner: Int?
  /// On the database's clock.
  var left = Left.enough
  var leases = 0
  var workers = [Worker(), Worker()]
  var crashes = 1
  var lostAnswers = 1
  var refusals = 1
  /// Claims that are committed while their answer is lost.
  var unheard = 1
  /// Outside.
  var happened = 0
  var sends = 0
  var hasLookedSinceSend = true
  var isBroken = false

  static let leasesMax = 4

  /// Rules of the ledger that a test replaces to see the model bite.
  struct Rules {
    var claim: (EffectState) -> EffectState? = EffectMachine.claimed
    /// When `Ledger.releaseUnsent` takes back what a living worker never began.
    var releasesAt = Left.short
    var releasesWhatIsBegun = false
  }

  /// Everything that may happen next.
  func nexts(_ rules: Rules) -> [EffectModel] {
    var all: [EffectModel] = []
    if let lease, let later = left.next {
      // The owner's own clock is first, while it knows of the lease.
      let holder = workers.indices.first {
        workers[$0].lease == lease && workers[$0].phase != .idle
      }
      if holder.map({ workers[$0].left >= later || workers[$0].phase == .dead }) ?? true {
        all.append(with { $0.left = later })
      }
    }
    for i in workers.indices {
      all += nexts(of: i, rules.claim)
      if workers[i].phase != .idle, workers[i].phase != .dead, let later = workers[i].left.next {
        all.append(with { $0.workers[i].left = later })
      }
      if crashes > 0, workers[i].phase != .dead {
        all.append(
          with {
            $0.crashes -= 1
            $0.workers[i].phase = .dead
          })
      }
      all += taken(from: i, rules)
    }
    return all
  }

  /// What becomes of effects whose worker is dead, or holds them without knowing.
  private func taken(from i: Int, _ rules: Rules) -> [EffectModel] {
    guard owner == i, lease != nil else { return [] }
    if workers[i].phase == .dead {
      // The other takes over from the journal, as `Ledger.reclaim` does.
      return [
        with {
          if $0.row == .sending { $0.row = workers[i].hasMark ? .unknown : .planned }
          $0.free()
        }
      ]
    }
    // `Ledger.releaseUnsent`, which a living worker calls for itself after trouble with the database.
    let isBegun = workers[i].hasBegun && !rules.releasesWhatIsBegun
    guard row == .sending, left >= rules.releasesAt, !isBegun else { return [] }
    return [
      with {
        $0.row = .planned
        $0.free()
      }
    ]
  }

  private mutating func free() {
    lease = nil
    owner = nil
    left = .enough
  }

  private func nexts(
    of i: Int, _ claim: (EffectState) -> EffectState?
  ) -> [EffectModel] {
    let worker = workers[i]
    switch worker.phase {
    case .dead: return []
    case .idle:
      guard lease == nil || left == .nothing, leases < Self.leasesMax, let next = claim(row) else {
        return []
      }
      let claimed = with {
        $0.leases += 1
        $0.row = next
        $0.lease = $0.leases
        $0.owner = i
        $0.left = .enough
      }
      let heard = claimed.with {
        $0.workers[i].phase = .claimed
        $0.workers[i].lease = $0.leases
        $0.workers[i].left = .enough
        $0.workers[i].state = next
      }
      return unheard == 0 ? [heard] : [heard, claimed.with { $0.unheard -= 1 }]
    case .claimed where worker.state == .sending:
      return [
        with {
          $0.workers[i].phase = .marked
          $0.workers[i].hasBegun = true
          $0.workers[i].hasMark = true
        },
        // A person holds the order: nothing is begun.
        with { $0.workers[i].phase = .reports(.held) },
      ]
    case .claimed:
      return [
        with {
          $0.hasLookedSinceSend = true
          $0.workers[i].phase = .reports(happened > 0 ? .seen : .notSeen)
        }
      ]
    case .marked:
      // All that it can see is its own clock.
      guard worker.left == .enough else {
        return [with { $0.workers[i].phase = .reports(.notTried) }]
      }
      return [
        with {
          $0.sends += 1
          $0.isBroken = $0.isBroken || !$0.hasLookedSinceSend
          $0.hasLookedSinceSend = false
          $0.workers[i].phase = .sent
          $0.happened += 1
        }
      ]
        + (refusals == 0
          ? []
          : [
            // Answered: certainly nothing happened. That answer is as good as a look.
            with {
              $0.refusals -= 1
              $0.sends += 1
              $0.isBroken = $0.isBroken || !$0.hasLookedSinceSend
              $0.workers[i].phase = .reports(.certainlyNothing)
            }
          ])
    case .sent:
      return [with { $0.workers[i].phase = .reports(.happened) }]
        + (lostAnswers == 0
          ? []
          : [
            with {
              $0.lostAnswers -= 1
              $0.workers[i].phase = .reports(.lost)
            }
          ])
    case .reports(let report):
      return [
        with {
          $0.workers[i].phase = .idle
          // `Locked.isOurs`: what comes too late is dropped, and stays begun in its memory.
          guard lease == worker.lease, row == worker.state,
            let next = EffectMachine.next(from: row, report.step)
          else { return }
          $0.workers[i].hasBegun = false
          $0.row = next.state
          $0.free()
        }
      ]
    }
  }

  private func with(_ change: (inout EffectModel) -> Void) -> EffectModel {
    var copy = self
    change(&copy)
    return copy
  }

  /// All states that can be reached.
  static func explore() -> (states: Set<EffectModel>, stuck: Int) {
    let rules = Rules()
    var seen: Set<EffectModel> = [EffectModel()]
    var edge = [EffectModel()]
    var stuck = 0
    while let state = edge.popLast() {
      let nexts = state.nexts(rules)
      if nexts.isEmpty, state.row.isActive, state.leases < leasesMax { stuck += 1 }
      for next in nexts where seen.insert(next).inserted { edge.append(next) }
    }
    return (seen, stuck)
  }

  /// Whether these rules let the worst happen: a second send without a look, and both arrive.
  static func isFoundOut(_ rules: Rules) -> Bool {
    var seen: Set<EffectModel> = [EffectModel()]
    var edge = [EffectModel()]
    while let state = edge.popLast() {
      if state.isBroken, state.happened > 1 { return true }
      for next in state.nexts(rules) where seen.insert(next).inserted { edge.append(next) }
    }
    return false
  }
}

@Suite("Effects, every interleaving")
struct EffectModelTests {
  @Test("never two sends without a look in between, never done twice, never stuck")
  func model() {
    let (states, stuck) = EffectModel.explore()
    #expect(states.count > 10_000)
    #expect(states.allSatisfy { !$0.isBroken })
    #expect(states.allSatisfy { $0.happened <= 1 })
    #expect(stuck == 0)
    let all = states.filter { $0.row == .confirmed }
    #expect(all.allSatisfy { $0.happened == 1 })
    #expect(
      all.contains {
        $0.crashes == 0 && $0.lostAnswers == 0 && $0.unheard == 0 && $0.refusals == 0
      })
  }

  @Test("the model has teeth: sending again what may have been sent is found out")
  func teeth() {
    #expect(
      EffectModel.isFoundOut(
        .init(claim: { $0 == .sending ? .sending : EffectMachine.claimed($0) })))
  }

  @Test("taking back what was begun, or while a call can still begin, would send twice")
  func teethOfReleasing() {
    #expect(EffectModel.isFoundOut(.init(releasesWhatIsBegun: true)))
    #expect(EffectModel.isFoundOut(.init(releasesAt: .enough)))
  }
}
