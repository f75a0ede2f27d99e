import Glibc
import Kit
import Synchronization
import Testing

@Suite("Threads for calls that block") struct BlockingThreadsTests {
  /// Who waits here goes on when all have come, or gives up.
  private final class Meeting: Sendable {
    private let missing: Atomic<Int>

    init(of count: Int) { missing = Atomic(count) }

    func isComplete(within limit: Duration) -> Bool {
      missing.subtract(1, ordering: .relaxed)
      let ends = ContinuousClock.now + limit
      while missing.load(ordering: .relaxed) > 0 {
        guard ContinuousClock.now < ends else { return false }
        usleep(1_000)
      }
      return true
    }
  }

  @Test("as many jobs as there are threads run side by side, again and again")
  func sideBySide() async {
    let threads = BlockingThreads(count: 4)
    for _ in 0..<20 {
      let meeting = Meeting(of: 4)
      let met = await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<4 {
          group.addTask { await threads.run { meeting.isComplete(within: .seconds(20)) } }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(met == [true, true, true, true])
    }
  }
}
