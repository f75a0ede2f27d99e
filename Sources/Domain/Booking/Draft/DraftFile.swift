public import Kit

/// A draft with every question that was asked about it. Its operations are the only way to change it;
/// each either changes it or says why not, and none does I/O.
public struct DraftFile: Sendable, Equatable {
  public var draft: Draft
  /// In the order of asking.
  public var confirmations: [Confirmation]

  /// More open or answered questions than this are not kept about one draft; one that did not reach the
  /// customer is not counted.
  public static let confirmationsMax = 20
  /// Questions about one draft that are put at all, those that did not arrive included.
  public static let triesMax = 60

  public init(_ draft: Draft, confirmations: [Confirmation] = []) {
    self.draft = draft
    self.confirmations = confirmations
  }

  /// What is so outside the draft.
  public struct Surroundings: Sendable {
    public var business: Business
    /// By id: those of the draft's lines and of the request.
    public var items: [String: CatalogueItem]
    public var slot: Slot?
    /// Orders of the last five minutes, by their fingerprints; those that were looked for.
    public var earlier: [[UInt8]: String]
    /// Bookings of the business by agents within the last hour.
    public var ordersThisHour: Int
    public var now: Timestamp

    public init(
      business: Business, items: [String: CatalogueItem] = [:], slot: Slot? = nil,
      earlier: [[UInt8]: String] = [:], ordersThisHour: Int = 0, now: Timestamp
    ) {
      self.business = business
      self.items = items
      self.slot = slot
      self.earlier = earlier
      self.ordersThisHour = ordersThisHour
      self.now = now
    }
  }

  // MARK: Where it stands

  public func step(in around: Surroundings) -> DraftStep {
    if draft.orderID != nil { return .booked }
    if draft.isCancelled { return .cancelled }
    if draft.expiresAt <= around.now { return .expired }
    if !around.business.isBookingEnabled { return .checkCapability }
    if draft.lines.isEmpty || !draft.open.isEmpty || !goneItems(in: around).isEmpty {
      return .collectItems
    }
    if draft.itemsConfirmed != draft.itemsVersion { return .confirmItems }
    if draft.customerName == nil || draft.customerPhone == nil
      || around.business.requiresSlot && draft.slotID == nil
      || !hindrances(in: around).isEmpty
    {
      return .collectDetails
    }
    if draft.shown != digest(in: around) || needsApproval(in: around) { return .summary }
    return (try? standing(in: around)) == nil ? .finalConfirmation : .createOrder
  }

  /// Everything that is still missing before the order can be booked, all at once.
  public func missing(in around: Surroundings) -> [InputProblem] {
    var all: [InputProblem] = []
    if draft.lines.isEmpty, draft.open.isEmpty {
      all.append(.init("$.items", .missing, "ask which items are wanted, and how many"))
    }
    for (i, open) in draft.open.enumerated() {
      let says =
        open.candidates.isEmpty
        ? "nothing in the catalogue is like this; ask for something else"
        : "let the customer choose one of the candidates"
      all.append(.init("$.open_items[\(i)]", .missing, says))
    }
    all += goneItems(in: around)
    if draft.itemsConfirmed != draft.itemsVersion || draft.itemsVersion == 0 {
      all.append(
        .init("$.items_confirmed", .missing, "read the list out and let the customer agree"))
    }
    if draft.customerName == nil {
      all.append(.init("$.customer_name", .missing, "ask for the customer's name"))
    }
    if draft.customerPhone == nil {
      all.append(.init("$.customer_phone", .missing, "ask for a phone number of 10 digits or more"))
    }
    if around.business.requiresSlot, draft.slotID == nil {
      all.append(.init("$.slot_id", .missing, "let the customer choose a time slot"))
    }
    all += hindrances(in: around)
    if draft.shown != digest(in: around) {
      all.append(.init("$.summary", .missing, "show the summary"))
    }
    if needsApproval(in: around) {
      all.append(.init("$.approval", .missing, "the business has to approve an order of this size"))
    }
    if (try? standing(in: around)) == nil {
      let level = leastLevel(in: around).rawValue
      all.append(
        .init("$.confirmation", .missing, "the customer's yes, of level \(level) at least"))
    }
    return all
  }

  /// Lines whose item was taken off the catalogue since it was chosen: nobody is asked about them, and
  /// they are not booked.
  public func goneItems(in around: Surroundings) -> [InputProblem] {
    guard around.business.hasCatalogue else { return [] }
    return draft.lines.enumerated().compactMap { (i, line) -> InputProblem? in
      let item = line.itemID.flatMap { around.items[$0] }
      guard item?.isActive != true else { return nil }
      return InputProblem(
        "$.items[\(i)].id", .notAllowed,
        "is no longer in the catalogue; let the customer choose something else")
    }
  }

  /// The draft's time slot is full, over or gone.
  public func isSlotGone(in around: Surroundings) -> Bool {
    guard let id = draft.slotID else { return false }
    return around.slot?.id != id || around.slot?.canBeTaken(at: around.now) != true
  }

  /// The order of the last five minutes that this one would be again, unless the customer wants that.
  public func earlierOrder(in around: Surroundings) -> String? {
    draft.allowsDuplicate || around.earlier.isEmpty ? nil : around.earlier[draft.fingerprint]
  }

  /// What would be refused although nothing of it is missing.
  func hindrances(in around: Surroundings) -> [InputProblem] {
    var all: [InputProblem] = []
    if let earlier = earlierOrder(in: around) {
      all.append(
        .init(
          "$.allow_duplicate", .missing,
          "order \(earlier) of the last five minutes is the same; ask whether one more is wanted"))
    }
    if isSlotGone(in: around) {
      all.append(
        .init("$.slot_id", .notAllowed, "is no longer free; let the customer choose another"))
    }
    return all
  }

  /// - Throws: `BookingError` for an order that was just booked, and for a time slot that is gone.
  func requireFree(_ around: Surroundings) throws(BookingError) {
    if let earlier = earlierOrder(in: around) { throw .duplicate(of: earlier) }
    if let id = draft.slotID, isSlotGone(in: around) { throw .slotGone(id) }
  }

  /// The customer can say yes to it: it waits for an answer, and is still what was asked about.
  public func isOpen(_ question: Confirmation, in around: Surroundings) -> Bool {
    question.state == .asked && !question.isTooOld(at: around.now)
      && question.digest == digest(in: around) && !step(in: around).isOver
      && goneItems(in: around).isEmpty && hindrances(in: around).isEmpty
  }

  public func digest(in around: Surroundings) -> [UInt8] {
    CanonicalJSON.digest(
      of: repriced(in: around).summary(currency: around.business.currency, slot: around.slot))
  }

  /// Prices are the catalogue's of this moment: a yes to an older price is none.
  public func repriced(in around: Surroundings) -> Draft {
    guard around.business.hasCatalogue else { return draft }
    var draft = draft
    for i in draft.lines.indices {
      guard let item = draft.lines[i].itemID.flatMap({ around.items[$0] }) else { continue }
      draft.lines[i].unitPrice = item.unitPrice
      draft.lines[i].name = item.name
    }
    return draft
  }

  /// What a yes to this draft has to be worth at least, at the prices of this moment.
  public func leastLevel(in around: Surroundings) -> ConfirmationLevel {
    around.business.levels.least(for: repriced(in: around).lines.total)
  }

  public func exceededLimits(in around: Surroundings) -> [String] {
    around.business.limits.exceeded(
      by: repriced(in: around).lines, ordersThisHour: around.ordersThisHour)
  }

  func needsApproval(in around: Surroundings) -> Bool {
    !exceededLimits(in: around).isEmpty && draft.approved != digest(in: around)
  }

  /// Its summary was shown, and the business has to let it through before anything else can happen.
  public func waitsForApproval(in around: Surroundings) -> Bool {
    step(in: around) == .summary && draft.shown == digest(in: around)
  }

  /// The yes that this order may be booked with.
  ///
  /// - Throws: `BookingError` that says what is wrong with the nearest thing to a yes.
  public func standing(in around: Surroundings) throws(BookingError) -> Confirmation {
    let digest = digest(in: around)
    let least = leastLevel(in: around)
    // A claim of the agent's says nothing, neither yes nor no.
    let answers = confirmations.filter { $0.state != .asked && $0.level > .claimed }
      .sorted { ($0.answeredAt ?? $0.askedAt, $0.id) < ($1.answeredAt ?? $1.askedAt, $1.id) }
    let mine = answers.filter { $0.draftVersion == draft.version && $0.digest == digest }
    if let last = mine.last, last.state == .declined {
      throw BookingError(.confirmationDeclined, "the customer said no to this order")
    }
    if let good = mine.last(where: {
      $0.state == .accepted && $0.level >= least && !$0.isTooOld(at: around.now)
        && $0.orderID == nil && $0.principal == draft.principal
    }) {
      return good
    }
    throw whyNot(mine, answers, least, around)
  }

  private func whyNot(
    _ mine: [Confirmation], _ answers: [Confirmation], _ least: ConfirmationLevel,
    _ around: Surroundings
  ) -> BookingError {
    let needed: [(String, JSON)] = [
      ("draft_id", .string(draft.id.text)), ("draft_version", .int(Int64(draft.version))),
      ("level_required", .int(Int64(least.rawValue))),
    ]
    guard let last = mine.last else {
      return answers.contains { $0.state == .accepted }
        ? BookingError(
          .confirmationVoid, "the customer said yes to something else: it was changed since",
          details: needed)
        : BookingError(
          .confirmationRequired, "the customer has not confirmed this order", details: needed)
    }
    if last.orderID != nil {
      return BookingError(.confirmationUsed, "this yes was used already", details: needed)
    }
    if last.isTooOld(at: around.now) {
      return BookingError(
        .confirmationExpired, "the customer's yes is too old; ask again", details: needed)
    }
    return BookingError(
      .confirmationTooWeak,
      "a yes of level \(last.level.rawValue) is not enough for this order: it takes \(least.rawValue)",
      details: needed)
  }
}
