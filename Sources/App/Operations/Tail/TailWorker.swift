import Booking
public import BookingTail
import Effects
public import Kit
public import Ledger
import OrderSheet
import Postgres
import Synchronization

/// Carries out what follows bookings: the rows of sheets, the messages to the business. Any number of
/// these share one ledger; a business's rows have one writer at a time among all of them.
///
/// Nothing here is waited for by whoever books. Each lane (one business's work for one system) is a task
/// of its own, so that a sheet that hangs keeps nobody else's rows back.
public final class TailWorker: Sendable {
  /// Effects of one claim: a sheet's are one pass.
  static let claimMax = 500
  /// Messages of one claim: each is a call.
  static let pushesMax = 50
  /// Lanes worked on at once.
  static let lanesMax = 16

  public struct Surroundings: Sendable {
    public var stateFolder: String
    public var log: Log
    public var metrics: Metrics
    /// Longer than a pass over a sheet can take.
    public var lease: Duration
    /// How often is looked for work.
    public var idlePoll: Duration
    /// Told of everything that needs a person, once it is stored.
    public var notify: @Sendable ([ProcessFailure]) -> Void

    public init(
      stateFolder: String, log: Log, metrics: Metrics, lease: Duration = .minutes(10),
      idlePoll: Duration = .seconds(1), notify: @escaping @Sendable ([ProcessFailure]) -> Void
    ) {
      self.stateFolder = stateFolder
      self.log = log
      self.metrics = metrics
      self.lease = lease
      self.idlePoll = idlePoll
      self.notify = notify
    }
  }

  let ledger: Ledger
  let tail: BookingTail
  let around: Surroundings
  let log: Log
  private let settings: TailSettings
  private let directory: TailDirectory
  private let journal: SendJournal
  private let busy = Mutex<Set<String>>([])

  /// - Throws: `FileError` when the state folder cannot be written.
  public init(
    ledger: Ledger, directory: TailDirectory, settings: TailSettings, _ around: Surroundings
  ) throws(FileError) {
    journal = try SendJournal(
      folder: around.stateFolder, worker: "\(Host.name)-tail-\(UUIDv7.make().text)")
    self.ledger = ledger
    self.directory = directory
    self.settings = settings
    self.around = around
    log = around.log.with(["worker": journal.worker])
    tail = BookingTail(directory.destinations, settings: settings)
  }

  /// Works until the task is cancelled, then finishes what is under way.
  public func run() async {
    while !Task.isCancelled {
      await beginWhatIsDue()
      try? await Task.sleep(for: around.idlePoll)
    }
    await idle()
    journal.close()
  }

  /// Works until nothing is due any more; with `waits`, until nothing is waiting either.
  /// - Returns: whether it came to that within `limit`.
  public func drain(waits: Bool, within limit: Duration) async -> Bool {
    let ends = ContinuousClock.now + limit
    var looksForTheDead = ContinuousClock.now
    var isDone = false
    while !isDone, ContinuousClock.now < ends, !Task.isCancelled {
      if ContinuousClock.now >= looksForTheDead {
        await SendJournal.takeOver(in: around.stateFolder, for: ledger, log: log) {}
        looksForTheDead = ContinuousClock.now + SendJournal.lookInterval
      }
      await beginWhatIsDue()
      try? await Task.sleep(for: min(around.idlePoll, .milliseconds(50)))
      let open = try? await ledger.openTail(waiting: waits)
      isDone = open == 0 && busy.withLock(\.isEmpty)
    }
    await idle()
    journal.close()
    return isDone
  }

  /// In a task of its own, since this one may be cancelled by now.
  private func idle() async {
    await Task.detached {
      while !self.busy.withLock(\.isEmpty) { try? await Task.sleep(for: .milliseconds(5)) }
    }.value
  }

  private func beginWhatIsDue() async {
    let lanes: [String]
    do throws(PostgresError) {
      lanes = try await ledger.dueTailLanes()
    } catch {
      log.warning("what is due after bookings could not be read", ["why": error.description])
      return
    }
    for lane in lanes {
      guard let (kind, business) = BookingEffect.parts(ofLane: lane), take(lane) else { continue }
      Task {
        await self.work(lane, kind, business)
        self.leave(lane)
      }
    }
  }

  /// Whether this process may begin on the lane.
  func take(_ lane: String) -> Bool {
    busy.withLock { $0.count < Self.lanesMax && $0.insert(lane).inserted }
  }

  var worker: String { journal.worker }

  /// Whether the business's sheet can be written to.
  func isReady(_ business: String, _ to: Destinations?) -> Bool {
    directory.look(.syncSheet, of: business, to) == nil
  }

  func leave(_ lane: String) { busy.withLock { _ = $0.remove(lane) } }

  // MARK: One lane

  /// Until the lane has nothing due, or cannot go on.
  private func work(_ lane: String, _ kind: BookingEffect, _ business: String) async {
    while true {
      let lease = Lease(id: UUIDv7.make(), worker: journal.worker, duration: around.lease)
      let begun = ContinuousClock.now
      let claimed: [TailEffect]
      do throws(PostgresError) {
        claimed = try await ledger.claimTail(
          lane: lane, upTo: kind == .syncSheet ? Self.claimMax : Self.pushesMax, lease: lease,
          settles: kind == .syncSheet ? settings.sheetSettles : settings.pushSettles)
      } catch {
        log.warning("nothing could be claimed", ["lane": lane, "why": error.description])
        return
      }
      guard !claimed.isEmpty else { return }
      CrashPoint.pass("after-claim:\(kind.rawValue)")
      let report = await carryOut(claimed, kind, business)
      CrashPoint.pass("before-commit:\(kind.rawValue)")
      let isStored = await store(report, of: claimed, kind, lease)
      CrashPoint.pass("after-commit:\(kind.rawValue)")
      if isStored { for effect in claimed { journal.end(effect.effectID) } }
      around.metrics.observe(
        "quayside_booking_tail_seconds", .now - begun, labels: ["kind": kind.rawValue],
        help: "From claiming what follows bookings to its committed outcome, a batch.")
      if !isStored { return }
    }
  }

  private func carryOut(
    _ claimed: [TailEffect], _ kind: BookingEffect, _ business: String
  ) async -> TailReport {
    var report = TailReport()
    func all(_ outcome: TailOutcome) -> TailReport {
      TailReport(verdicts: claimed.map { TailVerdict(itemID: "\($0.effectID)", outcome: outcome) })
    }
    let orders: [String: BookedOrder]
    do throws(PostgresError) {
      let to = try await ledger.destinations(of: business)
      switch directory.look(kind, of: business, to) {
      case .off?: return TailReport(verdicts: [])
      case .unusable(let words)?: return all(.failed(reason: words))
      case nil: break
      }
      let found = try await ledger.bookings(ids: Set(claimed.map(\.orderID)).sorted())
      orders = Dictionary(found.map { ($0.orderID, $0) }) { first, _ in first }
    } catch {
      return all(.later(after: around.idlePoll, reason: error.description))
    }
    var items: [TailItem] = []
    for effect in claimed {
      guard let order = orders[effect.orderID] else {
        report.verdicts.append(
          TailVerdict(
            itemID: "\(effect.effectID)", outcome: .failed(reason: "there is no such booking")))
        continue
      }
      guard journal.begin(effect.effectID) else {
        report.verdicts.append(
          TailVerdict(
            itemID: "\(effect.effectID)",
            outcome: .later(after: .seconds(5), reason: "the send journal cannot be written")))
        continue
      }
      items.append(TailItem(effect, order))
      tell("attempt", effect, ["attempt": "\(effect.sends + 1)"])
    }
    CrashPoint.pass("before-send:\(kind.rawValue)")
    let done = await tail.carryOut(items)
    report.verdicts += done.verdicts
    report.calls += done.calls
    return report
  }

  /// - Returns: whether the ledger knows now.
  private func store(
    _ report: TailReport, of claimed: [TailEffect], _ kind: BookingEffect, _ lease: Lease
  ) async -> Bool {
    let outcomes = report.outcomes
    let settlements = claimed.map { $0.settlement(outcomes["\($0.effectID)"]) }
    do throws(PostgresError) {
      let written = try await ledger.settleTail(
        settlements, calls: report.calls, lease: lease.id)
      if written.count < claimed.count {
        log.warning(
          "outcomes came after their lease", ["count": "\(claimed.count - written.count)"])
      }
      for (effect, one) in zip(claimed, settlements) where written.contains(effect.effectID) {
        tell(one.event, effect, ["outcome": one.outcome], isTrouble: one.failure != nil)
        around.metrics.add(
          "quayside_booking_tail_total", labels: ["kind": kind.rawValue, "state": one.event],
          help: "Outcomes of what follows bookings.")
      }
      let failures = settlements.filter { written.contains($0.effectID) }.compactMap(\.failure)
      if !failures.isEmpty { around.notify(failures) }
      return true
    } catch {
      log.error("outcomes not committed", ["why": error.debugDescription])
      return false
    }
  }

  /// `sheet_sync_attempt`, `push_done` and so on, under the id of the request that it goes back to.
  private func tell(
    _ event: String, _ effect: TailEffect, _ fields: KeyValuePairs<String, String>,
    isTrouble: Bool = false
  ) {
    let name = effect.kind == .syncSheet ? "sheet_sync" : "push"
    var line = log.with(["order_id": effect.orderID, "user_id": effect.businessID])
    line = line.with(fields)
    Log.$correlationID.withValue(effect.correlationID) {
      if isTrouble { line.warning("\(name)_\(event)") } else { line.info("\(name)_\(event)") }
    }
  }
}

extension BookingEffect {
  /// `sheets:BUSINESS`, `push:BUSINESS`.
  static func parts(ofLane lane: String) -> (BookingEffect, String)? {
    guard let colon = lane.firstIndex(of: ":") else { return nil }
    let business = String(lane[lane.index(after: colon)...])
    guard let kind = allCases.first(where: { $0.lane(business: business) == lane }) else {
      return nil
    }
    return (kind, business)
  }
}
