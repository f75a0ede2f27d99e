public import Kit

/// What is known, under lock, about everything that a batch of requests is about.
public struct CreateFacts: Sendable {
  public struct ItemName: Sendable, Hashable {
    public var businessID: String
    public var itemID: String
    public init(businessID: String, itemID: String) {
      self.businessID = businessID
      self.itemID = itemID
    }
  }

  public var now: Timestamp
  public var businesses: [String: Business] = [:]
  public var keys: [KeyName: StoredKey] = [:]
  /// Orders of the last five minutes by their fingerprint.
  public var fingerprints: [[UInt8]: String] = [:]
  public var items: [ItemName: CatalogueItem] = [:]
  /// By business and id.
  public var slots: [ItemName: Slot] = [:]
  public var drafts: [UUIDv7: DraftFile] = [:]
  /// Bookings by agents within the last hour, by business, where that is limited.
  public var ordersThisHour: [String: Int] = [:]

  public init(now: Timestamp) { self.now = now }
}

/// What a batch of decisions writes down.
public struct CreateWrites: Sendable {
  public struct NewBooking: Sendable {
    public var order: BookedOrder
    public var fingerprint: [UInt8]
    public var body: [UInt8]
    public var rawDigest: [UInt8]
    public var correlationID: String
    public var business: Business
    public var summary: [UInt8]?
  }

  public struct KeyWrite: Sendable {
    public var name: KeyName
    public var state: StoredKey.State
    public var rawDigest: [UInt8]
    public var digest: [UInt8]
    public var status: Int
    public var code: String?
    public var answer: [UInt8]?
    public var orderID: String?
  }

  public var bookings: [NewBooking] = []
  public var keys: [KeyWrite] = []
  /// Drafts as they are once booked.
  public var drafts: [DraftFile] = []
  /// What was answered for it beside the order, by business and id.
  public var slots: [CreateFacts.ItemName: Int] = [:]
}

/// What one request came to.
public enum CreateOutcome: Sendable {
  case booked(status: Int, body: [UInt8], orderID: String, business: String)
  /// The stored answer, to the byte.
  case replayed(status: Int, body: [UInt8], orderID: String?)
  case refused(BookingError)
}

/// Decides requests one after the other, each as if those before it were stored already: none sees
/// another's failure, and what two of them want at once only the first gets.
public struct CreateBatch: Sendable {
  private var facts: CreateFacts
  public private(set) var writes = CreateWrites()
  /// Where a key's row is among the writes: the last word about it counts.
  private var keyPlaces: [KeyName: Int] = [:]

  public init(_ facts: CreateFacts) { self.facts = facts }

  public mutating func decide(_ ticket: CreateTicket) -> CreateOutcome {
    if let name = ticket.key, let stored = facts.keys[name],
      facts.now.duration(since: stored.createdAt) < StoredKey.life
    {
      guard stored.digest == ticket.digest else {
        return .refused(.keyReused)
      }
      if stored.state == .completed {
        return .replayed(status: stored.status, body: stored.answer, orderID: stored.orderID)
      }
    }
    do throws(BookingError) {
      return try book(ticket)
    } catch {
      note(ticket, error)
      return .refused(error)
    }
  }

  // MARK: Booking

  private mutating func book(_ ticket: CreateTicket) throws(BookingError) -> CreateOutcome {
    guard let business = facts.businesses[ticket.principal.businessID] else {
      throw .notFound("business")
    }
    if case .draft(let draft) = ticket.wish, let orderID = facts.drafts[draft.id]?.draft.orderID {
      throw BookingError(
        .draftClosed, "this draft was booked", details: [("order_id", .string(orderID))])
    }
    var order: BookedOrder
    var file: DraftFile?
    var summary: [UInt8]?
    switch ticket.wish {
    case .order(let wanted):
      order = try self.order(wanted, ticket, business)
      try requireUnique(ticket, allows: wanted.allowsDuplicate)
    case .draft(let draft):
      guard var locked = facts.drafts[draft.id], locked.draft.principal == ticket.principal.keyID
      else { throw .notFound("draft") }
      guard locked.draft.version == draft.version else {
        throw .versionConflict(is: locked.draft.version, given: draft.version)
      }
      let around = surroundings(of: locked.draft, business)
      let yes = try locked.book(as: ticket.orderID, around)
      try requireUnique(ticket, allows: locked.draft.allowsDuplicate)
      order = BookedOrder(
        orderID: ticket.orderID, businessID: business.id, source: locked.draft.source,
        customerName: locked.draft.customerName ?? "",
        customerPhone: locked.draft.customerPhone ?? "", lines: locked.draft.lines,
        notes: locked.draft.notes, slotID: locked.draft.slotID, currency: business.currency,
        principal: ticket.principal.keyID, draftID: locked.draft.id, confirmationID: yes.id,
        createdAt: facts.now, updatedAt: facts.now)
      summary = CanonicalJSON.bytes(
        of: locked.draft.summary(currency: business.currency, slot: around.slot))
      file = locked
    }
    try takeSlot(&order, business)
    return write(order, ticket, business, file, summary)
  }

  private func order(
    _ wanted: OrderRequest, _ ticket: CreateTicket, _ business: Business
  ) throws(BookingError) -> BookedOrder {
    var lines: [BookedLine] = []
    var problems: [InputProblem] = []
    for (i, line) in wanted.lines.enumerated() {
      if business.hasCatalogue {
        let name = line.itemID.map { CreateFacts.ItemName(businessID: business.id, itemID: $0) }
        if let item = name.flatMap({ facts.items[$0] }), item.isActive {
          lines.append(
            BookedLine(
              itemID: item.id, name: item.name, quantity: line.quantity,
              unitPrice: item.unitPrice))
        } else {
          let says =
            line.itemID == nil ? "name an item of the catalogue" : "is not in the catalogue"
          problems.append(.init("$.payload.items[\(i)].id", .notAllowed, says))
        }
      } else if let name = line.name {
        lines.append(BookedLine(itemID: nil, name: name, quantity: line.quantity, unitPrice: nil))
      } else {
        problems.append(
          .init("$.payload.items[\(i)].id", .notAllowed, "there is no catalogue; give a name"))
      }
    }
    guard problems.isEmpty else {
      throw BookingError(.unknownItem, "not all items are known", problems: problems)
    }
    if business.requiresSlot, wanted.slotID == nil {
      throw BookingError(
        .fieldsMissing, "this business takes orders for a time slot only",
        problems: [.init("$.payload.slot_id", .missing, "is required")])
    }
    return BookedOrder(
      orderID: ticket.orderID, businessID: business.id, source: .manual,
      customerName: wanted.customerName, customerPhone: wanted.customerPhone, lines: lines,
      notes: wanted.notes, slotID: wanted.slotID, currency: business.currency,
      principal: ticket.principal.keyID, createdAt: facts.now, updatedAt: facts.now)
  }

  private func requireUnique(_ ticket: CreateTicket, allows: Bool) throws(BookingError) {
    guard !allows, let earlier = facts.fingerprints[ticket.fingerprint] else { return }
    throw .duplicate(of: earlier)
  }

  private mutating func takeSlot(
    _ order: inout BookedOrder, _ business: Business
  ) throws(BookingError) {
    guard let id = order.slotID else { return }
    let name = CreateFacts.ItemName(businessID: business.id, itemID: id)
    guard let slot = facts.slots[name], slot.canBeTaken(at: facts.now) else {
      throw .slotGone(id)
    }
    order.slotTimes = SlotTimes(startsAt: slot.startsAt, endsAt: slot.endsAt)
    facts.slots[name]?.taken += 1
    writes.slots[name, default: 0] += 1
  }

  private func surroundings(
    of draft: Draft, _ business: Business
  ) -> DraftFile.Surroundings {
    var items: [String: CatalogueItem] = [:]
    for id in draft.lines.compactMap(\.itemID) {
      items[id] = facts.items[CreateFacts.ItemName(businessID: business.id, itemID: id)]
    }
    let slot = draft.slotID.flatMap {
      facts.slots[CreateFacts.ItemName(businessID: business.id, itemID: $0)]
    }
    return DraftFile.Surroundings(
      business: business, items: items, slot: slot, earlier: facts.fingerprints,
      ordersThisHour: facts.ordersThisHour[business.id] ?? 0, now: facts.now)
  }

  // MARK: Writing down

  private mutating func write(
    _ order: BookedOrder, _ ticket: CreateTicket, _ business: Business, _ file: DraftFile?,
    _ summary: [UInt8]?
  ) -> CreateOutcome {
    let answer = order.envelope(correlationID: ticket.correlationID).bytes
    facts.fingerprints[ticket.fingerprint] = order.orderID
    if order.source == .ai { facts.ordersThisHour[business.id, default: 0] += 1 }
    if let file {
      facts.drafts[file.draft.id] = file
      writes.drafts.append(file)
    }
    writes.bookings.append(
      .init(
        order: order, fingerprint: ticket.fingerprint, body: ticket.body,
        rawDigest: ticket.rawDigest, correlationID: ticket.correlationID, business: business,
        summary: summary))
    if let name = ticket.key {
      facts.keys[name] = StoredKey(
        state: .completed, digest: ticket.digest, status: 201, answer: answer,
        orderID: order.orderID, createdAt: facts.now)
      remember(
        .init(
          name: name, state: .completed, rawDigest: ticket.rawDigest, digest: ticket.digest,
          status: 201, code: nil, answer: answer, orderID: order.orderID))
    }
    return .booked(status: 201, body: answer, orderID: order.orderID, business: business.id)
  }

  private mutating func remember(_ key: CreateWrites.KeyWrite) {
    if let place = keyPlaces[key.name] {
      writes.keys[place] = key
    } else {
      keyPlaces[key.name] = writes.keys.count
      writes.keys.append(key)
    }
  }

  /// The failed mark: the key stays bound to its request, which may be tried again.
  private mutating func note(_ ticket: CreateTicket, _ error: BookingError) {
    guard let name = ticket.key, error.code != .notFound, error.code.status < 500 else { return }
    facts.keys[name] = StoredKey(
      state: .failed, digest: ticket.digest, status: error.code.status, answer: [], orderID: nil,
      createdAt: facts.now)
    remember(
      .init(
        name: name, state: .failed, rawDigest: ticket.rawDigest, digest: ticket.digest,
        status: error.code.status, code: error.code.rawValue, answer: nil, orderID: nil))
  }
}
