import Operations
import Synchronization
import Testing

/// Thousands of small reads at the same moment.
@Suite struct `Coalesced reads` {
  private struct Seen {
    var reads = 0
    var underWay = 0
    var underWayMax = 0
    var keysMax = 0
    var hasDoubles = false
  }

  @Test(arguments: [(1, 1), (7, 1), (100, 4)])
  func `each is answered, once, with its own; batches and reads at once are bounded`(
    batchMax: Int, readsMax: Int
  ) async {
    let state = Mutex(Seen())
    let coalescer = Coalescer<String>(batchMax: batchMax, readsMax: readsMax) { keys in
      state.withLock { seen in
        seen.reads += 1
        seen.underWay += 1
        seen.underWayMax = max(seen.underWayMax, seen.underWay)
        seen.keysMax = max(seen.keysMax, keys.count)
        seen.hasDoubles = seen.hasDoubles || Set(keys).count < keys.count
      }
      await Task.yield()
      state.withLock { $0.underWay -= 1 }
      let known = Set(keys)
      return { known.contains($0) ? "answer to \($0)" : "never asked for" }
    }
    let wrong = await withTaskGroup(of: Bool.self) { group in
      for index in 0..<2_000 {
        let key = "\(index % 300)"
        group.addTask { await coalescer.read(key) != "answer to \(key)" }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(wrong == 0)
    let seen = state.withLock { $0 }
    #expect(seen.underWay == 0 && seen.underWayMax <= readsMax)
    #expect(seen.keysMax <= batchMax && !seen.hasDoubles)
    #expect(seen.reads <= 2_000 && seen.reads * batchMax >= 300)
    // Idle again: the next one is answered too.
    #expect(await coalescer.read("last") == "answer to last")
  }
}
