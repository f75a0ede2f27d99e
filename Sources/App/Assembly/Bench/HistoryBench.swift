import Kit
import Ledger
import Operations
import Postgres

/// The same work with little and with much behind it: orders are claimed and carried through while
/// ten thousand, a million or ten million shipped ones lie in the tables. Each size has a schema of
/// its own in one cluster, and they take turns.
struct HistoryBench {
  struct Size: Sendable {
    let past: Int
    let installation: Installation
    /// Orders that earlier measurements in a kept folder left behind.
    var earlier = 0
    var seconds: [Double] = []
    var shipped = 0
  }

  static let limit = Duration.minutes(2)
  /// Disk that is left alone.
  static let spare = 4 << 30
  static let goal = 1.2

  let options: BenchOptions

  func run() async throws -> BenchReport {
    var report = BenchReport("history")
    let (sizes, skipped) = try await BenchSite.open(
      options, { $0.pull.pollEvery = .milliseconds(20) }
    ) { site in try await measure(on: site) }
    report.notes += skipped
    report.isFine = sizes.allSatisfy { $0.shipped == options.orders * (options.runs + 1) }
    report.facts = [
      ("orders", .int(Int64(options.orders))), ("runs", .int(Int64(options.runs))),
      ("past", .array(sizes.map { .int(Int64($0.past)) })),
      ("shipped", .array(sizes.map { .int(Int64($0.shipped)) })),
    ]
    for size in sizes {
      report.add(
        "past_\(size.past).seconds", "\(options.orders) orders, \(size.past) behind them", "s",
        size.seconds)
    }
    if let least = sizes.first, let most = sizes.last, sizes.count > 1 {
      // Of the medians: a single run of a third of a second says little.
      let ratio = Figure(most.seconds).median / Figure(least.seconds).median
      report.add("ratio", "time with \(most.past) over \(least.past)", "times", [ratio])
      report.facts.append(("ratio", Figure.json(ratio)))
      report.facts.append(("goal_met", .bool(ratio <= Self.goal)))
    }
    return report
  }

  private func measure(on site: BenchSite) async throws -> ([Size], skipped: [String]) {
    var sizes: [Size] = []
    var skipped: [String] = []
    do {
      for count in options.past {
        let installation = try await open(count, site)
        do {
          if let note = try await fill(installation, count) {
            skipped.append(note)
            await installation.close()
            continue
          }
          var size = Size(past: count, installation: installation)
          size.earlier = try await installation.ledger.situation().total - count
          sizes.append(size)
        } catch {
          await installation.close()
          throw error
        }
      }
      // The first round warms up: plans, caches, connections.
      for round in 0...options.runs {
        for index in sizes.indices {
          let (took, shipped) = try await advance(sizes[index], round, site)
          sizes[index].shipped += shipped
          if round > 0 { sizes[index].seconds.append(took.seconds) }
        }
      }
    } catch {
      for size in sizes { await size.installation.close() }
      throw error
    }
    for size in sizes { await size.installation.close() }
    return (sizes, skipped)
  }

  private func open(_ past: Int, _ site: BenchSite) async throws -> Installation {
    var context = options.context
    context.settings = site.installation.settings
    context.settings.schema = "past_\(past)"
    context.settings.connections = 6
    context.log.level = .error
    let installation = try await Installation.open(context, schema: .migrates)
    do {
      try await installation.openShops()
    } catch {
      await installation.close()
      throw error
    }
    return installation
  }

  /// Fills a schema, unless an earlier measurement in a kept folder did.
  /// - Returns: why it was not filled.
  private func fill(_ installation: Installation, _ past: Int) async throws -> String? {
    let there = try await installation.ledger.situation().total
    if there >= past { return nil }
    guard there == 0 else {
      return
        "skipped: only \(there) of \(past) past orders are in \(options.folder): use another one"
    }
    let needs = past * PastOrders.bytesEach + Self.spare
    let free = Folder.freeBytes(options.folder) ?? 0
    guard needs <= free else {
      return
        "skipped: \(past) past orders need \(needs >> 30) GB of disk, and \(free >> 30) GB are free"
    }
    let begun = ContinuousClock.now
    try await PastOrders(installation.configuration, shop: "main").fill(past)
    options.say(
      "\(past) past orders were filled in within \((ContinuousClock.now - begun).tenths) s")
    return nil
  }

  /// - Returns: the time from the first move of the new orders to the last, by the history.
  private func advance(
    _ size: Size, _ round: Int, _ site: BenchSite
  ) async throws -> (Duration, Int) {
    let installation = size.installation
    let first = 1 + size.earlier + round * options.orders
    let here = BenchSite(
      folder: site.folder, upstream: site.upstream, installation: installation)
    try await here.settle()
    try await here.add(orders: options.orders, first: first)
    let begun = Timestamp.now()
    try await here.work(
      try installation.worker(), within: Self.limit, every: .milliseconds(10)
    ) {
      guard try await here.tally().ships >= options.orders else { return false }
      return try await installation.ledger.openOrders() == 0
    }
    let (shipped, took) = try await installation.ledger.span(since: begun)
    let isExact = try await here.tally().isExact(options.orders)
    return (took, isExact ? shipped : 0)
  }
}
