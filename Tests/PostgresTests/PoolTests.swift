import Kit
import Postgres
import Synchronization
import Testing

extension PostgresTests {
  @Suite struct PoolTests {
    @Test("connections are opened when needed, never more than allowed")
    func lazily() async throws {
      let pool = try pool(size: 3)
      #expect(pool.counts.open == 0)
      #expect(try await pool.query(One(), deadline: patience) == [1])
      #expect(pool.counts.open == 1)
      try await withThrowingTaskGroup { group in
        for _ in 0..<40 {
          group.addTask { try await pool.query(Pause(seconds: 0.005), deadline: patience) }
        }
        try await group.waitForAll()
      }
      #expect(pool.counts == (open: 3, idle: 3, waiting: 0))
      await pool.close()
      #expect(pool.counts == (open: 0, idle: 0, waiting: 0))
      let error = await failure { try await pool.query(One(), deadline: patience) }
      #expect(error?.code == .poolClosed)
    }

    final class Order: Sendable {
      let seen = Mutex<[Int]>([])
    }

    @Test("who waits is served in the order of asking")
    func inOrder() async throws {
      let pool = try pool(size: 1)
      let order = Order()
      var asking: [Task<Void, any Error>] = []
      try await pool.withConnection(deadline: patience) { _ throws(PostgresError) in
        for i in 0..<8 {
          asking.append(
            Task {
              try await pool.withConnection(deadline: patience) { _ throws(PostgresError) in
                order.seen.withLock { $0.append(i) }
              }
            })
          while pool.counts.waiting <= i { await Task.yield() }
        }
      }
      for task in asking { try await task.value }
      #expect(order.seen.withLock { $0 } == Array(0..<8))
    }

    @Test("who waits too long, or is cancelled, leaves the queue")
    func leavesQueue() async throws {
      let pool = try pool(size: 1)
      try await pool.withConnection(deadline: patience) { _ throws(PostgresError) in
        let late = await failure { try await pool.query(One(), deadline: .milliseconds(50)) }
        #expect(late?.code == .timedOut)
        let waiting = Task { try await pool.query(One(), deadline: patience) }
        while pool.counts.waiting == 0 { await Task.yield() }
        waiting.cancel()
        let cancelled = await failure { try await waiting.value }
        #expect(cancelled?.code == .cancelled)
        #expect(pool.counts.waiting == 0)
      }
      #expect(try await pool.query(One(), deadline: patience) == [1])
    }

    @Test("a connection that died while idle is replaced, and nobody notices")
    func replaced() async throws {
      let pool = try pool(size: 1)
      let pid = try #require(try await pool.query(ProcessID(), deadline: patience).first)
      let other = try await connect()
      _ = try await other.query(EndSession(pid: pid), deadline: patience)
      #expect(try await pool.query(One(), deadline: patience) == [1])
      let now = try await pool.query(ProcessID(), deadline: patience).first
      #expect(now != pid)
      #expect(pool.counts.open == 1)
    }

    @Test("a transaction left open is rolled back before the next user comes")
    func leftOpen() async throws {
      let pool = try pool(size: 1)
      try await pool.withConnection(deadline: patience) { connection throws(PostgresError) in
        try await connection.query(Begin(), deadline: patience)
        #expect(connection.isInTransaction)
      }
      try await pool.withConnection(deadline: patience) { connection throws(PostgresError) in
        #expect(!connection.isInTransaction)
      }
      #expect(pool.counts == (open: 1, idle: 1, waiting: 0))
    }

    @Test("many users that are cancelled at any moment leave the pool whole")
    func storm() async throws {
      let pool = try pool(size: 3)
      await withTaskGroup { group in
        for i in 0..<200 {
          group.addTask {
            let asking = Task {
              try await pool.query(Pause(seconds: Double(i % 4) / 1_000), deadline: patience)
            }
            try? await Task.sleep(for: .microseconds(i * 131 % 9_000))
            if i % 3 != 0 { asking.cancel() }
            _ = try? await asking.value
          }
        }
      }
      let counts = pool.counts
      #expect(counts.open == counts.idle && counts.open <= 3 && counts.waiting == 0)
      #expect(try await pool.query(One(), deadline: patience) == [1])
    }
  }
}
