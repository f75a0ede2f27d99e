import Synchronization

/// Turns many small reads into few large ones: whoever asks while a read is under way is served
/// together by the next. No timer: an idle coalescer answers at once, a busy one in batches.
package final class Coalescer<Value: Sendable>: Sendable {
  private let batchMax: Int
  private let readsMax: Int
  private let fetch: @Sendable ([String]) async -> @Sendable (String) -> Value
  private let state = Mutex(State())

  private struct Waiting {
    let key: String
    let answer: CheckedContinuation<Value, Never>
  }

  private struct State {
    var waiting: [Waiting] = []
    var readsUnderWay = 0
  }

  /// - Parameter fetch: reads the keys (no duplicates) and answers what each of them came to.
  package init(
    batchMax: Int, readsMax: Int,
    fetch: @escaping @Sendable ([String]) async -> @Sendable (String) -> Value
  ) {
    self.batchMax = batchMax
    self.readsMax = readsMax
    self.fetch = fetch
  }

  package func read(_ key: String) async -> Value {
    await withCheckedContinuation { continuation in
      let begins = state.withLock { state in
        state.waiting.append(Waiting(key: key, answer: continuation))
        guard state.readsUnderWay < readsMax else { return false }
        state.readsUnderWay += 1
        return true
      }
      if begins { Task { await drain() } }
    }
  }

  private func drain() async {
    while let batch = nextBatch() {
      let value = await fetch(Array(Set(batch.map(\.key))))
      for one in batch { one.answer.resume(returning: value(one.key)) }
    }
  }

  /// `nil` when nobody waits, and this read is over.
  private func nextBatch() -> [Waiting]? {
    state.withLock { state in
      let batch = Array(state.waiting.prefix(batchMax))
      state.waiting.removeFirst(batch.count)
      if batch.isEmpty { state.readsUnderWay -= 1 }
      return batch.isEmpty ? nil : batch
    }
  }
}
