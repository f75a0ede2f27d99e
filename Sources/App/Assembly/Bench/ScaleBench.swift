import Kit
import Ledger
import Postgres

/// One, two and four worker processes on one database: is anything lost by contention, and does
/// PostgreSQL ever have to break a deadlock?
struct ScaleBench {
  struct Run: Sendable {
    var seconds: Double
    var tally: BenchTally
    var deadlocks: Int
    var usage: BenchMeter.Usage
  }

  static let counts = [1, 2, 4]
  static let limit = Duration.minutes(10)

  let options: BenchOptions

  func run() async throws -> BenchReport {
    var runs: [[Run]] = Array(repeating: [], count: Self.counts.count)
    for round in 1...options.runs {
      for (index, count) in Self.counts.enumerated() {
        let run = try await measure(count)
        runs[index].append(run)
        options.say(
          "run \(round), \(count) worker(s): \(Int(Double(options.orders) / run.seconds)) orders/s, "
            + "\(run.deadlocks) deadlocks")
      }
    }
    let all = runs.joined()
    var report = BenchReport("scale")
    report.isFine = all.allSatisfy { $0.tally.isExact(options.orders) && $0.deadlocks == 0 }
    report.facts = [
      ("orders", .int(Int64(options.orders))), ("runs", .int(Int64(options.runs))),
      ("workers", .array(Self.counts.map { .int(Int64($0)) })),
      ("deadlocks", .int(Int64(all.map(\.deadlocks).reduce(0, +)))),
      ("violations", .int(Int64(all.map(\.tally.violations).reduce(0, +)))),
      ("shipped", .array(all.map { .int(Int64($0.tally.ships)) })),
    ]
    let alone = Figure(runs[0].map { Double(options.orders) / $0.seconds })
    for (index, count) in Self.counts.enumerated() {
      let speed = Figure(runs[index].map { Double(options.orders) / $0.seconds })
      let title = count == 1 ? "1 worker" : "\(count) workers"
      report.add("workers_\(count).orders_per_second", title, "orders/s", speed)
      if count > 1 {
        report.add("workers_\(count).ratio", "\(title) over 1", "times", speed.over(alone))
      }
      report.add(
        usage: runs[index].map(\.usage), orders: options.orders, key: "workers_\(count)",
        title: title)
    }
    return report
  }

  private func measure(_ count: Int) async throws -> Run {
    try await BenchSite.open(options) { site in
      let before = try await deadlocks(site)
      var workers: [WorkProcess] = []
      // The first pulls; all of them work.
      do {
        for number in 0..<count {
          workers.append(try WorkProcess.start(site, number == 0 ? [] : ["--no-pull"]))
        }
        try await untilReady(site)
        let run = try await measure(workers, site, deadlocksBefore: before)
        for worker in workers { await worker.stop() }
        return run
      } catch {
        for worker in workers { await worker.stop() }
        throw error
      }
    }
  }

  private func measure(
    _ workers: [WorkProcess], _ site: BenchSite, deadlocksBefore before: Int
  ) async throws -> Run {
    let meter = site.meter(workers: workers.map(\.pid))
    let begun = ContinuousClock.now
    try await site.add(orders: options.orders)
    while ContinuousClock.now - begun < Self.limit {
      try await Task.sleep(for: .milliseconds(20))
      guard try await site.tally().ships >= options.orders else { continue }
      if try await site.installation.ledger.openOrders() == 0 { break }
    }
    let took = ContinuousClock.now - begun
    return Run(
      seconds: took.seconds, tally: try await site.tally(),
      deadlocks: try await deadlocks(site) - before, usage: await meter.stop())
  }

  /// The first worker has asked for orders, and found none.
  private func untilReady(_ site: BenchSite) async throws {
    for _ in 0..<1_000 {
      if try await site.installation.ledger.cursor(.poll, shop: "main").finishedAt != nil { break }
      try await Task.sleep(for: .milliseconds(10))
    }
    try await Task.sleep(for: .milliseconds(300))
  }

  private func deadlocks(_ site: BenchSite) async throws -> Int {
    let connection = try await PostgresConnection.open(
      site.installation.configuration, deadline: .seconds(30))
    let count = try await connection.query(ReadDeadlocks(), deadline: .seconds(10)).first ?? 0
    await connection.close()
    return count
  }
}

/// How often the server had to end a transaction of this database because two waited for each other.
private struct ReadDeadlocks: PostgresStatement {
  static let sql = "select deadlocks from pg_stat_database where datname = current_database()"
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int { try r.int(0) }
}
