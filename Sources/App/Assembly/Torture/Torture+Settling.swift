import Effects
import Kit
import Ledger
import Operations
import People

extension Torture {
  /// Turns the faults off, lets everything finish, answers where a person is asked.
  /// - Returns: what is wrong in the end, and whether it came to rest at all.
  func settle() async throws -> (violations: [Judge.Violation], hasSettled: Bool) {
    let begun = ContinuousClock.now
    await look(now: true)
    await arena.wakeAll()
    try await arena.sandbox.control("DELETE", "/control/dials", nil)
    var movedAt = ContinuousClock.now
    var last: (Unrest, Int)?
    while true {
      try await arena.replaceTheFallen()
      await look()
      board.show(figures, of: orders, statuses: statuses, phase: "settling")
      let asked = try await actAsPerson()
      let unrest = try await installation.ledger.unrest()
      if let (before, retries) = last, before == unrest, retries == figures.retries {
        if ContinuousClock.now - movedAt > Self.calmPatience { break }
      } else {
        movedAt = .now
        last = (unrest, figures.retries)
      }
      let isCalm =
        unrest.activeEffects == 0 && unrest.openOrders == 0 && unrest.orders >= figures.ordersFed
      if isCalm, asked == 0 {
        let violations = try await judge()
        if violations.isEmpty || ContinuousClock.now - movedAt > Self.calmPatience / 3 {
          figures.settling = ContinuousClock.now - begun
          return (violations, true)
        }
        try? await Task.sleep(for: .seconds(2))
      }
      try? await Task.sleep(for: .milliseconds(200))
    }
    figures.settling = ContinuousClock.now - begun
    return (try await judge(), false)
  }

  /// What a person would do who believes in trying again: `quayside retry`, a few times an order.
  private func actAsPerson() async throws -> Int {
    var ids: Set<String> = []
    for state in [EffectState.needsPerson, .refused] {
      let filter = EffectFilter(state: state, limit: 100_000)
      for effect in try await installation.ledger.effects(filter) { ids.insert(effect.orderID) }
    }
    let mine = ids.filter { retried[$0, default: 0] < Self.retriesMax }
    let desk = installation.desk
    let done = await withTaskGroup(of: Bool.self) { group in
      var left = mine.sorted()[...]
      var done = 0
      for _ in 0..<8 {
        guard let id = left.popFirst() else { break }
        group.addTask { await Self.retry(id, desk) }
      }
      for await isDone in group {
        done += isDone ? 1 : 0
        if let id = left.popFirst() { group.addTask { await Self.retry(id, desk) } }
      }
      return done
    }
    for id in mine { retried[id, default: 0] += 1 }
    figures.retries += done
    return mine.count
  }

  static func retry(_ id: String, _ desk: Desk) async -> Bool {
    do {
      return try await !desk.retry(id, by: "person:torture").isEmpty
    } catch {
      // Nothing to retry any more: somebody was faster.
      return false
    }
  }
}
