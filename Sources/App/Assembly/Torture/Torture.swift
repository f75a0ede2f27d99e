import Cryptography
import Effects
import Kit
import Ledger
import Operations
import Orders
import Postgres
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
  private(set) var figures = TortureFigures()
  private var statuses: [String: Int] = [:]
  /// Effects that wait for a person: their orders go nowhere while it burns.
  private var forPeople = 0
  private var recent: [String] = []
  private var retried: [String: Int] = [:]
  private var lookedAt = ContinuousClock.now
  private var acts: [Task<Void, Never>] = []
  private let hasty = HastyPerson()

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

  private func look(now: Bool = false) async {
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

  // MARK: Calm

  /// Turns the faults off, lets everything finish, answers where a person is asked.
  /// - Returns: what is wrong in the end, and whether it came to rest at all.
  func settle() async throws -> (violations: [Judge.Violation], hasSettled: Bool) {
    let begun = ContinuousClock.now
    await look(now: true)
    await arena.wakeAll()
    try await arena.sandbox.control("DELETE", "/control/dials", nil)
    var movedAt = ContinuousClock.now
    var last: (Unrest, Int)?
    while true {
      try await arena.replaceTheFallen()
      await look()
      board.show(figures, of: orders, statuses: statuses, phase: "settling")
      let asked = try await actAsPerson()
      let unrest = try await installation.ledger.unrest()
      if let (before, retries) = last, before == unrest, retries == figures.retries {
        if ContinuousClock.now - movedAt > Self.calmPatience { break }
      } else {
        movedAt = .now
        last = (unrest, figures.retries)
      }
      let isCalm =
        unrest.activeEffects == 0 && unrest.openOrders == 0 && unrest.orders >= figures.ordersFed
      if isCalm, asked == 0 {
        let violations = try await judge()
        if violations.isEmpty || ContinuousClock.now - movedAt > Self.calmPatience / 3 {
          figures.settling = ContinuousClock.now - begun
          return (violations, true)
        }
        try? await Task.sleep(for: .seconds(2))
      }
      try? await Task.sleep(for: .milliseconds(200))
    }
    figures.settling = ContinuousClock.now - begun
    return (try await judge(), false)
  }

  /// What a person would do who believes in trying again: `quayside retry`, a few times an order.
  private func actAsPerson() async throws -> Int {
    var ids: Set<String> = []
    for state in [EffectState.needsPerson, .refused] {
      let filter = EffectFilter(state: state, limit: 100_000)
      for effect in try await installation.ledger.effects(filter) { ids.insert(effect.orderID) }
    }
    let mine = ids.filter { retried[$0, default: 0] < Self.retriesMax }
    let desk = installation.desk
    let done = await withTaskGroup(of: Bool.self) { group in
      var left = mine.sorted()[...]
      var done = 0
      for _ in 0..<8 {
        guard let id = left.popFirst() else { break }
        group.addTask { await Self.retry(id, desk) }
      }
      for await isDone in group {
        done += isDone ? 1 : 0
        if let id = left.popFirst() { group.addTask { await Self.retry(id, desk) } }
      }
      return done
    }
    for id in mine { retried[id, default: 0] += 1 }
    figures.retries += done
    return mine.count
  }

  static func retry(_ id: String, _ desk: Desk) async -> Bool {
    do {
      return try await !desk.retry(id, by: "person:torture").isEmpty
    } catch {
      // Nothing to retry any more: somebody was faster.
      return false
    }
  }

  // MARK: The verdict

  private func judge() async throws -> [Judge.Violation] {
    board.show(figures, of: orders, statuses: statuses, phase: "judging")
    guard let json = try await arena.sandbox.control("GET", "/control/tally", nil),
      let tally = SandboxTally(json: json)
    else { return [Judge.Violation(name: "no_tally", order: "", detail: "the sandbox is silent")] }
    var violations = Judge.violations(in: tally)
    var unseen = Set(tally.orders.keys)
    tallyUp(tally)
    var after = ""
    while true {
      let page = try await installation.ledger.judgedOrders(after: after, limit: Self.judgePage)
      guard let last = page.last else { break }
      after = last.orderID
      for order in page {
        unseen.remove(order.orderID)
        violations += Judge.violations(order.orderID, order, tally.orders[order.orderID])
        violations += Self.labelFile(of: order)
        figures.endings[order.status, default: 0] += 1
        figures.calls += order.calls.values.map(\.all).reduce(0, +)
        if order.effects.contains(where: { $0.state == "needs_person" || $0.state == "refused" }) {
          figures.forPeople += 1
          if tally.orders[order.orderID]?.labelsLive ?? 0 > 1 { figures.labelsRaised += 1 }
        }
      }
    }
    for id in unseen.sorted() { violations += Judge.violations(id, nil, tally.orders[id]) }
    return violations
  }

  /// Sums of what the outside counted; a verdict begins anew.
  private func tallyUp(_ tally: SandboxTally) {
    figures.endings = [:]
    figures.calls = 0
    figures.forPeople = 0
    figures.acceptCalls = 0
    figures.ships = 0
    figures.labelsBought = 0
    figures.labelsSurplus = 0
    figures.labelsVoided = 0
    figures.labelsRaised = 0
    figures.labelsForCancelled = tally.violations.count {
      $0.name == "label_for_cancelled_order" && tally.orders[$0.order]?.labelsLive == 0
    }
    for order in tally.orders.values {
      figures.acceptCalls += order.acceptCalls
      figures.ships += order.ships
      figures.labelsBought += order.labelsBought
      figures.labelsSurplus += max(0, order.labelsBought - 1)
      figures.labelsVoided += order.voids
    }
  }

  /// The stored file is the label that the ledger names.
  private static func labelFile(of order: JudgedOrder) -> [Judge.Violation] {
    guard let path = order.shipment?.labelPath, let sha = order.shipment?.labelSHA256 else {
      return []
    }
    let bytes = Folder.bytes(of: path)
    guard !bytes.isEmpty, SHA256.hex(SHA256.hash(bytes)) == sha else {
      return [Judge.Violation(name: "label_file_wrong", order: order.orderID, detail: path)]
    }
    return []
  }
}
