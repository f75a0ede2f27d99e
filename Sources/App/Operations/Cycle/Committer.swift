import Effects
import Kit
import Ledger
import Orders
import Postgres
import Synchronization

/// Commits what was reported, many at a time: whoever reports while a commit is under way is
/// committed together with the next. One durable write serves hundreds of outcomes.
///
/// No actor: a report would change threads twice more on its way.
final class Committer: Sendable {
  /// Commits under way at once: one writes while the other is being decided.
  static let commitsMax = 2
  /// The second begins when so much of what a lane may have under way waits for it: a commit of few costs
  /// nearly what one of many does.
  static let worthACommit = 1.0 / 4

  struct Outcome: Sendable {
    /// Effects that this worker goes on with at once.
    var next: [ClaimedEffect] = []
    /// Written down; else the ledger does not know what became of the effect.
    var isCommitted = false
  }

  private let ledger: Ledger
  private let shops: [String: ShopSettings]
  private let cycle: CycleSettings
  private let lease: @Sendable () -> Lease
  private let canTakeOn: @Sendable (Deed, String) -> Bool
  private let onCommit: @Sendable (ChangeSet) -> Void
  private let log: Log
  private let state = Mutex(State())

  private struct Waiting {
    let report: Report
    let answer: CheckedContinuation<Outcome, Never>
  }

  private struct State {
    var waiting: [Waiting] = []
    var commitsUnderWay = 0
    /// Calls that served several effects: those that a commit under way writes, and those written lately.
    var callsUnderWay: Set<UUIDv7> = []
    var callsKept = RecentCalls()

    func isWorthACommit(_ inFlightMax: Int) -> Bool {
      commitsUnderWay == 0
        || Double(waiting.count) >= Double(inFlightMax) * Committer.worthACommit
    }

    /// What waits, but for those whose call is being written by the other commit: they would hold this
    /// one up until that one is through, and go with the next.
    mutating func takeBatch(_ countMax: Int) -> [Waiting] {
      var batch: [Waiting] = []
      waiting.removeAll { one in
        let goes =
          batch.count < countMax
          && !one.report.sharedCalls.contains(where: callsUnderWay.contains)
        if goes { batch.append(one) }
        return goes
      }
      return batch
    }
  }

  init(
    ledger: Ledger, shops: [String: ShopSettings], cycle: CycleSettings,
    lease: @escaping @Sendable () -> Lease, canTakeOn: @escaping @Sendable (Deed, String) -> Bool,
    onCommit: @escaping @Sendable (ChangeSet) -> Void, log: Log
  ) {
    self.ledger = ledger
    self.shops = shops
    self.cycle = cycle
    self.lease = lease
    self.canTakeOn = canTakeOn
    self.onCommit = onCommit
    self.log = log
  }

  func commit(_ report: Report) async -> Outcome {
    await withCheckedContinuation { continuation in
      let begins = state.withLock { state in
        state.waiting.append(Waiting(report: report, answer: continuation))
        guard state.commitsUnderWay < Self.commitsMax, state.isWorthACommit(cycle.inFlightMax)
        else { return false }
        state.commitsUnderWay += 1
        return true
      }
      if begins { Task { await drain() } }
    }
  }

  private func drain() async {
    while let (batch, shared) = nextBatch() {
      let outcomes = await commit(batch.map(\.report))
      state.withLock { $0.callsUnderWay.subtract(shared) }
      for one in batch {
        one.answer.resume(returning: outcomes[one.report.effect.effectID] ?? Outcome())
      }
    }
  }

  /// The next to be committed and the shared calls that go with them; `nil` when there is nothing, and
  /// this commit is over.
  private func nextBatch() -> (batch: [Waiting], shared: Set<UUIDv7>)? {
    state.withLock { state in
      if state.commitsUnderWay == 1 || state.isWorthACommit(cycle.inFlightMax) {
        let batch = state.takeBatch(cycle.commitBatchMax)
        if !batch.isEmpty {
          let shared = Set(batch.flatMap(\.report.sharedCalls))
          state.callsUnderWay.formUnion(shared)
          return (batch, shared)
        }
      }
      state.commitsUnderWay -= 1
      return nil
    }
  }

  /// A batch that the database refuses is halved until the one report that it refuses is alone.
  private func commit(_ reports: [Report]) async -> [Int64: Outcome] {
    do {
      return try await write(reports)
    } catch  where error.isConnectionTrouble || reports.isEmpty {
      log.error("outcomes not committed", ["count": "\(reports.count)", "why": error.description])
      return [:]
    } catch {
      guard reports.count > 1 else {
        log.error("an outcome was refused", ["why": error.debugDescription])
        return await giveUp(reports[0], because: error)
      }
      let half = reports.count / 2
      let first = await commit(Array(reports[..<half]))
      let second = await commit(Array(reports[half...]))
      return first.merging(second) { one, _ in one }
    }
  }

  /// What cannot be written down as it is becomes a person's question: never lost, never repeated.
  private func giveUp(_ report: Report, because error: PostgresError) async -> [Int64: Outcome] {
    let step = Step.ask("its outcome could not be stored: \(error.description)")
    let bare = Report(report.effect, step, wasSent: report.wasSent)
    do {
      return try await write([bare])
    } catch {
      log.error("an outcome was lost", ["why": error.debugDescription])
      return [:]
    }
  }

  private func write(_ reports: [Report]) async throws(PostgresError) -> [Int64: Outcome] {
    let calls = state.withLock { state in
      var seen: Set<UUIDv7> = []
      return reports.flatMap(\.calls).filter {
        !state.callsKept.contains($0.id) && seen.insert($0.id).inserted
      }
    }
    var scope = ChangeScope(
      orderIDs: Set(reports.compactMap(\.effect.orderID)).sorted(), calls: calls)
    scope.claims = reports.map(\.effect)
    let lease = lease()
    let (shops, cycle, canTakeOn) = (shops, cycle, canTakeOn)
    let written = try await ledger.change(scope, lease: lease) { locked in
      var decisions = CycleDecisions(
        locked: locked, shops: shops, cycle: cycle, canTakeOn: canTakeOn)
      for report in reports { decisions.take(report) }
      decisions.changes.isFresh = true
      return (decisions.changes, (decisions.changes, decisions.kept, decisions.late))
    }
    state.withLock { for call in calls where call.isShared { $0.callsKept.add(call.id) } }
    let (changes, kept, late) = written.extra
    if !late.isEmpty { log.warning("reports came after their lease", ["count": "\(late.count)"]) }
    onCommit(changes)
    return outcomes(
      of: reports, late: Set(late), claimed: written.claimed, kept: kept)
  }

  private func outcomes(
    of reports: [Report], late: Set<Int64>, claimed: [ClaimedEffect],
    kept: [Int64: EffectMachine.Next]
  ) -> [Int64: Outcome] {
    let byOrder = Dictionary(grouping: claimed, by: \.orderID)
    var given: Set<String?> = []
    var outcomes: [Int64: Outcome] = [:]
    for report in reports {
      var outcome = Outcome(isCommitted: !late.contains(report.effect.effectID))
      if let next = kept[report.effect.effectID] {
        let effect = report.effect
        let sendsNow = next.state == .sending
        outcome.next.append(
          effect.with(
            state: next.state, tries: effect.tries + (sendsNow ? 1 : 0),
            checks: sendsNow ? 0 : effect.checks + (next.countsCheck ? 1 : 0),
            sends: effect.sends + (report.wasSent ? 1 : 0)))
      }
      if given.insert(report.effect.orderID).inserted {
        outcome.next += byOrder[report.effect.orderID] ?? []
      }
      outcomes[report.effect.effectID] = outcome
    }
    return outcomes
  }
}

/// The latest of the calls that are known to be written: whoever else was served by one need not write it.
private struct RecentCalls {
  private static let countMax = 1_024
  private var ids: Set<UUIDv7> = []
  private var inOrder: [UUIDv7] = []
  private var oldest = 0

  func contains(_ id: UUIDv7) -> Bool { ids.contains(id) }

  mutating func add(_ id: UUIDv7) {
    guard ids.insert(id).inserted else { return }
    if inOrder.count < Self.countMax {
      inOrder.append(id)
    } else {
      ids.remove(inOrder[oldest])
      inOrder[oldest] = id
      oldest = (oldest + 1) % Self.countMax
    }
  }
}
