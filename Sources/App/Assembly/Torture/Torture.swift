import Kit
import Ledger
import Operations
import Sandbox

/// One fault run from the first order to the verdict.
final class Torture {
  /// Orders on their way at once when the run is not bound to a number of minutes.
  static let openMax = 600
  static let tick = Duration.milliseconds(50)
  /// Between two looks at the figures.
  static let lookEvery = Duration.milliseconds(800)
  /// Nothing moves for so long: it will not settle by itself.
  static let calmPatience = Duration.seconds(90)
  /// How often the person retries one order.
  static let retriesMax = 3
  static let judgePage = 2_000
  static let recentMax = 300

  let arena: Arena
  let seed: UInt64
  let orders: Int
  let minutes: Int?
  let installation: Installation
  /// Somebody asked for the end: no more orders and no more fire; what there is is judged.
  let isEnding: @Sendable () -> Bool
  let board = TortureBoard()
  var figures = TortureFigures()
  var statuses: [String: Int] = [:]
  /// Effects that wait for a person: their orders go nowhere while it burns.
  var forPeople = 0
  var recent: [String] = []
  var retried: [String: Int] = [:]
  var lookedAt = ContinuousClock.now
  var acts: [Task<Void, Never>] = []
  let hasty = HastyPerson()

  init(
    arena: Arena, installation: Installation, seed: UInt64, orders: Int, minutes: Int?,
    isEnding: @escaping @Sendable () -> Bool
  ) {
    self.isEnding = isEnding
    self.arena = arena
    self.installation = installation
    self.seed = seed
    self.orders = orders
    self.minutes = minutes
    figures.seed = seed
  }

  // MARK: Fire

  func setOnFire() async throws {
    let rules = JSON.array(FaultPlan.rules.map(\.json))
    try await arena.sandbox.control(
      "PUT", "/control/dials", ["seed": .int(Int64(bitPattern: seed)), "rules": rules])
    try await arena.startWorkers()
    // Without a bound in time the fire burns until the last order is placed.
    let limit = minutes.map { Duration.minutes($0) } ?? .hours(12)
    var events = FireSchedule.events(seed: seed, workers: Arena.workersCount, within: limit)[...]
    let begun = ContinuousClock.now
    while ContinuousClock.now - begun < limit, !isEnding() {
      let time = ContinuousClock.now - begun
      await feed(at: time)
      while let event = events.first, event.at <= time {
        events.removeFirst()
        try await carryOut(event.act)
      }
      await look()
      board.show(figures, of: orders, statuses: statuses, phase: "fire")
      if minutes == nil, figures.ordersFed >= orders { break }
      try? await Task.sleep(for: Self.tick)
    }
    while figures.ordersFed < orders, !isEnding() { await feed(at: limit) }
    for act in acts { await act.value }
    figures.hastyRetries = await hasty.retries
    figures.fire = ContinuousClock.now - begun
  }

  private func feed(at time: Duration) async {
    var wanted = orders
    if let minutes {
      wanted = min(orders, Int(Double(orders) * time.seconds / Double(minutes * 60)) + 1)
    } else {
      let ended = (statuses["shipped"] ?? 0) + (statuses["cancelled"] ?? 0)
      wanted = min(orders, ended + forPeople + Self.openMax)
    }
    let first = figures.ordersFed
    guard wanted > first else { return }
    let count = min(wanted - first, 500)
    let kinds = FaultPlan.kinds(seed: seed, first..<(first + count))
    let answer = try? await arena.sandbox.control(
      "POST", "/control/orders",
      ["count": .int(Int64(count)), "kinds": .array(kinds.map { .string($0.rawValue) })])
    let ids = answer?["orders"]?.elements.compactMap { $0["order_id"]?.string } ?? []
    figures.ordersFed += ids.count
    recent = Array((recent + ids).suffix(Self.recentMax))
  }

  private func carryOut(_ act: FireSchedule.Act) async throws {
    let arena = arena
    switch act {
    case .kill(let worker):
      try await arena.replaceTheFallen()
      try await arena.kill(worker: worker)
      figures.kills += 1
    case .freeze(let worker, let lasting):
      figures.freezes += 1
      acts.append(Task { await arena.freeze(worker: worker, lasting: lasting) })
    case .crashDatabase(let down):
      guard let cluster = installation.cluster else { return }
      figures.databaseCrashes += 1
      acts.append(Task { _ = try? await arena.crashDatabase(cluster, down: down) })
    case .killBackend(let pick):
      guard let cluster = installation.cluster else { return }
      if await arena.killBackend(cluster, pick: pick) { figures.backendKills += 1 }
    case .freezeOutside(let lasting):
      figures.outages += 1
      arena.sandbox.kill(Signal.stop)
      try? await Task.sleep(for: lasting)
      arena.sandbox.kill(Signal.goOn)
    case .cancel(let pick):
      guard !recent.isEmpty else { return }
      let id = recent[pick % recent.count]
      let answer = try? await arena.sandbox.control("POST", "/control/orders/\(id)/cancel", nil)
      if answer?["state"] != nil { figures.cancels += 1 }
    case .retry(let pick):
      // Not waited for: it may meet locks or a database that is away.
      let hasty = hasty
      guard await hasty.begin() else { return }
      let (ledger, desk) = (installation.ledger, installation.desk)
      acts.append(Task { await hasty.retry(pick, ledger, desk) })
    }
  }

  func look(now: Bool = false) async {
    guard now || ContinuousClock.now - lookedAt >= Self.lookEvery else { return }
    lookedAt = .now
    if let counts = try? await installation.ledger.counts() {
      statuses = counts.orders
      forPeople = (counts.effects["needs_person"] ?? 0) + (counts.effects["refused"] ?? 0)
      figures.unreadable = counts.unreadableOrders
    }
    if let dials = try? await arena.sandbox.control("GET", "/control/dials", nil) { count(dials) }
  }

  private func count(_ dials: JSONValue) {
    var faults: [String: Int] = [:]
    for rule in dials["rules"]?.elements ?? [] {
      guard let name = rule["fault"]?.string, let fired = rule["fired"]?.int else { continue }
      let moment = rule["when"]?.string.map { "_" + $0 } ?? ""
      faults[name + (name == "slow" ? "" : moment), default: 0] += Int(fired)
    }
    if !faults.isEmpty { figures.faults = faults }
  }
}
