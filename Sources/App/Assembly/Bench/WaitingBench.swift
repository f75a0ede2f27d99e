import Effects
import Kit
import Ledger
import Operations

/// Orders inside the real wait before an acceptance is read back (60 s): all of them at once, pulled
/// from the canned upstream. Waiting is a row in the ledger, so it should cost neither memory nor time.
struct WaitingBench {
  struct Run: Sendable {
    var times: ValidationTimes
    var tally: BenchTally
    var usage: BenchMeter.Usage
  }

  static let limit = Duration.minutes(10)
  /// What is reached for: validated within this of arriving.
  static let goal = 90.0
  static let goalMB = 200

  let options: BenchOptions

  func run() async throws -> BenchReport {
    var runs: [Run] = []
    for number in 1...options.runs {
      let run = try await measure()
      runs.append(run)
      options.say(
        "run \(number): \(run.times.orders) orders arrived within \(run.times.arriving.tenths) s, "
          + "the slowest was validated \(run.times.longest.tenths) s after it came; "
          + "worker \(run.usage.workerMB) MB")
    }
    var report = BenchReport("waiting")
    report.isFine = runs.allSatisfy {
      $0.times.orders == options.orders && $0.tally.accepts == options.orders
        && $0.tally.violations == 0
    }
    report.facts = [
      ("orders", .int(Int64(options.orders))), ("runs", .int(Int64(runs.count))),
      ("wait_seconds", Figure.json(options.wait.seconds)),
      ("validated", .array(runs.map { .int(Int64($0.times.orders)) })),
      ("violations", .int(Int64(runs.map(\.tally.violations).reduce(0, +)))),
      (
        "goal_met",
        .bool(
          runs.allSatisfy {
            $0.times.longest.seconds <= Self.goal && $0.usage.workerMB < Self.goalMB
          })
      ),
    ]
    report.add(
      "validated_after.slowest", "from arriving to validated, the slowest order", "s",
      runs.map(\.times.longest.seconds))
    report.add(
      "validated_after.median", "from arriving to validated, the median order", "s",
      runs.map(\.times.median.seconds))
    report.add(
      "arrived_within", "from the first arrival to the last", "s",
      runs.map(\.times.arriving.seconds))
    report.add(
      usage: runs.map(\.usage), orders: options.orders, key: "waiting", title: "until validated")
    return report
  }

  private func measure() async throws -> Run {
    try await BenchSite.open(
      options,
      { settings in
        settings.cycle.acceptance = CycleSettings().acceptance
        settings.cycle.acceptance.firstCheck = options.wait
        settings.pull.pollEvery = .seconds(5)
        settings.cycle.inFlightMax = 384
      }
    ) { site in
      try await site.add(orders: options.orders)
      let meter = site.meter()
      let ledger = site.installation.ledger
      try await site.work(
        try site.installation.worker(), within: Self.limit, every: .seconds(2)
      ) {
        let arrivals = try await ledger.arrivals()
        return arrivals.all >= options.orders && arrivals.open == 0
      }
      let usage = await meter.stop()
      return Run(
        times: try await ledger.validationTimes(), tally: try await site.tally(), usage: usage)
    }
  }
}
