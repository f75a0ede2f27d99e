import Glibc
import Kit
import Testing

extension FaultTests {
  /// The primary's machine dies while orders flow. `bin/failover` runs this too:
  /// `QUAYSIDE_FAILOVER_ROUNDS` is how many primaries die, one after the other, and
  /// `QUAYSIDE_FAILOVER_JSON` the file that the report is written to.
  @Suite(.enabled(if: DatabaseNode.isInstalled, "bin/setup ha installs Patroni and etcd"))
  struct FailoverTests {
    /// Shipments before the kill, and after it before the orders may stop.
    static let shipmentsBefore = 40
    static let shipmentsAfter = 40

    @Test("the database's primary dies: another takes over, nothing acknowledged is lost")
    func primaryKilled() async throws {
      let rounds = Host.environment["QUAYSIDE_FAILOVER_ROUNDS"].flatMap { Int($0) } ?? 1
      try await Stage.play { stage in
        try await DatabaseCluster.run(in: stage.folder) { cluster in
          stage.environment["DATABASE_URL"] = cluster.databaseURL
          let report = try await Scene.play(rounds, stage, cluster)
          print(report.text, terminator: "")
          if let file = Host.environment["QUAYSIDE_FAILOVER_JSON"] {
            try AtomicFile.write(report.json.bytes + [10], to: file, mode: 0o644)
          }
          #expect(report.rounds.count == rounds)
          #expect(report.writes.lost == 0)
          #expect(report.writes.unexplained == 0)
          #expect(report.lostFacts == [])
          #expect(report.inexact == [])
        }
      }
    }
  }
}

/// Quayside at work on a replicated database, and everybody who watches.
private final class Scene {
  let stage: Stage
  let cluster: DatabaseCluster
  let children: [ChildProcess]
  let ordering: OrderingWitness
  let writing: WritingWitness
  let reading: ReadingWitness
  let asking: AskingWitness
  private var watching: Task<Void, Never>?

  static func play(
    _ rounds: Int, _ stage: Stage, _ cluster: DatabaseCluster
  ) async throws -> FailoverReport {
    let migrated = try await stage.run(["migrate"])
    try #require(migrated.status.isSuccess, "\(migrated.errorText)")
    // Slow enough that calls are under way at any moment.
    try await stage.sandbox.dial(#"[{"call":"*","fault":"slow","probability":1,"ms":40}]"#)
    let scene = try await Scene(stage, cluster)
    do {
      let report = try await scene.report(rounds)
      await scene.close()
      return report
    } catch {
      await scene.close()
      throw error
    }
  }

  private init(_ stage: Stage, _ cluster: DatabaseCluster) async throws {
    self.stage = stage
    self.cluster = cluster
    let server = try stage.start(["serve", "--pages-only"])
    children = [server, try stage.work(), try stage.work(["QUAYSIDE_POLL_EVERY": "170ms"])]
    ordering = OrderingWitness(sandbox: stage.sandbox)
    writing = try WritingWitness(url: cluster.witnessURL)
    try await writing.prepare()
    reading = try ReadingWitness(url: cluster.databaseURL)
    var url = ""
    try await eventually("the pages are served") {
      url = stage.output(of: server).split(separator: "\n").first.map(String.init) ?? ""
      return !url.isEmpty
    }
    asking = try AskingWitness(url: url)
    watching = Task { [ordering, writing, reading, asking] in
      await withTaskGroup { group in
        group.addTask { await ordering.watch() }
        group.addTask { await writing.run() }
        group.addTask { await reading.run() }
        group.addTask { await asking.run() }
      }
    }
  }

  private func stopWatching() async {
    watching?.cancel()
    await watching?.value
  }

  private func close() async {
    await stopWatching()
    await writing.close()
    await reading.close()
  }

  private func report(_ rounds: Int) async throws -> FailoverReport {
    var report = FailoverReport()
    for _ in 0..<rounds { report.rounds.append(try await round()) }
    let (tally, retried) = try await stage.untilEnded(
      shipped: ordering.ids, retries: true, within: .seconds(180))
    // What is told or seen while the verdict is read would count as lost.
    await stopWatching()
    let read = try await reading.verdict()
    report.orders = ordering.ids.count
    report.inexact = tally.faults(of: ordering.ids)
    (report.facts, report.ordersSeen, report.lostFacts) = read
    report.writes = try await writing.verdict()
    report.personsAsked = try await reading.failures()
    #expect(report.personsAsked >= retried, "a person was asked without a record of it")
    for child in children { #expect(child.isRunning, "a process of Quayside's ended") }
    for child in children { child.kill(SIGTERM) }
    for child in children { #expect(await child.wait(for: .seconds(20)) == .init(code: 0)) }
    return report
  }

  /// One primary dies while orders flow, and comes back as a standby.
  private func round() async throws -> FailoverReport.Round {
    let placing = Task { [ordering] in await ordering.place() }
    defer { placing.cancel() }
    let before = ordering.shipped
    try await eventually("orders flow", within: .seconds(120)) {
      ordering.shipped >= before + Self.shipmentsBefore
    }
    let victim = try await cluster.primary()
    try await reading.look()
    for pulse in [writing.pulse, asking.pulse, ordering.pulse] { pulse.restart() }
    let killedAt = ContinuousClock.now
    await victim.kill()
    let heir = try await cluster.primary(besides: victim)
    let promotedAfter = ContinuousClock.now - killedAt
    let then = ordering.shipped
    try await eventually("everything goes on", within: DatabaseCluster.patience) {
      ordering.shipped >= then + Self.shipmentsAfter && writing.pulse.last > killedAt
        && asking.pulse.last > killedAt
    }
    placing.cancel()
    await placing.value
    var round = FailoverReport.Round(
      killed: victim.name, promoted: heir.name, promotedAfter: promotedAfter,
      writesGap: writing.pulse.longest, answersGap: asking.pulse.longest,
      shipmentsGap: ordering.pulse.longest, rejoinedAfter: .zero)
    let restartedAt = ContinuousClock.now
    try victim.start()
    try await cluster.steady()
    round.rejoinedAfter = ContinuousClock.now - restartedAt
    return round
  }

  private static let shipmentsBefore = FaultTests.FailoverTests.shipmentsBefore
  private static let shipmentsAfter = FaultTests.FailoverTests.shipmentsAfter
}
