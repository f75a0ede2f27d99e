public import Booking
public import Kit
public import Postgres

/// What a change of a draft may look at and touch, under its lock.
public struct DraftWork: Sendable {
  public var file: DraftFile
  public var around: DraftFile.Surroundings
  /// Set where the business let a draft through.
  public var approval: (digest: [UInt8], exceeded: [String])?
  /// Set where the business is to be told that it has to approve a draft.
  public var tellsBusiness = false
}

extension Ledger {
  /// Writes a draft that nobody knows yet.
  ///
  /// - Parameter requestKey: the request that it stands for; a second draft for it is refused.
  /// - Throws: `PostgresError` 23505 when there is one for that request already.
  public func add(
    _ draft: Draft, requestKey: String? = nil, call: BookingCall
  ) async throws(PostgresError) {
    let now = try await databaseNow()
    var batch = PostgresBatch()
    _ = batch.add(WriteDrafts(now: now, drafts: [(draft, requestKey)]))
    _ = batch.add(InsertBookingCalls(now: now, calls: [call]))
    try await pool.run(batch, deadline: limits.queryDeadline)
  }

  public func draftOfRequest(
    _ requestKey: String, business: String, principal: String
  ) async throws(PostgresError) -> UUIDv7? {
    try await pool.query(
      FindDraftOfRequest(businessID: business, principal: principal, requestKey: requestKey),
      deadline: limits.queryDeadline
    ).first
  }

  /// The draft and the question whose secret has this digest.
  public func question(
    nonce: [UInt8]
  ) async throws(PostgresError) -> (draft: UUIDv7, confirmation: UUIDv7)? {
    try await pool.query(FindDraftOfNonce(nonce: nonce), deadline: limits.queryDeadline).first
  }

  /// A draft with all that is so around it now; `nil` when there is none.
  public func draft(_ id: UUIDv7) async throws(PostgresError) -> DraftWork? {
    try await pool.withConnection(deadline: limits.queryDeadline) {
      (connection) async throws(PostgresError) -> DraftWork? in
      var batch = PostgresBatch()
      let drafts = batch.add(ReadDrafts(ids: [id]))
      let confirmations = batch.add(ReadConfirmations(draftIDs: [id]))
      let clockKey = batch.add(ReadClock(now: clock()))
      let results = try await connection.run(batch, deadline: limits.queryDeadline)
      guard let draft = try results[drafts].first else { return nil }
      return try await work(
        DraftFile(draft, confirmations: try results[confirmations]), items: [], slot: nil,
        now: try results[clockKey].first ?? .now(), on: connection)
    }
  }

  /// Changes a draft under its lock; one change of one draft at a time. What `change` throws is stored
  /// as the outcome of the call, and so are counted tries; nothing else is.
  ///
  /// - Parameter items: ids to be looked up beside those of the draft's lines.
  /// - Parameter slot: to be looked up in place of the draft's.
  /// - Returns: `nil` when there is no such draft.
  public func changeDraft<Value: Sendable>(
    _ id: UUIDv7, items: [String] = [], slot: String? = nil, call: BookingCall,
    _ change: @Sendable (inout DraftWork) throws(BookingError) -> Value
  ) async throws(PostgresError) -> Result<Value, BookingError>? {
    try await pool.withConnection(deadline: limits.queryDeadline) {
      (connection) async throws(PostgresError) -> Result<Value, BookingError>? in
      do throws(PostgresError) {
        return try await changeDraft(id, items, slot, call, on: connection, change)
      } catch {
        try? await connection.script("rollback", deadline: limits.queryDeadline)
        throw error
      }
    }
  }

  private func changeDraft<Value: Sendable>(
    _ id: UUIDv7, _ items: [String], _ slot: String?, _ call: BookingCall,
    on connection: PostgresConnection,
    _ change: @Sendable (inout DraftWork) throws(BookingError) -> Value
  ) async throws(PostgresError) -> Result<Value, BookingError>? {
    let deadline = limits.queryDeadline
    var batch = PostgresBatch()
    _ = batch.add(Begin())
    let drafts = batch.add(LockDrafts(ids: [id]))
    let confirmations = batch.add(ReadConfirmations(draftIDs: [id]))
    let clockKey = batch.add(ReadClock(now: clock()))
    let results = try await connection.run(batch, deadline: deadline)
    guard let draft = try results[drafts].first else {
      try await connection.script("rollback", deadline: deadline)
      return nil
    }
    let before = DraftFile(draft, confirmations: try results[confirmations])
    let now = try results[clockKey].first ?? .now()
    var work = try await work(before, items: items, slot: slot, now: now, on: connection)
    var call = call
    call.draftID = id
    let result: Result<Value, BookingError>
    do throws(BookingError) {
      result = .success(try change(&work))
      call.outcome = "ok"
    } catch {
      // A wrong code counts although the answer is refused; nothing else of a refusal stays.
      let tried = work.file.confirmations
      work.file = before
      if error.code == .codeWrong { work.file.confirmations = tried }
      work.approval = nil
      call.outcome = error.code.rawValue
      result = .failure(error)
    }
    var writing = PostgresBatch()
    if work.file.draft != before.draft {
      _ = writing.add(WriteDrafts(now: now, drafts: [(work.file.draft, nil)]))
    }
    let changed = work.file.confirmations.filter { !before.confirmations.contains($0) }
    if !changed.isEmpty { _ = writing.add(WriteConfirmations(all: changed)) }
    if let approval = work.approval {
      _ = writing.add(
        InsertApproval(
          draft: work.file.draft, digest: approval.digest, exceeded: approval.exceeded,
          principal: call.principal, now: now))
    }
    _ = writing.add(InsertBookingCalls(now: now, calls: [call]))
    _ = writing.add(Commit())
    _ = try await connection.run(writing, deadline: deadline)
    return result
  }

  /// Drafts of a business that can still be booked and whose summary was shown, the first to expire first.
  public func shownDrafts(
    of businessID: String, limit: Int
  ) async throws(PostgresError) -> [DraftWork] {
    try await pool.withConnection(deadline: limits.queryDeadline) {
      (connection) async throws(PostgresError) -> [DraftWork] in
      var batch = PostgresBatch()
      let found = batch.add(
        ReadShownDrafts(businessID: businessID, now: clock(), limit: limit))
      let clockKey = batch.add(ReadClock(now: clock()))
      let results = try await connection.run(batch, deadline: limits.queryDeadline)
      let drafts = try results[found]
      guard !drafts.isEmpty else { return [] }
      let confirmations = try await connection.query(
        ReadConfirmations(draftIDs: drafts.map(\.id)), deadline: limits.queryDeadline)
      let asked = Dictionary(grouping: confirmations, by: \.draftID)
      let (shared, slots) = try await surroundings(
        of: drafts, items: [], slots: Set(drafts.compactMap(\.slotID)),
        now: try results[clockKey].first ?? .now(), on: connection)
      return drafts.map { draft in
        var around = shared
        around.slot = draft.slotID.flatMap { slots[$0] }
        return DraftWork(
          file: DraftFile(draft, confirmations: asked[draft.id] ?? []), around: around)
      }
    }
  }

  private func work(
    _ file: DraftFile, items: [String], slot: String?, now: Timestamp,
    on connection: PostgresConnection
  ) async throws(PostgresError) -> DraftWork {
    let slotID = slot ?? file.draft.slotID
    var (around, slots) = try await surroundings(
      of: [file.draft], items: items, slots: Set([slotID].compactMap(\.self)), now: now,
      on: connection)
    around.slot = slotID.flatMap { slots[$0] }
    return DraftWork(file: file, around: around)
  }

  /// What is so around drafts of one business, but for the slot of each.
  private func surroundings(
    of drafts: [Draft], items: [String], slots slotIDs: Set<String>, now: Timestamp,
    on connection: PostgresConnection
  ) async throws(PostgresError) -> (DraftFile.Surroundings, slots: [String: Slot]) {
    let businessID = drafts.first?.businessID ?? ""
    var batch = PostgresBatch()
    let businesses = batch.add(ReadBusinesses(ids: [businessID]))
    let names = Set(items + drafts.flatMap { $0.lines.compactMap(\.itemID) }).map {
      CreateFacts.ItemName(businessID: businessID, itemID: $0)
    }
    let found = batch.add(ReadItems(names: names))
    let slots = slotIDs.map { batch.add(ReadSlot(businessID: businessID, slotID: $0)) }
    let earlier = batch.add(
      ReadFingerprints(fingerprints: drafts.map(\.fingerprint), now: clock()))
    let counts = batch.add(CountThisHour(businessIDs: [businessID], now: clock()))
    let results = try await connection.run(batch, deadline: limits.queryDeadline)
    guard let business = try results[businesses].first else {
      throw PostgresError(.decoding, "a draft without its business")
    }
    var around = DraftFile.Surroundings(business: business, now: now)
    for row in try results[found] { around.items[row.item.id] = row.item }
    for row in try results[earlier] { around.earlier[row.fingerprint] = row.orderID }
    around.ordersThisHour = try results[counts].first?.count ?? 0
    var byID: [String: Slot] = [:]
    for key in slots { for slot in try results[key] { byID[slot.id] = slot } }
    return (around, byID)
  }
}
