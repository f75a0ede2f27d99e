/// Turns many small reads into few large ones: whoever asks while a read is under way is served
/// together by the next. No timer: an idle coalescer answers at once, a busy one in batches.
actor Coalescer<Value: Sendable> {
  private let batchMax: Int
  private let readsMax: Int
  private let fetch: @Sendable ([String]) async -> @Sendable (String) -> Value
  private var waiting: [(key: String, answer: CheckedContinuation<Value, Never>)] = []
  private var readsUnderWay = 0

  /// - Parameter fetch: reads the keys (no duplicates) and answers what each of them came to.
  init(
    batchMax: Int, readsMax: Int,
    fetch: @escaping @Sendable ([String]) async -> @Sendable (String) -> Value
  ) {
    self.batchMax = batchMax
    self.readsMax = readsMax
    self.fetch = fetch
  }

  func read(_ key: String) async -> Value {
    await withCheckedContinuation { continuation in
      waiting.append((key, continuation))
      guard readsUnderWay < readsMax else { return }
      readsUnderWay += 1
      Task { await self.drain() }
    }
  }

  private func drain() async {
    while !waiting.isEmpty {
      let batch = Array(waiting.prefix(batchMax))
      waiting.removeFirst(batch.count)
      let value = await fetch(Array(Set(batch.map(\.key))))
      for (key, continuation) in batch { continuation.resume(returning: value(key)) }
    }
    readsUnderWay -= 1
  }
}
