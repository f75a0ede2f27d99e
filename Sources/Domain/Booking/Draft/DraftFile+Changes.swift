public import Kit

/// What the details of a draft are changed to; what is `nil` stays.
public struct DraftDetails: Sendable, Equatable {
  public var customerName: String?
  public var customerPhone: String?
  public var notes: String?
  public var slotID: String?
  public var allowsDuplicate: Bool?

  public init(
    customerName: String? = nil, customerPhone: String? = nil, notes: String? = nil,
    slotID: String? = nil, allowsDuplicate: Bool? = nil
  ) {
    self.customerName = customerName
    self.customerPhone = customerPhone.map(OrderRequest.plainPhone)
    self.notes = notes
    self.slotID = slotID
    self.allowsDuplicate = allowsDuplicate
  }
}

extension DraftFile {
  // MARK: Steps 1 to 4

  func requireOpen(_ around: Surroundings) throws(BookingError) {
    let step = step(in: around)
    switch step {
    case .booked:
      throw BookingError(
        .draftClosed, "this draft was booked", details: [("order_id", .optional(draft.orderID))])
    case .cancelled: throw BookingError(.draftClosed, "this draft was cancelled")
    case .expired: throw BookingError(.draftClosed, "this draft is too old; begin a new one")
    case .checkCapability: throw .bookingDisabled(around.business)
    case .collectItems, .confirmItems, .collectDetails, .summary, .finalConfirmation, .createOrder:
      return
    }
  }

  /// The server gave these out in this conversation: now they can be asked for by id.
  public mutating func offer(
    _ items: [CatalogueItem], _ around: Surroundings
  ) throws(BookingError) {
    try requireOpen(around)
    draft.offered.formUnion(items.map(\.id))
  }

  /// Replaces the list. Ids must have been given out here; words stay open until the customer has
  /// chosen one of what they are like.
  ///
  /// - Parameter candidates: for the words of each line, in the lines' order.
  public mutating func setItems(
    _ wanted: [RequestedLine], candidates: [[CatalogueItem]] = [], _ around: Surroundings
  ) throws(BookingError) {
    try requireOpen(around)
    var lines: [BookedLine] = []
    var open: [Draft.OpenLine] = []
    var problems: [InputProblem] = []
    for (i, line) in wanted.enumerated() {
      guard around.business.hasCatalogue else {
        // Without a catalogue a name is all there is.
        if let name = line.name {
          lines.append(
            BookedLine(itemID: nil, name: name, quantity: line.quantity, unitPrice: nil))
        } else {
          problems.append(
            .init("$.items[\(i)].id", .notAllowed, "there is no catalogue; give a name"))
        }
        continue
      }
      guard let id = line.itemID else {
        let found = i < candidates.count ? candidates[i] : []
        open.append(.init(text: line.name ?? "", quantity: line.quantity, candidates: found))
        continue
      }
      guard draft.offered.contains(id), let item = around.items[id], item.isActive else {
        problems.append(
          .init("$.items[\(i)].id", .notAllowed, "was not offered in this conversation"))
        continue
      }
      lines.append(
        BookedLine(
          itemID: id, name: item.name, quantity: line.quantity, unitPrice: item.unitPrice))
    }
    guard problems.isEmpty else {
      throw BookingError(
        .unknownItem, "only items that were offered in this conversation can be ordered",
        problems: problems)
    }
    for line in open { draft.offered.formUnion(line.candidates.map(\.id)) }
    draft.lines = lines
    draft.open = open
    draft.itemsVersion += 1
    draft.itemsConfirmed = nil
    touch()
  }

  /// The agent read the list out and the customer agreed: a claim, bound to this very list.
  public mutating func confirmItems(
    digest: [UInt8], _ around: Surroundings
  ) throws(BookingError) {
    try requireOpen(around)
    guard !draft.lines.isEmpty, draft.open.isEmpty else {
      throw BookingError(
        .itemChoiceRequired, "there are items that the customer has not chosen yet",
        problems: missing(in: around).filter { $0.path.hasPrefix("$.open") || $0.path == "$.items" }
      )
    }
    guard digest == draft.itemsDigest else {
      throw BookingError(.confirmationVoid, "that is another list than the present one")
    }
    draft.itemsConfirmed = draft.itemsVersion
  }

  public mutating func setDetails(
    _ details: DraftDetails, _ around: Surroundings
  ) throws(BookingError) {
    try requireOpen(around)
    if let id = details.slotID {
      guard let slot = around.slot, slot.id == id else {
        throw BookingError(
          .slotUnavailable, "there is no such time slot", details: [("slot_id", .string(id))])
      }
      guard slot.canBeTaken(at: around.now) else { throw .slotGone(id) }
    }
    let before = draft
    if let name = details.customerName { draft.customerName = name }
    if let phone = details.customerPhone { draft.customerPhone = phone }
    if let notes = details.notes { draft.notes = notes.isEmpty ? nil : notes }
    if let slotID = details.slotID { draft.slotID = slotID }
    if let allows = details.allowsDuplicate { draft.allowsDuplicate = allows }
    if draft != before { touch() }
  }

  /// What would be booked is another: every yes so far was to something else.
  private mutating func touch() {
    draft.version += 1
    draft.shown = nil
    draft.approved = nil
  }

  // MARK: Steps 5 and 6

  /// Everything that the customer is to see is there, and can still be had.
  private func requireComplete(
    _ around: Surroundings, code: BookingCode = .fieldsMissing
  ) throws(BookingError) {
    let gaps = missing(in: around).filter {
      !["$.summary", "$.approval", "$.confirmation"].contains($0.path)
    }
    guard gaps.count == hindrances(in: around).count else {
      throw BookingError(
        code, "not everything is there yet: \(gaps.count) missing", problems: gaps)
    }
    try requireFree(around)
  }

  /// Fixes today's prices and gives the summary that the customer is to see.
  public mutating func showSummary(_ around: Surroundings) throws(BookingError) -> JSON {
    try requireOpen(around)
    try requireComplete(around)
    let priced = repriced(in: around)
    if priced.lines != draft.lines {
      draft.lines = priced.lines
      touch()
      draft.itemsVersion += 1
      draft.itemsConfirmed = draft.itemsVersion
    }
    draft.shown = digest(in: around)
    return draft.summary(currency: around.business.currency, slot: around.slot)
  }

  /// Puts the question; the summary must have been shown as it is now, all of it still be there to be
  /// had, and a yes to the question be enough: nobody is asked for one that cannot book.
  public mutating func ask(_ question: Confirmation, _ around: Surroundings) throws(BookingError) {
    try requireOpen(around)
    guard draft.shown == digest(in: around), question.digest == draft.shown,
      question.draftVersion == draft.version, question.draftID == draft.id
    else {
      throw BookingError(
        .confirmationVoid, "show the summary first: it is not the one that was shown")
    }
    try requireComplete(around)
    let least = leastLevel(in: around)
    // An agent's claim asks nobody, and is kept whatever it is worth.
    guard question.level >= least || question.channel == .agent else {
      throw .channelTooWeak(question, least: least)
    }
    guard confirmations.count(where: { !$0.isUndelivered }) < Self.confirmationsMax,
      confirmations.count < Self.triesMax
    else {
      throw BookingError(.draftClosed, "the customer was asked too often about this draft")
    }
    confirmations.append(question)
  }

  /// Whoever carries questions did not take this one: the next one may be put at once. Where it arrived
  /// after all its link can be answered like any other, but no code of it can be guessed at.
  public mutating func noteUndelivered(_ id: UUIDv7, _ around: Surroundings) {
    guard let i = confirmations.firstIndex(where: { $0.id == id && $0.state == .asked }) else {
      return
    }
    confirmations[i].undeliveredAt = around.now
  }

  /// Whether the answer that was tried comes with what only the one who was asked can have.
  public enum Proof: Sendable {
    /// The secret of the link or of the dialog's state was checked.
    case nonce
    /// SHA-256 of the id and the digits that were given.
    case code([UInt8])
    /// It was signed with the customer's own key.
    case mandate(Mandate)
    /// The agent's word.
    case none
  }

  /// Takes the customer's answer. A question is answered once.
  ///
  /// - Throws: `BookingError`; with `.codeWrong` the try was counted and must be stored.
  public mutating func answer(
    _ id: UUIDv7, accepts: Bool, words: String?, proof: Proof, _ around: Surroundings
  ) throws(BookingError) {
    try requireOpen(around)
    guard let i = confirmations.firstIndex(where: { $0.id == id }) else {
      throw .notFound("question")
    }
    let question = confirmations[i]
    guard question.state == .asked else {
      throw BookingError(.confirmationUsed, "this question was answered already")
    }
    guard question.expiresAt > around.now else {
      throw BookingError(.confirmationExpired, "this question is too old; ask again")
    }
    switch proof {
    case .nonce:
      guard question.channel != .signature else {
        throw BookingError(.confirmationTooWeak, "this question takes the customer's signature")
      }
    case .mandate(let mandate):
      guard question.channel == .signature, mandate.accepts == accepts else {
        throw BookingError(.signatureInvalid, "this question is not answered by a signature")
      }
    case .code(let given):
      guard let code = question.code, !question.isUndelivered,
        question.codeTries < Confirmation.codeTriesMax
      else {
        throw BookingError(.codeWrong, "no code can be given for this question any more")
      }
      guard given == code else {
        confirmations[i].codeTries += 1
        throw BookingError(
          .codeWrong, "that is not the code that was sent",
          details: [
            ("tries_left", .int(Int64(Confirmation.codeTriesMax - question.codeTries - 1)))
          ])
      }
    case .none:
      guard question.channel == .agent else {
        throw BookingError(.confirmationTooWeak, "only the customer can answer this question")
      }
    }
    // A no counts whatever it was to; a yes only to what is there now.
    if accepts {
      guard question.draftVersion == draft.version, question.digest == digest(in: around) else {
        throw BookingError(
          .confirmationVoid, "the order was changed since this question was asked")
      }
      guard goneItems(in: around).isEmpty else {
        throw BookingError(.confirmationVoid, "something in this order is no longer on offer")
      }
      try requireFree(around)
    }
    confirmations[i].state = accepts ? .accepted : .declined
    confirmations[i].words = words
    confirmations[i].answeredAt = around.now
    if case .mandate(let mandate) = proof {
      confirmations[i].mandate = mandate.text
      confirmations[i].signer = mandate.signer
    }
  }

  /// Takes the customer's signed answer.
  ///
  /// - Throws: `BookingError`, `.signatureInvalid` when this customer did not sign it.
  public mutating func answer(
    _ id: UUIDv7, mandate text: String, by key: CustomerKey, _ around: Surroundings
  ) throws(BookingError) {
    try requireOpen(around)
    guard let question = confirmations.first(where: { $0.id == id }) else {
      throw .notFound("question")
    }
    let mandate = try Mandate(
      text, answering: question, about: draft, with: key, now: around.now)
    try answer(
      id, accepts: mandate.accepts, words: mandate.words, proof: .mandate(mandate), around)
  }

  /// The business lets through what is over its limits: this summary, and no other.
  public mutating func approve(digest: [UInt8], _ around: Surroundings) throws(BookingError) {
    try requireOpen(around)
    guard digest == self.digest(in: around) else {
      throw BookingError(.confirmationVoid, "the order was changed since; look at it again")
    }
    draft.approved = digest
  }

  /// Notes that the business is told: once of each summary.
  ///
  /// - Returns: whether it has to be.
  public mutating func tellBusiness(_ around: Surroundings) -> Bool {
    guard waitsForApproval(in: around), draft.told != draft.shown else { return false }
    draft.told = draft.shown
    return true
  }

  public mutating func cancel(_ around: Surroundings) throws(BookingError) {
    if draft.isCancelled { return }
    guard draft.orderID == nil else { return try requireOpen(around) }
    draft.isCancelled = true
  }

  // MARK: Step 7

  /// Books it: everything is there, and the yes is used up.
  ///
  /// - Throws: `BookingError` for the first thing that is not as it has to be.
  public mutating func book(
    as orderID: String, _ around: Surroundings
  ) throws(BookingError) -> Confirmation {
    try requireOpen(around)
    try requireComplete(around, code: draft.open.isEmpty ? .fieldsMissing : .itemChoiceRequired)
    let exceeded = exceededLimits(in: around)
    guard exceeded.isEmpty || draft.approved == digest(in: around) else {
      throw .approvalRequired(exceeded, draft: draft)
    }
    let yes = try standing(in: around)
    guard draft.shown == yes.digest else {
      throw BookingError(.confirmationVoid, "the summary that was shown is another")
    }
    draft.orderID = orderID
    if let i = confirmations.firstIndex(where: { $0.id == yes.id }) {
      confirmations[i].orderID = orderID
    }
    return yes
  }
}

extension BookingError {
  static func bookingDisabled(_ business: Business) -> BookingError {
    BookingError(.bookingDisabled, "\(business.name) takes no orders from assistants")
  }

  static func channelTooWeak(
    _ question: Confirmation, least: ConfirmationLevel
  ) -> BookingError {
    let way =
      least < .signed
      ? "a courier (QUAYSIDE_COURIER_COMMAND) or the customer's own key" : "the customer's own key"
    return BookingError(
      .channelUnavailable,
      "this order takes a yes of level \(least.rawValue), and by \(question.channel.rawValue) it "
        + "would be of level \(question.level.rawValue) here: nobody was asked; it takes \(way)",
      details: [
        ("channel", .string(question.channel.rawValue)),
        ("level", .int(Int64(question.level.rawValue))),
        ("level_required", .int(Int64(least.rawValue))),
      ])
  }

  static func approvalRequired(_ exceeded: [String], draft: Draft?) -> BookingError {
    var details: [(String, JSON)] = [("exceeded", .array(exceeded.map(JSON.string)))]
    if let draft { details.append(("draft_id", .string(draft.id.text))) }
    return BookingError(
      .approvalRequired, "the business has to approve this: " + exceeded.joined(separator: "; "),
      details: details)
  }
}
