public import Booking
import Cryptography
public import Kit
public import Ledger
import Postgres

/// The first six of the seven steps.
extension BookingService {
  /// Items that words are compared with; a business with more is searched by id.
  static let catalogueMax = 2_000

  /// Step 1: begins a conversation's draft, when the business lets agents book.
  public func openDraft(by caller: Caller) async throws(BookingError) -> DraftWork {
    try caller.principal.require(.book)
    let business = try await business(caller.principal.businessID)
    guard business.isBookingEnabled else {
      let error = BookingError(
        .bookingDisabled, "\(business.name) takes no orders from assistants")
      events.aiGuardrailTriggered(error, business: business.id)
      throw error
    }
    let draft = newDraft(business, caller)
    try await asking { () async throws(PostgresError) in
      try await ledger.add(draft, call: caller.call("open_draft", draft: draft.id))
    }
    events.aiDecision("open", business: business.id, draft: draft.id)
    return try await self.draft(draft.id, by: caller)
  }

  private func newDraft(_ business: Business, _ caller: Caller) -> Draft {
    let now = Timestamp.now()
    return Draft(
      id: UUIDv7.make(at: now), businessID: business.id, principal: caller.principal.keyID,
      expiresAt: now + business.draftLife)
  }

  /// A draft as it stands. An agent sees its own only; people of the business see all of theirs.
  public func draft(_ id: UUIDv7, by caller: Caller) async throws(BookingError) -> DraftWork {
    let found = try await asking { () async throws(PostgresError) in try await ledger.draft(id) }
    guard let found, isVisible(found.file.draft, to: caller.principal) else {
      throw .notFound("draft")
    }
    return found
  }

  private func isVisible(_ draft: Draft, to principal: Principal) -> Bool {
    draft.businessID == principal.businessID
      && (draft.principal == principal.keyID || principal.kind == .staff)
  }

  /// What the catalogue has, all of it or what is like some words; from now on these ids can be ordered
  /// in this conversation.
  public func offerItems(
    like text: String?, after: String = "", in draftID: UUIDv7, by caller: Caller
  ) async throws(BookingError) -> [CatalogueItem] {
    let work = try await draft(draftID, by: caller)
    let all = try await catalogue(of: work.around.business, after: after)
    let found = text.map { CatalogueMatch.candidates(for: $0, among: all) } ?? all
    try await change(draftID, "offer_items", items: found.map(\.id), by: caller) {
      (work) throws(BookingError) in try work.file.offer(found, work.around)
    }
    return found
  }

  private func catalogue(
    of business: Business, after: String = ""
  ) async throws(BookingError) -> [CatalogueItem] {
    guard business.hasCatalogue else { return [] }
    return try await asking { () async throws(PostgresError) in
      try await ledger.catalogue(of: business.id, after: after, limit: Self.catalogueMax)
    }
  }

  /// Step 2: the list, whole. Words come back with candidates for the customer to choose from.
  public func setItems(
    _ lines: [RequestedLine], of draftID: UUIDv7, expecting: Expectation = .any, by caller: Caller
  ) async throws(BookingError) -> DraftWork {
    let known = try await draft(draftID, by: caller)
    let candidates = try await candidates(for: lines, known.around.business)
    events.aiDecision("collect_items", business: known.around.business.id, draft: draftID)
    return try await change(
      draftID, "set_items", items: lines.compactMap(\.itemID), expecting: expecting, by: caller
    ) { (work) throws(BookingError) in
      try work.file.setItems(lines, candidates: candidates, work.around)
      // The prices of what was chosen were just looked up.
      return ()
    }
  }

  private func candidates(
    for lines: [RequestedLine], _ business: Business
  ) async throws(BookingError) -> [[CatalogueItem]] {
    guard business.hasCatalogue, lines.contains(where: { $0.itemID == nil }) else { return [] }
    let all = try await catalogue(of: business)
    return lines.map { line in
      line.itemID == nil ? CatalogueMatch.candidates(for: line.name ?? "", among: all) : []
    }
  }

  /// Step 3: the customer agreed to the list, says the agent; `digest` is the list's `items_sha256`.
  public func confirmItems(
    digest: [UInt8], of draftID: UUIDv7, by caller: Caller
  ) async throws(BookingError) -> DraftWork {
    try await change(draftID, "confirm_items", by: caller) { (work) throws(BookingError) in
      try work.file.confirmItems(digest: digest, work.around)
    }
  }

  /// Step 4: name, phone, notes, slot.
  public func setDetails(
    _ details: DraftDetails, of draftID: UUIDv7, expecting: Expectation = .any, by caller: Caller
  ) async throws(BookingError) -> DraftWork {
    try await change(
      draftID, "set_details", slot: details.slotID, expecting: expecting, by: caller
    ) { (work) throws(BookingError) in
      try work.file.setDetails(details, work.around)
    }
  }

  /// Step 5: the summary that the customer is to see, in words of the server's.
  public func showSummary(
    of draftID: UUIDv7, by caller: Caller
  ) async throws(BookingError) -> (summary: JSON, work: DraftWork) {
    let work = try await change(draftID, "show_summary", by: caller) {
      (work) throws(BookingError) in
      _ = try work.file.showSummary(work.around)
      work.tellsBusiness = work.file.tellBusiness(work.around)
    }
    tellBusiness(of: work)
    let summary = work.file.draft.summary(
      currency: work.around.business.currency, slot: work.around.slot)
    return (summary, work)
  }

  public func cancelDraft(
    _ draftID: UUIDv7, by caller: Caller
  ) async throws(BookingError) -> DraftWork {
    try await change(draftID, "cancel", by: caller) { (work) throws(BookingError) in
      try work.file.cancel(work.around)
    }
  }

  // MARK: Whole orders of agents

  /// The draft that stands for an agent's whole order: made when the request first comes, found by its
  /// key when it comes again.
  func draft(
    for request: OrderRequest, _ name: KeyName, _ digest: [UInt8], by caller: Caller
  ) async throws(BookingError) -> Draft {
    let requestKey = "\(name.operation) \(name.key) \(Hex.encode(digest.prefix(16)))"
    if let id = try await asking({ () async throws(PostgresError) in
      try await ledger.draftOfRequest(
        requestKey, business: name.businessID, principal: name.principal)
    }) {
      let work = try await draft(id, by: caller)
      // A price moved since: the customer has to see the summary anew.
      guard work.file.step(in: work.around) == .summary else { return work.file.draft }
      return try await showSummary(of: id, by: caller).work.file.draft
    }
    let business = try await business(name.businessID)
    var file = DraftFile(newDraft(business, caller))
    var around = DraftFile.Surroundings(business: business, now: .now())
    if let id = request.slotID {
      around.slot = try await asking { () async throws(PostgresError) in
        try await ledger.slot(id, of: business.id)
      }
    }
    try file.setItems(
      request.lines, candidates: try await candidates(for: request.lines, business), around)
    try file.setDetails(
      DraftDetails(
        customerName: request.customerName, customerPhone: request.customerPhone,
        notes: request.notes, slotID: request.slotID, allowsDuplicate: request.allowsDuplicate),
      around)
    if file.draft.open.isEmpty {
      // The summary that the customer confirms shows the items too: one yes answers both questions.
      try file.confirmItems(digest: file.draft.itemsDigest, around)
      _ = try file.showSummary(around)
    }
    let draft = file.draft
    try await asking { () async throws(PostgresError) in
      try await ledger.add(
        draft, requestKey: requestKey, call: caller.call("create_order", draft: draft.id))
    }
    return draft
  }

  // MARK: Changing

  @discardableResult
  func change(
    _ id: UUIDv7, _ operation: String, items: [String] = [], slot: String? = nil,
    expecting: Expectation = .any, by caller: Caller,
    _ body: @Sendable (inout DraftWork) throws(BookingError) -> Void
  ) async throws(BookingError) -> DraftWork {
    let principal = caller.principal
    let isVisible = self.isVisible
    let result = try await asking { () async throws(PostgresError) in
      try await ledger.changeDraft(
        id, items: items, slot: slot, call: caller.call(operation, draft: id)
      ) { (work) throws(BookingError) -> DraftWork in
        guard isVisible(work.file.draft, principal) else { throw .notFound("draft") }
        try expecting.require(work.file.draft.version, state: [])
        try body(&work)
        return work
      }
    }
    switch result {
    case nil: throw .notFound("draft")
    case .success(let work): return work
    case .failure(let error):
      if principal.kind == .agent, error.code != .notFound {
        events.aiGuardrailTriggered(error, business: principal.businessID)
      }
      throw await namingSlots(error, of: principal.businessID)
    }
  }
}
