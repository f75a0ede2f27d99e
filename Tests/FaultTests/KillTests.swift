import Assembly
import Glibc
import Kit
import Postgres
import Testing

extension FaultTests {
  /// Kills, freezes and restarts that no numbered place knows of.
  @Suite struct KillTests {
    @Test("workers killed at random moments: 300 orders, one accept, label and ship each")
    func randomKills() async throws {
      var seeds = SystemRandomNumberGenerator()
      let seed =
        Host.environment["QUAYSIDE_SEED"].flatMap { UInt64($0) } ?? seeds.next() % 1_000_000
      print("random kills: QUAYSIDE_SEED=\(seed)")
      var random = Random(seed)
      try await Stage.play { stage in
        // Slow enough that a kill mostly hits something.
        try await stage.sandbox.dial(
          #"[{"call":"*","fault":"slow","probability":0.5,"ms":40}]"#, seed: seed)
        let ids = try await stage.sandbox.order(300)
        let settings = ["QUAYSIDE_IN_FLIGHT": "24"]
        var workers = try (0..<3).map { _ in try stage.work(settings) }
        // Else all of them might be killed before one had made the tables.
        try await eventually("the work has begun") {
          try await stage.sandbox.tally().count(ids) { $0.accepts > 0 } > 0
        }
        let ends = ContinuousClock.now + .seconds(20)
        var kills = 0
        while ContinuousClock.now < ends, kills < 40 {
          try await Task.sleep(for: .milliseconds(Int(random.next() % 400) + 100))
          let victim = Int(random.next() % UInt64(workers.count))
          workers[victim].kill(SIGKILL)
          kills += 1
          workers[victim] = try stage.work(settings)
          if try await stage.sandbox.tally().count(ids, { $0.ships > 0 }) == ids.count { break }
        }
        let (tally, retried) = try await stage.untilEnded(
          shipped: ids, retries: true, within: .seconds(60))
        print("random kills: \(kills) kills, \(retried) times a person was asked")
        let faults = tally.faults(of: ids)
        #expect(faults.isEmpty, "seed \(seed): \(faults.joined(separator: "\n"))")
        for worker in workers { worker.kill(SIGTERM) }
        for worker in workers { #expect(await worker.wait(for: .seconds(20)) == .init(code: 0)) }
        #expect(stage.postmaster == nil, "who left last did not stop PostgreSQL")
      }
    }

    @Test("kill -9 of the worker and of PostgreSQL at once: the next start recovers both")
    func powerCut() async throws {
      try await Stage.play { stage in
        try await stage.sandbox.dial(#"[{"call":"*","fault":"slow","probability":1,"ms":50}]"#)
        let ids = try await stage.sandbox.order(60)
        let first = try stage.work(["QUAYSIDE_IN_FLIGHT": "8"])
        try await eventually("some are shipped") {
          try await stage.sandbox.tally().count(ids) { $0.ships > 0 } >= 5
        }
        let postmaster = try #require(stage.postmaster)
        first.kill(SIGKILL)
        kill(postmaster, SIGKILL)
        #expect(await first.wait(for: .seconds(10)) == .init(signal: 9))
        let second = try stage.work()
        let (tally, _) = try await stage.untilEnded(shipped: ids, retries: true)
        #expect(tally.faults(of: ids) == [])
        #expect(stage.postmaster != postmaster)
        await stage.letGo(second)
      }
    }

    @Test("PostgreSQL killed under a worker that lives: it goes on when the server is back")
    func databaseKilled() async throws {
      try await Stage.play { stage in
        try await stage.sandbox.dial(#"[{"call":"*","fault":"slow","probability":1,"ms":50}]"#)
        let ids = try await stage.sandbox.order(40)
        let settings = [
          "QUAYSIDE_IN_FLIGHT": "8", "QUAYSIDE_LEASE": "3s", "QUAYSIDE_CALL_DEADLINE": "1s",
          "QUAYSIDE_PURCHASE_DEADLINE": "2s",
        ]
        let worker = try stage.work(settings)
        try await eventually("some are shipped") {
          try await stage.sandbox.tally().count(ids) { $0.ships > 0 } >= 5
        }
        let postmaster = try #require(stage.postmaster)
        kill(postmaster, SIGKILL)
        try await eventually("PostgreSQL is gone") { stage.postmaster == nil }
        // Any command that needs the database starts it again.
        let answer = try await stage.run(["orders", "--limit", "1"])
        #expect(answer.status.isSuccess, "\(answer.errorText)")
        let (tally, _) = try await stage.untilEnded(shipped: ids, retries: true)
        #expect(tally.faults(of: ids) == [])
        #expect(worker.isRunning)
        await stage.letGo(worker)
      }
    }

    @Test("a worker frozen past its lease: another takes over, the woken one does no harm")
    func frozen() async throws {
      try await Stage.play { stage in
        try await stage.sandbox.dial(
          #"[{"call":"*","fault":"slow","probability":1,"ms":150}]"#)
        let settings = [
          "QUAYSIDE_LEASE": "3s", "QUAYSIDE_CALL_DEADLINE": "1s",
          "QUAYSIDE_PURCHASE_DEADLINE": "2s",
          "QUAYSIDE_IN_FLIGHT": "16",
        ]
        let ids = try await stage.sandbox.order(150)
        let first = try stage.work(settings)
        try await eventually("labels are being bought") {
          try await stage.sandbox.tally().count(ids) { $0.labelsBought > 0 } >= 5
        }
        first.kill(SIGSTOP)
        let before = try await stage.sandbox.tally().count(ids) { $0.ships > 0 }
        #expect(before < ids.count)
        let second = try stage.work(settings)
        _ = try await stage.untilEnded(shipped: ids, retries: true, within: .seconds(120))
        first.kill(SIGCONT)
        let more = try await stage.sandbox.order(20)
        _ = try await stage.untilEnded(shipped: ids + more, retries: true, within: .seconds(120))
        for worker in [first, second] { worker.kill(SIGTERM) }
        for worker in [first, second] {
          #expect(await worker.wait(for: .seconds(20)) == .init(code: 0))
        }
        #expect(try await stage.sandbox.tally().faults(of: ids + more) == [])
      }
    }

    @Test("a process frozen in the middle of a change does not keep its orders from the others")
    func frozenInChange() async throws {
      try await Stage.play { stage in
        try await stage.keep()
        var configuration = PostgresConfiguration(
          socketDirectory: stage.state + "/postgres/socket", database: "quayside",
          user: "quayside")
        let patience = Duration.seconds(60)
        let other = try await PostgresConnection.open(configuration, deadline: patience)
        configuration.serverSettings = Installation.sessionSettings
        let frozen = try await PostgresConnection.open(configuration, deadline: patience)
        try await frozen.script("begin; lock table orders", deadline: patience)
        try await other.script("begin; lock table orders; rollback", deadline: patience)
        await #expect(throws: PostgresError.self) {
          try await frozen.script("commit", deadline: patience)
        }
        await other.close()
        await frozen.close()
      }
    }

    @Test("what a dead worker's last statement claimed after the takeover is taken over as well")
    func orphanedClaim() async throws {
      try await Stage.play { stage in
        try await stage.keep()
        let patience = Duration.seconds(60)
        let configuration = PostgresConfiguration(
          socketDirectory: stage.state + "/postgres/socket", database: "quayside",
          user: "quayside")
        let database = try await PostgresConnection.open(configuration, deadline: patience)
        let ids = try await stage.sandbox.order(1)
        let first = try stage.work([
          "QUAYSIDE_CRASH_AT": "after-claim:accept_order:sending", "QUAYSIDE_LEASE": "600s",
        ])
        #expect(await first.wait(for: .seconds(20)) == .init(signal: 9))
        let journals = { Set(Folder.names(in: stage.state).filter { $0.hasSuffix(".sends") }) }
        let dead = journals()
        #expect(!dead.isEmpty)
        // As if its claim was not committed yet.
        try await database.script(
          "update leases set worker = worker || '?'", deadline: patience)
        let second = try stage.work()
        try await eventually("the first was taken over") {
          stage.log(of: second).contains { $0.contains("took over from a worker that ended") }
        }
        try await database.script(
          "update leases set worker = rtrim(worker, '?')", deadline: patience)
        let (tally, _) = try await stage.untilEnded(shipped: ids, within: .seconds(60))
        #expect(tally.faults(of: ids) == [])
        // In the end nobody looks for the dead worker's work any more.
        try await eventually("its journal is gone", within: .seconds(60)) {
          journals().isDisjoint(with: dead)
        }
        await database.close()
        await stage.letGo(second)
      }
    }

    @Test(
      "a second worker started by mistake shares the work and the cluster; the last one stops it")
    func shared() async throws {
      try await Stage.play { stage in
        try await stage.sandbox.dial(#"[{"call":"*","fault":"slow","probability":1,"ms":20}]"#)
        let ids = try await stage.sandbox.order(80)
        let first = try stage.work(["QUAYSIDE_IN_FLIGHT": "8"])
        let second = try stage.work(["QUAYSIDE_IN_FLIGHT": "8"])
        let (tally, retried) = try await stage.untilEnded(shipped: ids)
        #expect(tally.faults(of: ids) == [])
        #expect(retried == 0)
        let postmaster = try #require(stage.postmaster)
        await stage.letGo(first)
        #expect(stage.postmaster == postmaster, "stopped under the second worker's feet")
        await stage.letGo(second)
        #expect(stage.postmaster == nil, "still there after the last one left")
        #expect(Folder.names(in: stage.state).filter { $0.hasSuffix(".sends") } == [])
        // And it is the same cluster at the next start.
        #expect(try await stage.known().count == ids.count)
        #expect(stage.postmaster == nil)
      }
    }

    @Test("killed between making the database and its schema: the next start completes")
    func halfMade() async throws {
      try await Stage.play { stage in
        // What such a kill leaves: a cluster with an empty database.
        let cluster = try await PrivateCluster.open(folder: stage.state, log: Log(sink: { _ in }))
        #expect(cluster.isNew)
        await cluster.close()
        let output = try await stage.run(["orders"])
        #expect(output.status == .init(code: 0), "\(output.errorText)")
      }
    }

    @Test("a purchase that nobody could find is searched for again before a person's retry buys")
    func searchedBeforeRetry() async throws {
      try await Stage.play { stage in
        try await stage.sandbox.dial(
          #"[{"call":"find_shipments","fault":"search_lag","ms":3600000}]"#)
        let ids = try await stage.sandbox.order(1)
        let first = try stage.work(["QUAYSIDE_CRASH_AT": "after-send:buy_label"])
        #expect(await first.wait(for: .seconds(15)) == .init(signal: 9))
        let second = try stage.work()
        try await eventually("the searches ran out") {
          try await stage.known()[ids[0]]?.needs != nil
        }
        try await stage.sandbox.dial("[]")
        #expect(try await stage.run(["retry", ids[0]]).status == .init(code: 0))
        let (tally, _) = try await stage.untilEnded(shipped: ids)
        #expect(tally.faults(of: ids) == [])
        await stage.letGo(second)
      }
    }

    @Test("SIGTERM: what is under way is finished, then it ends with 0")
    func terminated() async throws {
      try await Stage.play { stage in
        try await stage.sandbox.dial(#"[{"call":"*","fault":"slow","probability":1,"ms":300}]"#)
        let ids = try await stage.sandbox.order(150)
        let first = try stage.work(["QUAYSIDE_IN_FLIGHT": "10"])
        try await eventually("labels are being bought") {
          try await stage.sandbox.tally().count(ids) { $0.labelsBought > 0 } >= 3
        }
        await stage.letGo(first)
        // Nothing was left half done: no send without its outcome.
        let open = try await stage.json(["effects", "--limit", "1000"]).elements
        #expect(open.filter { ["sending", "unknown"].contains($0["state"]?.string) }.count == 0)
        let between = try await stage.sandbox.tally().count(ids) { $0.ships > 0 }
        #expect(between < ids.count, "it did not end before all was done")
        try await stage.sandbox.dial("[]")
        let second = try stage.work()
        let (tally, retried) = try await stage.untilEnded(shipped: ids)
        #expect(tally.faults(of: ids) == [])
        #expect(retried == 0)
        await stage.letGo(second)
      }
    }
  }

  /// SplitMix64: the same seed, the same kills.
  struct Random {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }
}
