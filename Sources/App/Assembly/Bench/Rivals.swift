import Kit
import Postgres

/// Whom the cycle is compared with, round by round: pgbench as the floor, and the peers, each as its
/// own scripts run it (`bench/peers`).
struct Rivals {
  struct Peer: Sendable {
    let name: String
    let title: String
    /// The slow ones get a tenth of the orders.
    let isSlow: Bool
  }

  static let peers = [
    Peer(name: "asyncio", title: "hand-written asyncio", isSlow: false),
    Peer(name: "asyncio_group_commit", title: "asyncio with group commit", isSlow: false),
    Peer(name: "dbos", title: "DBOS", isSlow: true),
    Peer(name: "procrastinate", title: "procrastinate", isSlow: true),
    Peer(name: "celery", title: "celery", isSlow: true),
  ]
  /// Steps of an order at the peers: six calls and the wait.
  static let stepsAnOrder = 7.0
  static let clients = 32
  static let floorSeconds = 5
  static let patience = Duration.minutes(15)

  private let options: BenchOptions
  private var steps: [Double] = []
  private var found: [String: [JSONValue]] = [:]
  private var missing: [String: String] = [:]

  init(_ options: BenchOptions) { self.options = options }

  mutating func measure(_ round: Int) async throws {
    steps.append(try await floor())
    options.say("run \(round), pgbench: \(Int(steps.last ?? 0)) steps/s")
    guard let folder = options.peers else { return }
    for peer in Self.peers where missing[peer.name] == nil {
      let orders = peer.isSlow ? max(options.orders / 10, 200) : options.orders
      let done = try await ChildProcess.run(
        [options.scripts + "/peers", "run", folder, peer.name, "\(orders)"],
        deadline: Self.patience)
      let line = done.text.split(separator: "\n").last.map { Array($0.utf8) } ?? []
      guard done.status.isSuccess, let json = try? JSONValue.parse(line),
        json["orders_per_s"]?.decimal != nil
      else {
        missing[peer.name] = String(done.errorText.split(separator: "\n").last ?? "gave no figures")
        options.say("run \(round), \(peer.title): missing: \(missing[peer.name] ?? "")")
        continue
      }
      found[peer.name, default: []].append(json)
      options.say("run \(round), \(peer.title): \(json["orders_per_s"]?.rawText ?? "?") orders/s")
    }
  }

  /// Steps a second: one order's row updated and one audit row written, one commit each.
  private func floor() async throws -> Double {
    var context = options.context
    context.settings.becomeBench("http://127.0.0.1:1", folder: options.folder)
    context.log.level = .error
    let installation = try await Installation.open(context, schema: .any)
    do {
      try await installation.beginAnew()
      let steps = try await PgBench(installation).run(
        options.scripts + "/steps.sql", setUp: options.scripts + "/steps-tables.sql",
        clients: Self.clients, seconds: Self.floorSeconds)
      await installation.close()
      return steps
    } catch {
      await installation.close()
      throw error
    }
  }

  // MARK: Report

  func add(to report: inout BenchReport, ours: Figure) {
    let floor = Figure(steps.map { $0 / Self.stepsAnOrder })
    report.add("pgbench.steps_per_second", "pgbench, \(Self.clients) clients", "steps/s", steps)
    report.add("pgbench.orders_per_second", "pgbench, 7 steps an order", "orders/s", floor)
    var ratios: [(String, JSON)] = []
    func compare(_ name: String, _ title: String, _ other: Figure) {
      let ratio = ours.over(other)
      report.add("ratio.\(name)", "Quayside over \(title)", "times", ratio)
      ratios.append((name, Figure.json(ratio.median)))
    }
    compare("pgbench", "pgbench", floor)
    for peer in Self.peers {
      guard let runs = found[peer.name] else { continue }
      func figure(_ path: String...) -> Figure {
        Figure(
          runs.compactMap { run in
            path.reduce(Optional(run)) { $0?[$1] }?.decimal.flatMap { Double($0) }
          })
      }
      let speed = figure("orders_per_s")
      let key = "peers.\(peer.name)"
      report.add("\(key).orders_per_second", peer.title, "orders/s", speed)
      let counts = figure("orders")
      for (name, part) in [("worker", "client"), ("postgres", "postgres"), ("upstream", "stub")] {
        let cpu = figure("cpu_s", part).over(counts)
        report.add(
          "\(key).cpu_us_an_order.\(name)", "\(peer.title): CPU an order, \(name)", "µs",
          Figure(cpu.values.map { $0 * 1e6 }))
      }
      report.add(
        "\(key).worker_mb", "\(peer.title): peak memory, worker", "MB",
        figure("client_peak_rss_mib"))
      compare(peer.name, peer.title, speed)
      if !runs.allSatisfy({ $0["ok"]?.bool == true }) {
        report.notes.append("\(peer.title) did not do all of its work.")
      }
    }
    report.facts.append(("ratios", .object(ratios)))
    report.facts.append(
      ("missing", .object(missing.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })))
    for (name, why) in missing.sorted(by: { $0.key < $1.key }) {
      report.notes.append("missing: \(name): \(why)")
    }
    if options.peers == nil { report.notes.append("No peers were measured: none are beside us.") }
  }
}
