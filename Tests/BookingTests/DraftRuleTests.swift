import Booking
import Kit
import Testing

@Suite("Rules of a draft")
struct DraftRuleTests {
  static let now = Timestamp(microseconds: 1_800_000_000_000_000)

  static func around(
    _ change: (inout Business) -> Void = { _ in }, price: Int64 = 450, slot: Slot? = nil,
    thisHour: Int = 0
  ) -> DraftFile.Surroundings {
    var business = DraftModelTests.Real.business
    change(&business)
    return DraftFile.Surroundings(
      business: business,
      items: ["TEA-1": CatalogueItem(id: "TEA-1", name: "Green tea", unitPrice: price)],
      slot: slot, ordersThisHour: thisHour, now: now)
  }

  static func file(quantity: Int = 2, _ around: DraftFile.Surroundings) throws -> DraftFile {
    var draft = Draft(
      id: UUIDv7(high: 1, low: 1), businessID: "tea-house", principal: "key_1",
      expiresAt: now + .hours(1))
    draft.offered = ["TEA-1"]
    var file = DraftFile(draft)
    try file.setItems([RequestedLine(itemID: "TEA-1", name: nil, quantity: quantity)], around)
    try file.confirmItems(digest: file.draft.itemsDigest, around)
    try file.setDetails(
      DraftDetails(customerName: "Robin", customerPhone: "902 555 0199"), around)
    return file
  }

  /// With one more question.
  static func asked(_ file: DraftFile, _ around: DraftFile.Surroundings) throws -> DraftFile {
    var file = file
    if file.draft.shown == nil { _ = try file.showSummary(around) }
    try file.ask(
      Confirmation(
        id: .make(), draftID: file.draft.id, draftVersion: file.draft.version,
        digest: file.digest(in: around), channel: .page, level: .outOfBand, principal: "key_1",
        nonce: [1], askedAt: around.now, expiresAt: around.now + .minutes(15)), around)
    return file
  }

  static func confirmed(
    _ file: DraftFile, _ around: DraftFile.Surroundings, level: ConfirmationLevel = .outOfBand
  ) throws -> DraftFile {
    var file = file
    _ = try file.showSummary(around)
    let id = UUIDv7(high: 9, low: UInt64(file.confirmations.count))
    try file.ask(
      Confirmation(
        id: id, draftID: file.draft.id, draftVersion: file.draft.version,
        digest: file.digest(in: around), channel: .page, level: level, principal: "key_1",
        nonce: [1], askedAt: around.now, expiresAt: around.now + .minutes(15)), around)
    try file.answer(id, accepts: true, words: "yes", proof: .nonce, around)
    return file
  }

  private func code(_ body: () throws -> Void) -> BookingCode? {
    do { try body() } catch let error as BookingError { return error.code } catch { return nil }
    return nil
  }

  @Test("an id that was not given out in this conversation cannot be ordered")
  func guessed() throws {
    let around = Self.around()
    var file = try Self.file(around)
    file.draft.offered = []
    let before = file
    #expect(
      code {
        try file.setItems([RequestedLine(itemID: "TEA-1", name: nil, quantity: 1)], around)
      } == .unknownItem)
    #expect(file == before)
  }

  @Test("words stay open with their candidates until one of those is chosen")
  func words() throws {
    let around = Self.around()
    var file = try Self.file(around)
    let item = CatalogueItem(id: "TEA-1", name: "Green tea", unitPrice: 450)
    file.draft.offered = []
    try file.setItems(
      [RequestedLine(itemID: nil, name: "green tea", quantity: 3)], candidates: [[item]], around)
    #expect(file.draft.lines.isEmpty)
    #expect(file.draft.open.first?.candidates == [item])
    #expect(file.step(in: around) == .collectItems)
    try file.setItems([RequestedLine(itemID: "TEA-1", name: nil, quantity: 3)], around)
    #expect(file.draft.lines.map(\.quantity) == [3])
  }

  @Test(
    "prices are the server's: a yes to another price is void, and the summary has to be shown anew")
  func price() throws {
    let around = Self.around()
    var file = try Self.confirmed(try Self.file(around), around)
    #expect(file.step(in: around) == .createOrder)
    let dearer = Self.around(price: 500)
    #expect(file.step(in: dearer) == .summary)
    #expect(code { _ = try file.book(as: "o", dearer) } == .confirmationVoid)
    file = try Self.confirmed(file, dearer)
    #expect(try file.book(as: "o", dearer).digest == file.draft.shown)
    #expect(file.draft.lines.total == 1_000)
  }

  @Test("over a limit the business approves this very summary, or nothing is booked")
  func limits() throws {
    for change: @Sendable (inout Business) -> Void in [
      { $0.limits.lineQuantityMax = 5 }, { $0.limits.orderQuantityMax = 5 },
      { $0.limits.orderValueMax = 2_000 }, { $0.limits.ordersPerHourMax = 3 },
    ] {
      let around = Self.around(change, thisHour: 3)
      var file = try Self.confirmed(try Self.file(quantity: 6, around), around)
      #expect(code { _ = try file.book(as: "o", around) } == .approvalRequired)
      #expect(code { try file.approve(digest: [1], around) } == .confirmationVoid)
      // Its people are told once.
      #expect(file.waitsForApproval(in: around))
      let (isNew, isNewAgain) = (file.tellBusiness(around), file.tellBusiness(around))
      #expect(isNew && !isNewAgain)
      try file.approve(digest: file.digest(in: around), around)
      #expect(!file.waitsForApproval(in: around))
      var edited = file
      try edited.setDetails(DraftDetails(notes: "more"), around)
      edited = try Self.confirmed(edited, around)
      #expect(code { _ = try edited.book(as: "o", around) } == .approvalRequired)
      _ = try file.book(as: "o", around)
    }
  }

  @Test("an item on several lines is one item to the limit on it, by its id or by its name")
  func split() throws {
    let around = Self.around { $0.limits.lineQuantityMax = 5 }
    var file = try Self.file(around)
    try file.setItems(
      [3, 3].map { RequestedLine(itemID: "TEA-1", name: nil, quantity: $0) }, around)
    try file.confirmItems(digest: file.draft.itemsDigest, around)
    file = try Self.confirmed(file, around)
    #expect(code { _ = try file.book(as: "o", around) } == .approvalRequired)
    let named = [("Green tea", 3), ("Black tea", 5), (" green  TEA", 3)].map {
      BookedLine(itemID: nil, name: $0.0, quantity: $0.1, unitPrice: nil)
    }
    #expect(
      around.business.limits.exceeded(by: named, ordersThisHour: 0)
        == ["6 of Green tea is more than 5 of one item"])
  }

  @Test("of an item that is not sold any more nothing is shown, asked, answered or booked")
  func gone() throws {
    let around = Self.around()
    var (off, away) = (around, around)
    off.items["TEA-1"]?.isActive = false
    away.items = [:]
    let asked = try Self.asked(try Self.file(around), around)
    let confirmed = try Self.confirmed(try Self.file(around), around)
    for gone in [off, away] {
      var (asked, confirmed) = (asked, confirmed)
      #expect(confirmed.step(in: gone) == .collectItems)
      #expect(confirmed.missing(in: gone).map(\.path) == ["$.items[0].id"])
      #expect(code { _ = try confirmed.showSummary(gone) } == .fieldsMissing)
      #expect(code { _ = try Self.asked(confirmed, gone) } == .fieldsMissing)
      #expect(code { _ = try confirmed.book(as: "o", gone) } == .fieldsMissing)
      let id = try #require(asked.confirmations.last?.id)
      #expect(
        code { try asked.answer(id, accepts: true, words: nil, proof: .nonce, gone) }
          == .confirmationVoid)
      // A no counts whatever it is to.
      try asked.answer(id, accepts: false, words: nil, proof: .nonce, gone)
    }
    // Put back, it is as it was.
    var back = confirmed
    _ = try back.book(as: "o", around)
    // Without a catalogue there is nothing to be taken off.
    off.business.hasCatalogue = false
    #expect(confirmed.goneItems(in: off).isEmpty)
  }

  @Test("of a slot that is full, over or gone nothing is chosen, shown, asked, answered or booked")
  func slot() throws {
    let free = Slot(
      id: "s1", startsAt: Self.now + .hours(1), endsAt: Self.now + .hours(2), capacity: 1, taken: 0)
    let around = Self.around(slot: free)
    var file = try Self.file(around)
    try file.setDetails(DraftDetails(slotID: "s1"), around)
    let asked = try Self.asked(file, around)
    let confirmed = try Self.confirmed(file, around)
    var (full, over, gone) = (around, around, around)
    full.slot?.taken = 1
    over.slot?.endsAt = Self.now
    gone.slot = nil
    for odd in [full, over, gone] {
      var (chosen, asked, confirmed) = (try Self.file(around), asked, confirmed)
      #expect(code { try chosen.setDetails(DraftDetails(slotID: "s1"), odd) } == .slotUnavailable)
      #expect(code { _ = try Self.asked(asked, odd) } == .slotUnavailable || odd.slot == nil)
      #expect(confirmed.fate(of: try #require(confirmed.confirmations.last), in: odd) == .void)
      #expect(code { _ = try confirmed.showSummary(odd) } == .slotUnavailable)
      #expect(code { _ = try confirmed.book(as: "o", odd) } == .slotUnavailable)
      #expect(confirmed.step(in: odd) == .collectDetails)
      #expect(confirmed.missing(in: odd).contains { $0.path == "$.slot_id" })
      let question = try #require(asked.confirmations.last)
      #expect(asked.isOpen(question, in: around) && !asked.isOpen(question, in: odd))
      #expect(
        code { try asked.answer(question.id, accepts: true, words: nil, proof: .nonce, odd) }
          == (odd.slot == nil ? .confirmationVoid : .slotUnavailable))
      try asked.answer(question.id, accepts: false, words: nil, proof: .nonce, odd)
    }
    var back = confirmed
    _ = try back.book(as: "o", around)
  }

  @Test("an order like one of the last minutes is not asked about, unless one more is wanted")
  func duplicate() throws {
    let around = Self.around()
    var file = try Self.confirmed(try Self.file(around), around)
    var again = around
    again.earlier[file.draft.fingerprint] = "o1"
    #expect(file.step(in: again) == .collectDetails)
    #expect(file.missing(in: again).map(\.path) == ["$.allow_duplicate"])
    #expect(code { _ = try file.showSummary(again) } == .duplicateOrder)
    #expect(code { _ = try Self.asked(file, again) } == .duplicateOrder)
    #expect(code { _ = try file.book(as: "o2", again) } == .duplicateOrder)
    try file.setDetails(DraftDetails(allowsDuplicate: true), again)
    file = try Self.confirmed(file, again)
    _ = try file.book(as: "o2", again)
  }

  @Test("a question that reached nobody stands in no other's way, and may be answered after all")
  func undelivered() throws {
    let around = Self.around()
    var file = try Self.file(around)
    _ = try file.showSummary(around)
    for _ in 0..<DraftFile.confirmationsMax + 5 {
      file = try Self.asked(file, around)
      let id = try #require(file.confirmations.last?.id)
      file.noteUndelivered(id, around)
    }
    let late = try #require(file.confirmations.first?.id)
    for _ in 0..<DraftFile.confirmationsMax { file = try Self.asked(file, around) }
    #expect(code { _ = try Self.asked(file, around) } == .draftClosed)
    try file.answer(late, accepts: true, words: nil, proof: .nonce, around)
    #expect(file.step(in: around) == .createOrder)
    // It did reach somebody.
    let before = file
    file.noteUndelivered(late, around)
    #expect(file == before)
  }

  @Test("a yes counts as long after it was given as its question could wait for it, and no longer")
  func life() throws {
    let asked = Self.around()
    var file = try Self.asked(try Self.file(asked), asked)
    let id = try #require(file.confirmations.last?.id)
    var late = asked
    late.now = Self.now + .minutes(14)
    try file.answer(id, accepts: true, words: nil, proof: .nonce, late)
    let yes = try #require(file.confirmations.last)
    var (near, past) = (late, late)
    near.now = Self.now + .minutes(29) - .seconds(1)
    past.now = Self.now + .minutes(29)
    #expect(file.step(in: near) == .createOrder)
    #expect(file.fate(of: yes, in: near) == .waiting(until: Self.now + .minutes(29)))
    #expect(file.fate(of: yes, in: past) == .tooOld)
    #expect(code { _ = try file.book(as: "o", past) } == .confirmationExpired)
    var edited = file
    try edited.setDetails(DraftDetails(notes: "more"), late)
    #expect(edited.fate(of: yes, in: late) == .void)
    var booked = file
    _ = try booked.book(as: "o", near)
    #expect(booked.fate(of: yes, in: past) == .booked(orderID: "o"))
    // The question itself waits no longer than before.
    var slow = try Self.asked(try Self.file(asked), asked)
    let open = try #require(slow.confirmations.last?.id)
    late.now = Self.now + .minutes(15)
    #expect(
      code { try slow.answer(open, accepts: true, words: nil, proof: .nonce, late) }
        == .confirmationExpired)
  }

  @Test("a code is tried five times, and five wrong ones kill the question")
  func codes() throws {
    let around = Self.around()
    var file = try Self.file(around)
    _ = try file.showSummary(around)
    let id = UUIDv7(high: 3, low: 3)
    var question = Confirmation(
      id: id, draftID: file.draft.id, draftVersion: file.draft.version,
      digest: file.digest(in: around), channel: .code, level: .outOfBand, principal: "key_1",
      nonce: [1], askedAt: Self.now, expiresAt: Self.now + .hours(1))
    question.code = [7]
    try file.ask(question, around)
    for _ in 0..<5 {
      #expect(
        code { try file.answer(id, accepts: true, words: nil, proof: .code([8]), around) }
          == .codeWrong)
    }
    #expect(
      code { try file.answer(id, accepts: true, words: nil, proof: .code([7]), around) }
        == .codeWrong)
    #expect(
      code { try file.answer(id, accepts: true, words: nil, proof: .none, around) }
        == .confirmationTooWeak)
  }

  @Test(
    "a business without agents' bookings, a draft too old, cancelled or booked: nothing goes on")
  func closed() throws {
    let around = Self.around()
    let off = Self.around { $0.isBookingEnabled = false }
    var file = try Self.confirmed(try Self.file(around), around)
    #expect(file.step(in: off) == .checkCapability)
    #expect(code { _ = try file.book(as: "o", off) } == .bookingDisabled)
    var old = file
    old.draft.expiresAt = Self.now
    #expect(old.step(in: around) == .expired)
    #expect(code { _ = try old.book(as: "o", around) } == .draftClosed)
    var gone = file
    try gone.cancel(around)
    #expect(code { _ = try gone.book(as: "o", around) } == .draftClosed)
    _ = try file.book(as: "o", around)
    #expect(code { _ = try file.book(as: "p", around) } == .draftClosed)
    #expect(code { try file.setDetails(DraftDetails(notes: "x"), around) } == .draftClosed)
    #expect(file.draft.orderID == "o")
  }

  @Test("what is stored of a draft is read back the same")
  func stored() throws {
    let around = Self.around()
    var file = try Self.confirmed(try Self.file(around), around)
    try file.approve(digest: file.digest(in: around), around)
    file.draft.open = [
      .init(text: "a \"quoted\" \u{1F600}", quantity: 3, candidates: Array(around.items.values))
    ]
    file.draft.notes = "ring\ntwice"
    file.draft.told = [7]
    file.draft.slotID = "s1"
    var copy = Draft(
      id: file.draft.id, businessID: "tea-house", principal: "key_1",
      expiresAt: file.draft.expiresAt)
    copy.version = file.draft.version
    copy.restore(try JSONValue.parse(file.draft.stored.bytes))
    #expect(copy == file.draft)
  }
}
