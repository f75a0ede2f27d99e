import Kit
import Ledger
import Operations

/// N orders from "placed" to "shipped" with zero waits, judged by the upstream's own tally: against
/// canned answers, which is the comparison, and against the full sandbox. Each round measures both,
/// then pgbench and the peers where they are.
struct CycleBench {
  struct Run: Sendable {
    var seconds: Double
    var tally: BenchTally
    var usage: BenchMeter.Usage
  }

  /// A run that is not through by then has failed.
  static let limit = Duration.minutes(10)
  /// Effects under way in a lane: what reports at the same moment shares a commit.
  static let inFlightMax = 2_048

  let options: BenchOptions

  func run() async throws -> BenchReport {
    var canned: [Run] = []
    var sandbox: [Run] = []
    var others = Rivals(options)
    for round in 1...options.runs {
      canned.append(try await measure(isCanned: true))
      say(round, "canned", canned)
      sandbox.append(try await measure(isCanned: false))
      say(round, "sandbox", sandbox)
      try await others.measure(round)
    }
    return report(canned, sandbox, others)
  }

  private func say(_ round: Int, _ name: String, _ runs: [Run]) {
    guard let last = runs.last else { return }
    options.say(
      "run \(round), \(name): \(Int(Double(options.orders) / last.seconds)) orders/s, "
        + "\(last.tally.ships) of \(options.orders) shipped")
  }

  private func measure(isCanned: Bool) async throws -> Run {
    try await BenchSite.open(
      options, isCanned: isCanned,
      {
        $0.cycle.inFlightMax = Self.inFlightMax
        if isCanned { $0.pull.pollEvery = .seconds(1) }
      }
    ) { site in
      try await site.add(orders: options.orders)
      let worker = try site.installation.worker()
      let ledger = site.installation.ledger
      let meter = site.meter()
      let begun = ContinuousClock.now
      try await site.work(worker, within: Self.limit, every: .milliseconds(isCanned ? 20 : 100)) {
        if isCanned {
          guard try await site.tally().ships >= options.orders else { return false }
        } else {
          guard try await ledger.cursor(.poll, shop: "main").finishedAt != nil else { return false }
        }
        return try await ledger.openOrders() == 0
      }
      let took = ContinuousClock.now - begun
      let usage = await meter.stop()
      return Run(seconds: took.seconds, tally: try await site.tally(), usage: usage)
    }
  }

  // MARK: Report

  private func report(_ canned: [Run], _ sandbox: [Run], _ others: Rivals) -> BenchReport {
    let orders = Double(options.orders)
    var report = BenchReport("cycle")
    report.isFine = (canned + sandbox).allSatisfy { $0.tally.isExact(options.orders) }
    report.facts = [("upstream", "canned")] + facts(canned)
    report.facts.append(("sandbox", .object(facts(sandbox))))
    for (key, title, runs) in [
      ("canned", "Quayside, canned upstream", canned),
      ("sandbox", "Quayside, full sandbox", sandbox),
    ] {
      report.add(
        "\(key).orders_per_second", title, "orders/s", runs.map { orders / $0.seconds })
      report.add(usage: runs.map(\.usage), orders: options.orders, key: key, title: title)
    }
    others.add(to: &report, ours: Figure(canned.map { orders / $0.seconds }))
    return report
  }

  /// What scripts read from the beginning: the keys of a run.
  private func facts(_ runs: [Run]) -> [(String, JSON)] {
    func median(_ value: (Run) -> Double) -> JSON { Figure.json(Figure(runs.map(value)).median) }
    return [
      ("orders", .int(Int64(options.orders))), ("runs", .int(Int64(runs.count))),
      ("orders_per_second", median { Double(options.orders) / $0.seconds }),
      ("worker_rss_mb", .int(Int64(runs.map(\.usage.workerMB).max() ?? 0))),
      ("postgres_mb", .int(Int64(runs.map(\.usage.postgresMB).max() ?? 0))),
      ("seconds", median(\.seconds)),
      ("shipped", .array(runs.map { .int(Int64($0.tally.ships)) })),
      ("violations", .int(Int64(runs.map(\.tally.violations).reduce(0, +)))),
      (
        "cpu_seconds",
        .object([
          ("worker", median(\.usage.worker.seconds)),
          ("postgres", median(\.usage.postgres.seconds)),
          ("upstream", median(\.usage.upstream.seconds)),
        ])
      ),
    ]
  }
}
