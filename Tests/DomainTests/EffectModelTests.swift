import Effects
import Testing

/// A little model of the whole: one effect, two workers, and every order in which claims, sends,
/// answers, commits, one crash and one lost answer can meet. The rules themselves are the product's
/// (`EffectMachine`); the ledger is reduced to a row with a lease.
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
    case happened, certainlyNothing, lost, seen, notSeen, notTried

    var step: Step {
      switch self {
      case .happened: .verify(after: .zero)
      case .certainlyNothing: .again(after: .zero, why: "w")
      case .lost: .lost(after: .zero, why: "w")
      case .seen: .done("d")
      case .notSeen: .again(after: .zero, why: "w")
      case .notTried: .released(after: .zero, why: "w")
      }
    }
  }

  struct Worker: Hashable {
    var phase = Phase.idle
    var lease = 0
    var state = EffectState.planned
    /// What the journal says after the worker's death.
    var hasMark = false
  }

  var row = EffectState.planned
  var lease: Int?
  var isLeaseOver = false
  var leases = 0
  var workers = [Worker(), Worker()]
  var crashes = 1
  var lostAnswers = 1
  var refusals = 1
  /// Outside.
  var happened = 0
  var sends = 0
  var hasLookedSinceSend = true
  var isBroken = false

  /// Everything that may happen next.
  func nexts(claim: (EffectState) -> EffectState?) -> [EffectModel] {
    var all: [EffectModel] = []
    if lease != nil, !isLeaseOver {
      all.append(with { $0.isLeaseOver = true })
    }
    for i in workers.indices {
      all += nexts(of: i, claim: claim)
      if crashes > 0, workers[i].phase != .dead, workers[i].phase != .idle {
        all.append(
          with {
            $0.crashes -= 1
            $0.workers[i].phase = .dead
          })
      }
      // The other takes over from the journal, as `Ledger.reclaim` does.
      if workers[i].phase == .dead, lease == workers[i].lease {
        all.append(
          with {
            if $0.row == .sending { $0.row = workers[i].hasMark ? .unknown : .planned }
            $0.lease = nil
            $0.isLeaseOver = false
          })
      }
    }
    return all
  }

  private func nexts(of i: Int, claim: (EffectState) -> EffectState?) -> [EffectModel] {
    let worker = workers[i]
    // What the worker itself can see of its lease, on its own clock.
    let holds = lease == worker.lease && !isLeaseOver
    switch worker.phase {
    case .dead: return []
    case .idle:
      guard lease == nil || isLeaseOver, leases < 7, let next = claim(row) else { return [] }
      return [
        with {
          $0.leases += 1
          $0.row = next
          $0.lease = $0.leases
          $0.isLeaseOver = false
          $0.workers[i] = Worker(phase: .claimed, lease: $0.leases, state: next)
        }
      ]
    case .claimed where worker.state == .sending:
      return [
        with {
          $0.workers[i].phase = .marked
          $0.workers[i].hasMark = true
        }
      ]
    case .claimed:
      return [
        with {
          $0.hasLookedSinceSend = true
          $0.workers[i].phase = .reports(happened > 0 ? .seen : .notSeen)
        }
      ]
    case .marked:
      guard holds else { return [with { $0.workers[i].phase = .reports(.notTried) }] }
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
          $0.workers[i] = Worker()
          // `Locked.isOurs`: what comes too late is dropped.
          guard lease == worker.lease, row == worker.state,
            let next = EffectMachine.next(from: row, report.step)
          else { return }
          $0.row = next.state
          $0.lease = nil
          $0.isLeaseOver = false
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
  static func explore(claim: (EffectState) -> EffectState?) -> (
    states: Set<EffectModel>, stuck: Int
  ) {
    var seen: Set<EffectModel> = [EffectModel()]
    var edge = [EffectModel()]
    var stuck = 0
    while let state = edge.popLast() {
      let nexts = state.nexts(claim: claim)
      if nexts.isEmpty, state.row.isActive, state.leases < 7 { stuck += 1 }
      for next in nexts where seen.insert(next).inserted { edge.append(next) }
    }
    return (seen, stuck)
  }
}

@Suite("Effects, every interleaving")
struct EffectModelTests {
  @Test("never two sends without a look in between, never done twice, never stuck")
  func model() {
    let (states, stuck) = EffectModel.explore(claim: EffectMachine.claimed)
    #expect(states.count > 1_000)
    #expect(states.allSatisfy { !$0.isBroken })
    #expect(states.allSatisfy { $0.happened <= 1 })
    #expect(stuck == 0)
    #expect(states.contains { $0.row == .confirmed && $0.crashes == 0 && $0.lostAnswers == 0 })
    #expect(states.filter { $0.row == .confirmed }.allSatisfy { $0.happened == 1 })
  }

  @Test("the model has teeth: sending again what may have been sent is found out")
  func teeth() {
    let (states, _) = EffectModel.explore { $0 == .sending ? .sending : EffectMachine.claimed($0) }
    #expect(states.contains { $0.isBroken && $0.happened > 1 })
  }
}
