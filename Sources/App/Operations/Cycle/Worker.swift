import Effects
public import Kit
public import Ledger
public import Orders
import Postgres
import Synchronization

/// Carries out what is due, for all shops. Any number of workers share one ledger.
///
/// Each lane (one shop's work for one system) is claimed by itself, so a carrier that is down does
/// not stop the marketplace's work, nor one shop another's. What is claimed is carried on through
/// the order's next effects as long as they are due at once: one task is one order's way.
public final class Worker: Sendable {
  let ledger: Ledger
  let shops: [String: ShopClients]
  let cycle: CycleSettings
  let journal: SendJournal
  let log: Log
  private let deeds: Set<Deed>
  private let hands: [String: Hands]
  private let lanes: [String: Lane]
  private let committer: Committer
  private let stateFolder: String
  private let labels: LabelStore
  private let notify: @Sendable ([ProcessFailure]) -> Void
  private let metrics: WorkerMetrics
  private let presence = Mutex(Presence())

  /// What is under way, and whether anything more may begin.
  private struct Presence {
    var underWay = 0
    var hasStopped = false
  }

  public struct Surroundings: Sendable {
    public var stateFolder: String
    public var labels: LabelStore
    public var log: Log
    public var metrics: Metrics
    /// Calls a minute to the carrier; 0 is no limit.
    public var carrierCallsPerMinute: Int
    /// OR11 read-backs under way at once.
    public var readsMax: Int
    /// Told of everything that needs a person, once it is committed.
    public var notify: @Sendable ([ProcessFailure]) -> Void

    public init(
      stateFolder: String, labels: LabelStore, log: Log, metrics: Metrics,
      carrierCallsPerMinute: Int, readsMax: Int,
      notify: @escaping @Sendable ([ProcessFailure]) -> Void
    ) {
      self.stateFolder = stateFolder
      self.labels = labels
      self.log = log
      self.metrics = metrics
      self.carrierCallsPerMinute = carrierCallsPerMinute
      self.readsMax = readsMax
      self.notify = notify
    }
  }

  /// - Throws: `FileError` when the state folder cannot be written.
  public init(
    ledger: Ledger, shops: [ShopClients], cycle: CycleSettings,
    deeds: Set<Deed> = Set(Deed.allCases), _ around: Surroundings
  ) throws(FileError) {
    let id = "\(Host.name)-\(UUIDv7.make().text)"
    let journal = try SendJournal(folder: around.stateFolder, worker: id)
    self.ledger = ledger
    self.cycle = cycle
    self.deeds = deeds
    self.journal = journal
    log = around.log.with(["worker": id])
    stateFolder = around.stateFolder
    labels = around.labels
    notify = around.notify
    let metrics = WorkerMetrics(around.metrics)
    self.metrics = metrics
    self.shops = Dictionary(shops.map { ($0.settings.id, $0) }) { first, _ in first }
    let gate = Gate()
    let pace = Pace(perMinute: around.carrierCallsPerMinute)
    let attachments = AttachmentStore(stateFolder: around.stateFolder)
    let facts = Coalescer<OrderFacts?>(batchMax: 200, readsMax: 1) { ids in
      let found = (try? await ledger.facts(of: ids)) ?? []
      let byID = Dictionary(found.map { ($0.orderID, $0) }) { first, _ in first }
      return { byID[$0] }
    }
    hands = self.shops.mapValues { shop in
      Hands(
        shop: shop, cycle: cycle, ledger: ledger,
        reader: OrderReader(client: shop.mirakl, callsMax: around.readsMax), facts: facts,
        journal: journal, gate: gate, pace: pace, shipments: KnownShipments(),
        labels: around.labels, attachments: attachments,
        random: { Double.random(in: 0..<1) })
    }
    let lanes = Dictionary(
      uniqueKeysWithValues: self.shops.keys.flatMap { shop in
        OutsideSystem.allCases.map { system in
          let name = system.lane(shop: shop)
          return (name, Lane(name: name, inFlightMax: cycle.inFlightMax, gate: gate))
        }
      })
    self.lanes = lanes
    committer = Committer(
      ledger: ledger, shops: self.shops.mapValues(\.settings), cycle: cycle,
      lease: { Lease(id: UUIDv7.make(), worker: id, duration: cycle.lease) },
      canTakeOn: { deed, lane in deeds.contains(deed) && lanes[lane]?.canTakeOn ?? false },
      onCommit: { changes in
        for plan in changes.plans where !plan.isClaimed {
          lanes[plan.deed.system.lane(shop: plan.shopID)]?.bell.ring()
        }
        metrics.committed(changes)
        if !changes.failures.isEmpty { around.notify(changes.failures) }
      }, log: log)
  }

  /// Something may be due: look now.
  public func wake() {
    for lane in lanes.values { lane.bell.ring() }
  }

  /// Works until the task is cancelled, then finishes what is under way.
  public func run() async {
    log.info("worker started", ["lanes": "\(lanes.count)"])
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.lookAfterTheDead() }
      group.addTask { await self.lookAfterTheForgotten() }
      group.addTask { await self.lookAfterTheUnheard() }
      for lane in lanes.values {
        group.addTask { await self.work(lane) }
      }
    }
    await idle()
    journal.close()
    log.info("worker stopped")
  }

  /// Until nothing is under way. Runs in a task of its own, since this one is cancelled by now.
  private func idle() async {
    await Task.detached {
      while !self.stopIfIdle() { try? await Task.sleep(for: .milliseconds(5)) }
    }.value
  }

  private func stopIfIdle() -> Bool {
    presence.withLock { presence in
      if presence.underWay == 0 { presence.hasStopped = true }
      return presence.hasStopped
    }
  }

  /// - Returns: whether something may begin; then `leave` has to follow.
  func enter() -> Bool {
    presence.withLock { presence in
      if !presence.hasStopped { presence.underWay += 1 }
      return !presence.hasStopped
    }
  }

  func leave() { presence.withLock { $0.underWay -= 1 } }

  func canTakeOn(_ deed: Deed, _ lane: String) -> Bool {
    deeds.contains(deed) && lanes[lane]?.canTakeOn ?? false
  }

  /// New orders wait a moment for room in their lane: what the worker takes on at once is planned and
  /// claimed in one write, and orders under way are carried through before more of them begin. Not for long:
  /// an order is to be known here soon, however much is under way.
  func waitForRoom(in lane: String) async {
    let ends = ContinuousClock.now + .milliseconds(100)
    while let lane = lanes[lane], lane.isHalfFull, ContinuousClock.now < ends, !Task.isCancelled {
      try? await Task.sleep(for: .milliseconds(2))
    }
  }

  /// Works until nothing of its kinds is due any more; with `waits`, until nothing is waiting either.
  /// - Returns: whether it came to that within `limit`.
  public func drain(waits: Bool, within limit: Duration) async -> Bool {
    let running = Task { await self.run() }
    let ends = ContinuousClock.now + limit
    var isDone = false
    while !isDone, ContinuousClock.now < ends, !Task.isCancelled {
      try? await Task.sleep(for: .milliseconds(20))
      let open = try? await ledger.openEffects(of: deeds, shops: Array(shops.keys), waiting: waits)
      isDone = open == 0 && presence.withLock { $0.underWay } == 0
    }
    running.cancel()
    await running.value
    return isDone
  }

  // MARK: Lanes

  private func work(_ lane: Lane) async {
    while !Task.isCancelled {
      let free = lane.free
      if free == 0 {
        await lane.bell.wait(for: cycle.idlePoll)
        continue
      }
      if let pause = lane.pause {
        await lane.bell.wait(for: min(pause, cycle.idlePoll))
        continue
      }
      let claimed = await claim(lane, upTo: min(free, 100))
      for effect in claimed { begin(effect, Hands.Memory(), from: .ledger) }
      if claimed.isEmpty {
        await lane.bell.wait(for: await nextLook(lane))
      }
    }
  }

  private func claim(_ lane: Lane, upTo limit: Int) async -> [ClaimedEffect] {
    let lease = Lease(id: UUIDv7.make(), worker: journal.worker, duration: cycle.lease)
    do {
      return try await ledger.claim(lane: lane.name, upTo: limit, of: deeds, lease: lease)
    } catch {
      log.warning("nothing could be claimed", ["lane": lane.name, "why": error.description])
      return []
    }
  }

  private func nextLook(_ lane: Lane) async -> Duration {
    guard let due = try? await ledger.untilNextDue(lanes: [lane.name]) else {
      return cycle.idlePoll
    }
    return min(max(due, .milliseconds(1)), cycle.idlePoll)
  }

  func begin(_ effect: ClaimedEffect, _ memory: Hands.Memory, from source: Lane.Source) {
    presence.withLock { $0.underWay += 1 }
    lanes[effect.lane]?.enter(source)
    Task {
      await self.carry(effect, memory, from: source)
      self.leave()
    }
  }

  /// One order's way, as far as it is due at once.
  private func carry(
    _ first: ClaimedEffect, _ memory: Hands.Memory, from source: Lane.Source
  ) async {
    guard let hands = hands[first.shopID] else { return }
    var memory = memory
    var source = source
    var current: ClaimedEffect? = first
    while let effect = current {
      CrashPoint.pass("after-claim:\(effect.kind):\(effect.state.rawValue)")
      let begun = ContinuousClock.now
      let report = await Log.$correlationID.withValue(
        "\(effect.kind)/\(effect.subject)/\(effect.tries)"
      ) {
        await hands.carryOut(effect, &memory)
      }
      CrashPoint.pass("before-commit:\(effect.kind):\(effect.state.rawValue)")
      let outcome = await committer.commit(report)
      CrashPoint.pass("after-commit:\(effect.kind):\(effect.state.rawValue)")
      if outcome.isCommitted { journal.end(effect.effectID) }
      lanes[effect.lane]?.leave(source)
      metrics.carried(effect, report.step, took: ContinuousClock.now - begun)
      current = outcome.next.first
      // The decision that planned it looked at the order under its lock.
      memory.isPlannedJustNow = current.map { $0.effectID != effect.effectID } ?? false
      if memory.isPlannedJustNow { source = .followUp }
      if let current { lanes[current.lane]?.enter(source) }
      for other in outcome.next.dropFirst() { begin(other, Hands.Memory(), from: .followUp) }
    }
  }

  // MARK: Nobody is needed after a crash

  private func lookAfterTheDead() async {
    while !Task.isCancelled {
      await SendJournal.takeOver(in: stateFolder, for: ledger, log: log) { wake() }
      try? await Task.sleep(for: SendJournal.lookInterval)
    }
  }

  /// After trouble with the database: claims that were committed while their answer was lost.
  private func lookAfterTheUnheard() async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .milliseconds(500))
      if let count = try? await ledger.releaseUnheard(), count > 0 {
        log.info("took up again at once what was claimed unheard", ["effects": "\(count)"])
        wake()
      }
      guard let at = ledger.disturbedAt, .now - at < cycle.lease + .seconds(5) else { continue }
      let count = try? await ledger.releaseUnsent(
        of: journal.worker, begun: { journal.begun },
        endingWithin: min(cycle.callDeadline, cycle.purchaseDeadline) * 0.9)
      if let count, count > 0 {
        log.info("took up again what was claimed unheard", ["effects": "\(count)"])
        wake()
      }
    }
  }

  /// Plans whatever should have been planned and was not, and raises the alarm before something is late.
  private func lookAfterTheForgotten() async {
    let reconciler = Reconciler(
      ledger: ledger, shops: shops.mapValues(\.settings), cycle: cycle, worker: journal.worker)
    if let count = try? await reconciler.mendLabels(in: labels), count > 0 {
      log.warning("damaged labels are fetched again", ["count": "\(count)"])
      wake()
    }
    while !Task.isCancelled {
      if let found = try? await reconciler.pass(), found > 0 { wake() }
      do {
        let raised = try await ledger.raiseAlarms(cycle.alarms)
        if !raised.isEmpty { notify(raised) }
      } catch {
        log.warning("no alarm could be raised", ["why": error.description])
      }
      try? await ledger.ensurePartitions()
      try? await Task.sleep(for: .seconds(60))
    }
  }
}

/// One shop's work for one system, as this worker does it. What is claimed from the ledger and what
/// follows at once from other work have room of their own: neither keeps the other waiting. While much is
/// due in the ledger, it goes first.
final class Lane: Sendable {
  enum Source { case ledger, followUp }

  let name: String
  let bell = Bell()
  private let inFlightMax: Int
  private let gate: Gate
  private let inFlight = Mutex((claimed: 0, following: 0))

  init(name: String, inFlightMax: Int, gate: Gate) {
    self.name = name
    self.inFlightMax = inFlightMax
    self.gate = gate
  }

  var free: Int { max(0, inFlightMax - inFlight.withLock(\.claimed)) }
  var pause: Duration? { gate.wait(for: name) }
  var canTakeOn: Bool {
    pause == nil
      && inFlight.withLock { inFlight in
        let isBusy = inFlight.claimed > inFlightMax / 2
        return inFlight.following < (isBusy ? max(1, inFlightMax / 8) : inFlightMax)
      }
  }

  /// And goes on: a lane that is told to wait makes no room.
  var isHalfFull: Bool {
    pause == nil && inFlight.withLock { $0.claimed + $0.following > inFlightMax / 2 }
  }

  func enter(_ source: Source) {
    inFlight.withLock { inFlight in
      switch source {
      case .ledger: inFlight.claimed += 1
      case .followUp: inFlight.following += 1
      }
    }
  }

  func leave(_ source: Source) {
    let hasRoom = inFlight.withLock { inFlight -> Bool in
      switch source {
      case .ledger: inFlight.claimed -= 1
      case .followUp: inFlight.following -= 1
      }
      return source == .ledger && inFlight.claimed < inFlightMax / 2
    }
    if hasRoom { bell.ring() }
  }
}
