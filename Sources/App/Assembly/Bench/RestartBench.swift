import Kit
import Ledger
import Operations
import Orders

/// SIGKILL in the middle of everything: a worker holds all its effects in flight, against an upstream
/// that keeps its answers to itself; it dies, and another takes its place. Measured twice: with the dead
/// worker's journal at hand, as on one machine, and without it, as when the machine is gone and only
/// the lease decides.
struct RestartBench {
  struct Run: Sendable {
    var inFlight: Int
    /// Seconds after the kill.
    var firstOutcome: Double
    var fullSpeed: Double
    var leaseEnd: Double
    /// Confirmed effects a second, the median of the seconds of work.
    var rate: Double
    var isExact: Bool
    var usage: BenchMeter.Usage
  }

  static let patience = Duration.minutes(3)
  /// Of the median rate; the first second that reaches it is at full speed.
  static let fullShare = 0.8
  static let goal = 5.0

  let options: BenchOptions

  func run() async throws -> BenchReport {
    var near: [Run] = []
    var far: [Run] = []
    for number in 1...options.runs {
      near.append(try await measure(keepsJournal: true))
      say(number, "journal at hand", near)
      far.append(try await measure(keepsJournal: false))
      say(number, "lease alone", far)
    }
    var report = BenchReport("restart")
    report.isFine = (near + far).allSatisfy { $0.isExact && $0.inFlight == options.orders }
    report.facts = [
      ("orders", .int(Int64(options.orders))), ("runs", .int(Int64(options.runs))),
      ("in_flight", .array((near + far).map { .int(Int64($0.inFlight)) })),
      ("exact_runs", .array((near + far).map { .bool($0.isExact) })),
      (
        "goal_met",
        .bool((near + far).allSatisfy { $0.fullSpeed - max(0, $0.leaseEnd) <= Self.goal })
      ),
    ]
    for (key, title, runs) in [
      ("journal", "journal at hand", near), ("lease", "lease alone", far),
    ] {
      report.add(
        "\(key).first_outcome", "\(title): kill to the first outcome", "s", runs.map(\.firstOutcome)
      )
      report.add("\(key).full_speed", "\(title): kill to full speed", "s", runs.map(\.fullSpeed))
      report.add(
        "\(key).full_speed_after_lease", "\(title): end of the lease to full speed", "s",
        runs.map { $0.fullSpeed - $0.leaseEnd })
      report.add("\(key).rate", "\(title): full speed", "effects/s", runs.map(\.rate))
      report.add(usage: runs.map(\.usage), orders: options.orders, key: key, title: title)
    }
    return report
  }

  private func say(_ number: Int, _ name: String, _ runs: [Run]) {
    guard let run = runs.last else { return }
    options.say(
      "run \(number), \(name): \(run.inFlight) in flight, first outcome after "
        + "\(Figure.text(run.firstOutcome)) s, full speed after \(Figure.text(run.fullSpeed)) s "
        + "(lease: \(Figure.text(run.leaseEnd)) s)")
  }

  private func measure(keepsJournal: Bool) async throws -> Run {
    try await BenchSite.open(options, { $0.pull.pollEvery = .milliseconds(100) }) { site in
      try await prepare(site)
      try await site.upstream.control("PUT", "/control/hold", ["call": "tracking"])
      // Of a call; longer than it takes to get everything in flight.
      let deadline = options.lease.milliseconds * 3 / 4
      let first = try WorkProcess.start(
        site, ["--no-pull"],
        [
          "QUAYSIDE_IN_FLIGHT": "\(options.orders)",
          "QUAYSIDE_LEASE": "\(options.lease.milliseconds)ms",
          "QUAYSIDE_CALL_DEADLINE": "\(deadline)ms", "QUAYSIDE_PURCHASE_DEADLINE": "\(deadline)ms",
        ])
      let inFlight: Int
      let leaseEnd: Timestamp?
      do {
        (inFlight, leaseEnd) = try await untilAllInFlight(site)
      } catch {
        await first.stop()
        throw error
      }
      await first.kill()
      let killed = Timestamp.now()
      if !keepsJournal { removeJournals(site) }
      try await site.upstream.control("DELETE", "/control/hold", nil)
      let second = try WorkProcess.start(site, ["--no-pull"])
      do {
        let run = try await recover(
          site, second, killed: killed, inFlight: inFlight, leaseEnd: leaseEnd)
        await second.stop()
        return run
      } catch {
        await second.stop()
        throw error
      }
    }
  }

  /// All orders have their label; their tracking numbers are to be posted.
  private func prepare(_ site: BenchSite) async throws {
    try await site.add(orders: options.orders)
    let deeds: Set<Deed> = [.acceptOrder, .buyLabel, .fetchLabel]
    let ledger = site.installation.ledger
    try await site.work(
      try site.installation.worker(deeds: deeds), within: Self.patience, every: .milliseconds(200)
    ) {
      guard try await ledger.arrivals().all >= options.orders else { return false }
      return try await ledger.openEffects(of: deeds, shops: ["main"], waiting: true) == 0
    }
    try await site.settle()
  }

  private func untilAllInFlight(_ site: BenchSite) async throws -> (Int, Timestamp?) {
    var held: (effects: Int, until: Timestamp?) = (0, nil)
    // What was taken up first has to be held still when the last is.
    let ends = ContinuousClock.now + options.lease * 0.75
    while ContinuousClock.now < ends {
      held = try await site.installation.ledger.held()
      if held.effects >= options.orders { break }
      try await Task.sleep(for: .milliseconds(100))
    }
    return held
  }

  /// As if the machine was gone, with all that only it knew.
  private func removeJournals(_ site: BenchSite) {
    for name in Folder.names(in: site.folder) where name.hasSuffix(".sends") {
      Folder.removeFile("\(site.folder)/\(name)")
    }
  }

  private func recover(
    _ site: BenchSite, _ worker: WorkProcess, killed: Timestamp, inFlight: Int,
    leaseEnd: Timestamp?
  ) async throws -> Run {
    let ledger = site.installation.ledger
    let meter = site.meter(workers: [worker.pid])
    let begun = ContinuousClock.now
    while ContinuousClock.now - begun < Self.patience {
      try await Task.sleep(for: .milliseconds(200))
      guard try await site.tally().ships >= options.orders else { continue }
      if try await ledger.openOrders() == 0 { break }
    }
    let usage = await meter.stop()
    let confirmations = try await ledger.confirmedEffects(since: killed)
    let speed = Self.speed(confirmations)
    let failures = try await ledger.counts().openFailures
    return Run(
      inFlight: inFlight, firstOutcome: Double(confirmations.first?.tenth ?? 0) / 10,
      fullSpeed: speed.reached,
      leaseEnd: leaseEnd.map { $0.duration(since: killed).seconds } ?? 0, rate: speed.rate,
      isExact: try await site.tally().isExact(options.orders) && failures == 0, usage: usage)
  }

  /// From counts in tenths of a second: the median of all whole seconds in which something was done,
  /// and the beginning of the first second in which as good as that was done.
  static func speed(_ counts: [(tenth: Int, count: Int)]) -> (rate: Double, reached: Double) {
    guard let first = counts.first?.tenth, let last = counts.last?.tenth else { return (0, 0) }
    var tenths = Array(repeating: 0, count: last - first + 1)
    for (tenth, count) in counts { tenths[tenth - first] += count }
    let seconds = stride(from: 0, to: max(1, tenths.count - 9), by: 10).map { start in
      Double(tenths[start..<min(start + 10, tenths.count)].reduce(0, +))
    }
    let rate = Figure(seconds.filter { $0 > 0 }).median
    let width = min(10, tenths.count)
    for start in 0...(tenths.count - width)
    where Double(tenths[start..<(start + width)].reduce(0, +)) >= rate * fullShare {
      return (rate, Double(first + start) / 10)
    }
    return (rate, Double(last) / 10)
  }
}
