public import Effects
public import Kit
import Orders
public import Postgres

/// What a transaction is about: which rows to lock and what was observed outside meanwhile.
public struct ChangeScope: Sendable {
  public var orderIDs: [String]
  public var effectIDs: [Int64]
  /// All effects of the orders are looked at, as they are when the orders are locked.
  public var looksAtEffects = false
  /// Those of the effects that the caller holds a lease on. The first try takes them to be as they were claimed
  /// and does not read them: it writes each under its lease or, where one has lost it, nothing at all.
  public var claims: [ClaimedEffect] = []
  /// Outside calls to be kept whatever the decision says: they did happen.
  public var calls: [CallRecord]
  /// SKUs to look up in this shop's catalogue.
  public var skus: (shopID: String, skus: [String])?
  /// The decision asks what is free of those SKUs' parts: they are locked for it.
  public var locksParts = false

  public init(
    orderIDs: [String], effectIDs: [Int64] = [], calls: [CallRecord] = [],
    skus: (shopID: String, skus: [String])? = nil
  ) {
    self.orderIDs = orderIDs
    self.effectIDs = effectIDs
    self.calls = calls
    self.skus = skus
  }
}

extension Ledger {
  /// Locks, decides, writes, commits: two round trips for a batch of any size. `decide` is pure and
  /// may be asked again (a restart or a deadlock repeats the transaction).
  ///
  /// - Returns: the effects that were planned and are already claimed under `lease`, and whatever
  ///   else the decision told.
  /// - Throws: `PostgresError` when the database stayed away longer than `limits.changePatience`,
  ///   or refused the changes.
  public func change<Extra: Sendable>(
    _ scope: ChangeScope, lease: Lease,
    _ decide: @Sendable (Locked) -> (ChangeSet, Extra)
  ) async throws(PostgresError) -> (claimed: [ClaimedEffect], extra: Extra) {
    let patienceEnds = ContinuousClock.now + limits.changePatience
    var delay = Duration.milliseconds(20)
    var mayBeStored = false
    var isFirst = true
    while true {
      do throws(PostgresError) {
        let done = try await changeOnce(scope, lease: lease, isFirst: isFirst, decide)
        // Perhaps an earlier try was stored, with what it planned under the lease. Told only now:
        // nobody goes on with anything of it.
        if mayBeStored, done.claimed.isEmpty { unheard.add(lease.id) }
        return done
      } catch {
        defer { isFirst = false }
        if isFirst, error.isDouble || error.isStale { continue }
        noteTrouble(error)
        if error.commitMayHaveHappened { mayBeStored = true }
        guard error.isWorthRepeating, ContinuousClock.now < patienceEnds, !Task.isCancelled
        else {
          if mayBeStored { unheard.add(lease.id) }
          throw error
        }
        try? await Task.sleep(for: delay)
        delay = min(delay * 2, .seconds(1))
      }
    }
  }

  private func changeOnce<Extra: Sendable>(
    _ scope: ChangeScope, lease: Lease, isFirst: Bool,
    _ decide: @Sendable (Locked) -> (ChangeSet, Extra)
  ) async throws(PostgresError) -> (claimed: [ClaimedEffect], extra: Extra) {
    let deadline = limits.queryDeadline * 10
    return try await pool.withConnection(deadline: deadline) {
      (connection) async throws(PostgresError) -> (claimed: [ClaimedEffect], extra: Extra) in
      do throws(PostgresError) {
        // Before the lock, whose clock the leases in the ledger are counted from: ours end first.
        let begun = ContinuousClock.now
        var locked = try await lock(scope, isFirst: isFirst, on: connection, deadline: deadline)
        var (changes, extra) = decide(locked)
        if !changes.asksWhatWasTold.isEmpty {
          locked.told = try await told(of: changes.asksWhatWasTold, connection, deadline)
          (changes, extra) = decide(locked)
        }
        changes.isFresh = changes.isFresh && isFirst
        var batch = PostgresBatch()
        let planned = add(changes, calls: scope.calls, locked, lease: lease, to: &batch)
        _ = batch.add(Commit())
        let results = try await connection.run(batch, deadline: deadline)
        guard let planned else { return ([], extra) }
        let effects = claimed(
          try planned.rows(in: results), of: changes.plans, lease: lease, now: locked.now, at: begun
        )
        return (effects, extra)
      } catch {
        try? await connection.script("rollback", deadline: limits.queryDeadline)
        throw error
      }
    }
  }

  private func lock(
    _ scope: ChangeScope, isFirst: Bool, on connection: PostgresConnection, deadline: Duration
  ) async throws(PostgresError) -> Locked {
    var batch = PostgresBatch()
    _ = batch.add(Begin())
    let orders = batch.add(LockOrders(orderIDs: scope.orderIDs))
    let shipments = batch.add(ReadLockedShipments(orderIDs: scope.orderIDs))
    let claims = isFirst ? scope.claims.compactMap(LockedEffect.init) : []
    let unread = isFirst ? [] : scope.claims.map(\.effectID).sorted()
    let effectIDs = scope.effectIDs + unread
    let effects = effectIDs.isEmpty ? nil : batch.add(ReadEffectStates(effectIDs: effectIDs))
    let ofOrders =
      scope.looksAtEffects ? batch.add(ReadEffectsOfOrders(orderIDs: scope.orderIDs)) : nil
    let listings = scope.skus.map { (shopID, skus) in
      batch.add(
        ReadListings(
          shopID: shopID, skus: skus, orderIDs: scope.orderIDs, locks: scope.locksParts))
    }
    // Read last, when every lock is held: a later transaction on these orders has a later time.
    let clockKey = batch.add(ReadClock(now: clock()))
    let results = try await connection.run(batch, deadline: deadline)
    var locked = Locked(now: try results[clockKey].first ?? Timestamp.now())
    for order in try results[orders] { locked.orders[order.orderID] = order }
    for (id, shipment) in try results[shipments] { locked.orders[id]?.shipment = shipment }
    let read = try effects.map { (key) throws(PostgresError) in try results[key] } ?? []
    let all = try ofOrders.map { (key) throws(PostgresError) in try results[key] } ?? []
    for effect in claims + read + all { locked.effects[effect.effectID] = effect }
    if let listings { locked.learn(try results[listings], locks: scope.locksParts) }
    return locked
  }

  /// A round trip of its own, for the few orders of which it is asked.
  private func told(
    of orderIDs: [String], _ connection: PostgresConnection, _ deadline: Duration
  ) async throws(PostgresError) -> [String: Set<String>] {
    var batch = PostgresBatch()
    let key = batch.add(ReadTold(orderIDs: orderIDs))
    var told: [String: Set<String>] = [:]
    for row in try await connection.run(batch, deadline: deadline)[key] {
      told[row.orderID, default: []].insert(row.details)
    }
    return told
  }

  /// Adds every statement that has something to write, in the order that the constraints need.
  private func add(
    _ changes: ChangeSet, calls: [CallRecord], _ locked: Locked, lease: Lease,
    to batch: inout PostgresBatch
  ) -> FreshKey<InsertEffects>? {
    let now = locked.now
    add(calls: calls, areNew: changes.isFresh, to: &batch)
    if !changes.unreadable.isEmpty {
      _ = batch.add(InsertUnreadable(now: now, orders: changes.unreadable))
    }
    var withLines = changes.newOrders.map(\.order)
    if !changes.newOrders.isEmpty {
      _ = batch.add(InsertOrders(now: now, orders: changes.newOrders))
    }
    if !changes.refreshes.isEmpty {
      _ = batch.add(
        RefreshOrders(
          now: now, orders: OrderRefresh.latest(changes.refreshes), history: changes.history))
      withLines += changes.refreshes.filter(\.writesLines).map(\.order)
    }
    let lines = InsertOrderLines(withLines)
    if !lines.lines.isEmpty {
      let areNew = changes.isFresh && !changes.refreshes.contains(where: \.writesLines)
      batch.add(lines, isFresh: areNew)
    }
    if !changes.parkedReasons.isEmpty {
      _ = batch.add(WriteParkedReasons(reasons: changes.parkedReasons))
    }
    if !changes.history.isEmpty {
      _ = batch.add(InsertHistory(now: now, entries: changes.history))
    }
    if !changes.stock.isEmpty { _ = batch.add(SettleStock(now: now, changes: changes.stock)) }
    for change in changes.offers { _ = batch.add(WriteOffers(now: now, change: change)) }
    if !changes.newShipments.isEmpty {
      batch.add(
        InsertShipments(now: now, shipments: changes.newShipments), isFresh: changes.isFresh)
    }
    if !changes.shipments.isEmpty {
      _ = batch.add(
        UpdateShipments(now: now, updates: ShipmentUpdate.merged(changes.shipments)))
    }
    if !changes.effects.isEmpty {
      _ = batch.add(
        UpdateEffects(
          now: now, updates: changes.effects,
          leases: changes.effects.map { locked.effects[$0.effectID]?.lease }))
    }
    if !changes.ordersOff.isEmpty {
      _ = batch.add(CancelPlanned(now: now, orderIDs: changes.ordersOff))
    }
    if !changes.attempts.isEmpty {
      _ = batch.add(InsertAttempts(now: now, attempts: changes.attempts))
    }
    if !changes.debugLogs.isEmpty {
      _ = batch.add(InsertDebugLogs(now: now, logs: changes.debugLogs))
    }
    if !changes.messages.isEmpty {
      let openings = AdoptThreads(changes.messages)
      if !openings.openings.isEmpty { _ = batch.add(openings) }
      _ = batch.add(WriteSentMessages(now: now, messages: changes.messages))
      _ = batch.add(
        RefreshConversationsOfMessages(messageIDs: changes.messages.compactMap(\.seenID)))
    }
    if !changes.failures.isEmpty {
      _ = batch.add(InsertFailures(now: now, failures: changes.failures))
    }
    if !changes.wentOn.isEmpty {
      _ = batch.add(SettleAcceptances(now: now, orderIDs: changes.wentOn))
    }
    if !changes.settled.isEmpty {
      _ = batch.add(SettleFailures(now: now, settled: changes.settled))
    }
    if !changes.holds.isEmpty { _ = batch.add(HoldOrders(now: now, holds: changes.holds)) }
    if !changes.releases.isEmpty {
      _ = batch.add(ReleaseOrders(now: now, orderIDs: changes.releases))
    }
    if !changes.acts.isEmpty { _ = batch.add(RecordActs(changes.acts)) }
    return changes.plans.isEmpty
      ? nil
      : batch.add(
        InsertEffects(now: now, lease: lease, plans: changes.plans), isFresh: changes.isFresh)
  }

  /// - Parameter areNew: no call about one order alone was written before. One about several is written by
  ///   each of their commits.
  func add(calls: [CallRecord], areNew: Bool = false, to batch: inout PostgresBatch) {
    let shared = areNew ? calls.filter(\.isShared) : calls
    let own = areNew ? calls.filter { !$0.isShared } : []
    if !own.isEmpty {
      batch.add(
        InsertNewCalls(columns: .init(calls: own, bodyBytesMax: limits.storedBodyBytesMax)))
    }
    if !shared.isEmpty {
      batch.add(
        InsertCalls(columns: .init(calls: shared, bodyBytesMax: limits.storedBodyBytesMax)))
    }
  }

  /// The planned effects that are ours already, ready to be performed.
  private func claimed(
    _ rows: [InsertEffects.Row], of plans: [PlannedEffect], lease: Lease, now: Timestamp,
    at begun: ContinuousClock.Instant
  ) -> [ClaimedEffect] {
    // As the rows are told apart in the table; mostly one of a subject.
    let bySubject = Dictionary(grouping: plans.filter(\.isClaimed), by: \.subject)
    return rows.compactMap { row in
      guard row.isClaimed,
        let plan = bySubject[row.subject]?.last(where: {
          $0.ordinal == row.ordinal && $0.deed.rawValue == row.kind
        })
      else { return nil }
      return ClaimedEffect(
        effectID: row.effectID, kind: row.kind, subject: row.subject, orderID: plan.orderID,
        shopID: plan.shopID, lane: plan.deed.system.lane(shop: plan.shopID),
        requestKey: plan.requestKey, state: .sending, tries: 1, checks: 0, sends: 0,
        createdAt: now, deadline: plan.deadline, lease: lease.id,
        leaseEnds: begun + lease.duration)
    }
  }
}

extension PostgresError {
  /// `unique_violation`
  var isDouble: Bool { sqlState == "23505" }

  /// `serialization_failure`: rows were not as they were taken to be
  var isStale: Bool { sqlState == "40001" }

  /// Repeating the transaction can help: the connection or the server went away, or two
  /// transactions met. Repeating is safe: decisions look at what is there.
  var isWorthRepeating: Bool {
    if isConnectionTrouble { return true }
    if case .transient = classification { return true }
    return false
  }
}
