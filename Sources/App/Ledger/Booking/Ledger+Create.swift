public import Booking
import Kit
public import Postgres

extension Ledger {
  /// Decides a batch of requests to book and stores what came of them: two round trips and one commit,
  /// whatever its size.
  ///
  /// Names are locked before they are looked at, so that two processes with one key, one order or one
  /// time slot between them never both find it free. What was decided is committed whole, with the
  /// answers; a batch that is repeated after an unheard commit finds its own answers.
  ///
  /// - Returns: the outcomes, in the order of the tickets.
  /// - Throws: `PostgresError`; nothing of the batch is stored then, or all of it where
  ///   `commitMayHaveHappened` says so.
  public func book(
    _ tickets: [CreateTicket]
  ) async throws(PostgresError) -> [CreateOutcome] {
    let patienceEnds = ContinuousClock.now + limits.bookingPatience
    var delay = Duration.milliseconds(20)
    while true {
      do throws(PostgresError) {
        return try await bookOnce(tickets, until: patienceEnds)
      } catch {
        noteTrouble(error)
        guard error.isWorthRepeating, ContinuousClock.now + delay < patienceEnds else {
          throw error
        }
        try? await Task.sleep(for: delay)
        delay = min(delay * 2, .seconds(1))
      }
    }
  }

  private func bookOnce(
    _ tickets: [CreateTicket], until ends: ContinuousClock.Instant
  ) async throws(PostgresError) -> [CreateOutcome] {
    let deadline = max(.milliseconds(100), ends - .now)
    return try await pool.withConnection(deadline: deadline) {
      (connection) async throws(PostgresError) -> [CreateOutcome] in
      do throws(PostgresError) {
        let facts = try await facts(of: tickets, on: connection, deadline: deadline)
        var batch = CreateBatch(facts)
        let outcomes = tickets.map { batch.decide($0) }
        try await store(batch.writes, now: facts.now, on: connection, deadline: deadline)
        return outcomes
      } catch {
        try? await connection.script("rollback", deadline: limits.queryDeadline)
        throw error
      }
    }
  }

  // MARK: Locking and looking

  private func facts(
    of tickets: [CreateTicket], on connection: PostgresConnection, deadline: Duration
  ) async throws(PostgresError) -> CreateFacts {
    var wanted = Wanted()
    for ticket in tickets { wanted.add(ticket) }
    var batch = PostgresBatch()
    _ = batch.add(Begin())
    _ = batch.add(LockNames(tickets))
    let drafts = wanted.drafts.isEmpty ? nil : batch.add(LockDrafts(ids: wanted.drafts.sorted()))
    let slots = wanted.slots.isEmpty ? nil : batch.add(LockSlots(names: Array(wanted.slots)))
    // Read when every lock is held: a later transaction about these names has a later time.
    let moment = clock()
    let clockKey = batch.add(ReadClock(now: moment))
    let businesses = batch.add(ReadBusinesses(ids: wanted.businesses.sorted()))
    let keys = batch.add(ReadKeys(names: Array(wanted.keys)))
    let items = wanted.items.isEmpty ? nil : batch.add(ReadItems(names: Array(wanted.items)))
    let confirmations =
      wanted.drafts.isEmpty ? nil : batch.add(ReadConfirmations(draftIDs: Array(wanted.drafts)))
    let fingerprints = batch.add(ReadFingerprints(fingerprints: wanted.fingerprints, now: moment))
    let counts =
      wanted.drafts.isEmpty
      ? nil : batch.add(CountThisHour(businessIDs: wanted.businesses.sorted(), now: moment))
    let results = try await connection.run(batch, deadline: deadline)

    var facts = CreateFacts(now: try results[clockKey].first ?? Timestamp.now())
    for business in try results[businesses] { facts.businesses[business.id] = business }
    for row in try results[keys] { facts.keys[row.name] = row.key }
    for row in try results[fingerprints] where facts.fingerprints[row.fingerprint] == nil {
      facts.fingerprints[row.fingerprint] = row.orderID
    }
    if let items { for row in try results[items] { facts.items[row.name] = row.item } }
    if let slots { for row in try results[slots] { facts.slots[row.name] = row.slot } }
    if let drafts {
      for draft in try results[drafts] { facts.drafts[draft.id] = DraftFile(draft) }
    }
    if let confirmations {
      for one in try results[confirmations] { facts.drafts[one.draftID]?.confirmations.append(one) }
    }
    if let counts {
      for row in try results[counts] { facts.ordersThisHour[row.businessID] = row.count }
    }
    return facts
  }

  /// What the tickets are about, each once.
  private struct Wanted {
    var businesses: Set<String> = []
    var keys: Set<KeyName> = []
    var fingerprints: [[UInt8]] = []
    var items: Set<CreateFacts.ItemName> = []
    var slots: Set<CreateFacts.ItemName> = []
    var drafts: Set<UUIDv7> = []

    mutating func add(_ ticket: CreateTicket) {
      let business = ticket.principal.businessID
      businesses.insert(business)
      if let key = ticket.key { keys.insert(key) }
      fingerprints.append(ticket.fingerprint)
      for id in ticket.itemIDs { items.insert(.init(businessID: business, itemID: id)) }
      if let id = ticket.slotID { slots.insert(.init(businessID: business, itemID: id)) }
      if case .draft(let draft) = ticket.wish { drafts.insert(draft.id) }
    }
  }

  // MARK: Storing

  private func store(
    _ writes: CreateWrites, now: Timestamp, on connection: PostgresConnection, deadline: Duration
  ) async throws(PostgresError) {
    var batch = PostgresBatch()
    if !writes.bookings.isEmpty {
      let orders = writes.bookings.map(\.order)
      _ = batch.add(InsertBookedOrders(now: now, bookings: writes.bookings))
      _ = batch.add(InsertBookings(now: now, bookings: writes.bookings))
      _ = batch.add(InsertBookedLines(orders))
      _ = batch.add(InsertBookingHistory(now: now, entries: writes.bookings.map(\.firstEntry)))
      let effects = writes.bookings.flatMap(\.effects)
      if !effects.isEmpty { _ = batch.add(InsertBookingEffects(now: now, plans: effects)) }
    }
    if !writes.slots.isEmpty {
      let sorted = writes.slots.sorted {
        ($0.key.businessID, $0.key.itemID) < ($1.key.businessID, $1.key.itemID)
      }
      _ = batch.add(TakeSlots(counts: sorted.map { ($0.key, $0.value) }))
    }
    if !writes.drafts.isEmpty {
      _ = batch.add(WriteDrafts(now: now, drafts: writes.drafts.map { ($0.draft, nil) }))
      let consents = writes.drafts.flatMap { file in
        file.confirmations.compactMap { one in one.orderID.map { (one, $0) } }
      }
      _ = batch.add(InsertConsents(now: now, consents: consents))
    }
    if !writes.keys.isEmpty { _ = batch.add(WriteKeys(now: now, keys: writes.keys)) }
    _ = batch.add(Commit())
    _ = try await connection.run(batch, deadline: deadline)
  }
}

extension CreateWrites.NewBooking {
  var firstEntry: InsertBookingHistory.Entry {
    .init(
      orderID: order.orderID, previous: "received", status: order.status.rawValue,
      cause: order.source == .ai ? "booked with the customer's yes" : "booked",
      actor: "key:\(order.principal)", correlationID: correlationID)
  }

  var effects: [InsertBookingEffects.Plan] {
    BookingEffect.all(for: business).map {
      .init(
        kind: $0, orderID: order.orderID, businessID: business.id, version: order.version,
        correlationID: correlationID)
    }
  }
}
