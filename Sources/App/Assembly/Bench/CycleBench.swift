import HTTP
import HTTPClient
import Kit
import Ledger
import Operations
import Postgres
import Sandbox

/// N orders from "placed" to "shipped" with zero waits, judged by the sandbox's own tally.
struct CycleBench {
  struct CPU {
    var worker: Duration
    var sandbox: Duration
    var postgres: Duration
  }

  struct Result {
    var ordersPerSecond: Double
    var seconds: Double
    var workerMB: Int
    var shipped: Int
    var violations: Int
    var cpu: CPU
  }

  /// A run that is not through by then has failed.
  static let limit = Duration.minutes(10)

  let context: Context
  let folder: String
  let orders: Int
  /// Against canned answers instead of the full sandbox.
  var isCanned = false

  func run() async throws -> Result {
    let sandbox = try await SandboxProcess.start(in: folder, isCanned: isCanned)
    do {
      let result = try await measure(sandbox)
      await sandbox.stop()
      return result
    } catch {
      await sandbox.stop()
      throw error
    }
  }

  private func measure(_ sandbox: SandboxProcess) async throws -> Result {
    var context = context
    context.settings.becomeBench(sandbox.url, folder: folder)
    context.log.level = .error
    let installation = try await Installation.open(context, schema: .any)
    try await installation.beginAnew()
    try await installation.openShops()
    try await sandbox.control("POST", "/control/orders", ["count": .int(Int64(orders))])
    let worker = try installation.worker()
    let before = cpu(installation, sandbox)
    let begun = ContinuousClock.now
    let work = Task { await installation.work(worker) }
    var peak = 0
    var tally: JSONValue?
    while ContinuousClock.now - begun < Self.limit {
      try? await Task.sleep(for: .milliseconds(100))
      peak = max(peak, Host.residentBytes() ?? 0)
      let isPulled = try await installation.ledger.cursor(.poll, shop: "main").finishedAt != nil
      if isPulled, try await installation.ledger.openOrders() == 0 { break }
    }
    let took = ContinuousClock.now - begun
    let after = cpu(installation, sandbox)
    work.cancel()
    await work.value
    tally = try await sandbox.control("GET", "/control/tally", nil)
    await installation.close()
    return Result(
      ordersPerSecond: Double(orders) / took.seconds, seconds: took.seconds, workerMB: peak >> 20,
      shipped: Int(tally?["totals"]?["ships"]?.int ?? 0),
      violations: tally?["violations"]?.elements.count ?? -1,
      cpu: CPU(
        worker: after.worker - before.worker, sandbox: after.sandbox - before.sandbox,
        postgres: after.postgres - before.postgres))
  }

  private func cpu(_ installation: Installation, _ sandbox: SandboxProcess) -> CPU {
    let postmaster = installation.cluster?.serverPID
    return CPU(
      worker: Host.cpuTime(of: nil), sandbox: Host.cpuTime(of: sandbox.pid),
      postgres: postmaster.map { Host.cpuTimeOfFamily($0) } ?? .zero)
  }

  static func summary(_ results: [Result], orders: Int) -> JSON {
    func median(_ values: [Double]) -> JSON {
      let sorted = values.sorted()
      let middle = sorted.count / 2
      let value = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
      return .decimal("\((value * 10).rounded() / 10)")
    }
    return .object([
      ("benchmark", "cycle"), ("upstream", "sandbox"), ("orders", .int(Int64(orders))),
      ("runs", .int(Int64(results.count))),
      ("orders_per_second", median(results.map(\.ordersPerSecond))),
      ("worker_rss_mb", .int(Int64(results.map(\.workerMB).max() ?? 0))),
      ("seconds", median(results.map(\.seconds))),
      ("shipped", .array(results.map { .int(Int64($0.shipped)) })),
      ("violations", .int(Int64(results.map(\.violations).reduce(0, +)))),
      (
        "cpu_seconds",
        .object([
          ("worker", median(results.map { $0.cpu.worker.seconds })),
          ("sandbox", median(results.map { $0.cpu.sandbox.seconds })),
          ("postgres", median(results.map { $0.cpu.postgres.seconds })),
        ])
      ),
    ])
  }
}

extension Settings {
  mutating func becomeBench(_ url: String, folder: String) {
    stateFolder = folder
    database = ""
    schema = nil
    cycle.runFast(.zero)
    cycle.idlePoll = .milliseconds(50)
    cycle.inFlightMax = 256
    carrierCallsPerMinute = 0
    readsMax = 4
    connections = 8
    pull.sweepEvery = .hours(1)
    shops = [ShopSettings.sandboxed(SandboxSettings(), url: url)]
  }
}
