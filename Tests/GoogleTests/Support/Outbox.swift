import BookingTail
import Kit

/// The outbox as the ledger keeps it, in memory: it does with each verdict what the ledger would.
struct Outbox {
  struct Entry {
    var item: TailItem
    var due: Timestamp
    var outcomes: [TailOutcome] = []
    var isOpen = true
  }

  private(set) var entries: [Entry] = []
  private(set) var calls: [CallRecord] = []
  /// Rounds after which a test gives up.
  static let roundsMax = 400

  mutating func add(_ items: [TailItem], at now: Timestamp) {
    entries += items.map { Entry(item: $0, due: now) }
  }

  var failed: [Entry] {
    entries.filter { if case .failed = $0.outcomes.last { true } else { false } }
  }

  /// Carries out what is due, moves the clock to what is due next, until nothing is open.
  /// - Parameter between: what happens in the world between two batches.
  mutating func drain(
    _ tail: BookingTail, _ clock: TestClock, batch: Int = 1_000,
    between: (Int) async throws -> Void = { _ in }
  ) async throws {
    for round in 0..<Self.roundsMax {
      let due = entries.indices.filter { entries[$0].isOpen && entries[$0].due <= clock.now }
      guard !due.isEmpty else {
        guard let next = entries.filter(\.isOpen).map(\.due).min() else { return }
        clock.advance(to: next)
        continue
      }
      let taken = Array(due.prefix(batch))
      let report = await tail.carryOut(taken.map { entries[$0].item })
      calls += report.calls
      let outcomes = report.outcomes
      for index in taken {
        settle(index, outcomes[entries[index].item.id], at: clock.now)
      }
      try await between(round)
    }
  }

  private mutating func settle(_ index: Int, _ outcome: TailOutcome?, at now: Timestamp) {
    guard let outcome else { return }
    entries[index].outcomes.append(outcome)
    switch outcome {
    case .done, .failed: entries[index].isOpen = false
    case .again(let after, _):
      entries[index].item.tries += 1
      entries[index].item.mayBeDone = false
      entries[index].due = now + after
    case .later(let after, _): entries[index].due = now + after
    case .lookUp(let after, _):
      entries[index].item.tries += 1
      entries[index].item.mayBeDone = true
      entries[index].due = now + after
    }
  }
}
