import Booking
import Cryptography
import Kit
import Testing

/// Every sequence of operations on a draft, up to a depth, against a model so small that one can see
/// that it is right.
@Suite("Every way through a draft")
struct DraftModelTests {
  enum Operation: CaseIterable {
    case items, words, agree, details, summary, yes, no, price, book
    /// The item is taken off the catalogue, or put back.
    case shelf
    /// The last place of the time slot is taken, or given back.
    case place

    static let ofTheDraft = allCases.filter { $0 != .shelf && $0 != .place }
  }

  /// What the model remembers: no digests, no rows, only what was said about which version and price.
  struct Model {
    enum Items { case none, words, lines }
    struct Answer { var version: Int, price: Int64, isYes: Bool }

    var items = Items.none
    var isAgreed = false
    var hasDetails = false
    var version = 1
    var price: Int64 = 450
    var linePrice: Int64 = 0
    var isOnShelf = true
    var hasPlace = true
    var shown: (version: Int, price: Int64)?
    var answers: [Answer] = []
    var isBooked = false

    var isShown: Bool { shown?.version == version && shown?.price == price }
    var isConfirmed: Bool {
      answers.last { $0.version == version && $0.price == price }?.isYes ?? false
    }

    var step: DraftStep {
      if isBooked { return .booked }
      if items != .lines || !isOnShelf { return .collectItems }
      if !isAgreed { return .confirmItems }
      if !hasDetails || !hasPlace { return .collectDetails }
      if !isShown { return .summary }
      return isConfirmed ? .createOrder : .finalConfirmation
    }

    private mutating func touch() {
      version += 1
      shown = nil
    }

    /// - Returns: whether it may be done.
    mutating func apply(_ operation: Operation) -> Bool {
      if operation == .price {
        price = price == 450 ? 460 : 450
        return true
      }
      if operation == .shelf {
        isOnShelf.toggle()
        return true
      }
      if operation == .place {
        hasPlace.toggle()
        return true
      }
      if isBooked { return false }
      switch operation {
      case .items:
        guard isOnShelf else { return false }
        items = .lines
        linePrice = price
        isAgreed = false
        touch()
      case .words:
        items = .words
        isAgreed = false
        touch()
      case .agree:
        guard items == .lines else { return false }
        isAgreed = true
      case .details:
        // The slot is chosen with the first ones.
        guard hasDetails || hasPlace else { return false }
        hasDetails = true
        touch()
      case .summary:
        guard items == .lines, isOnShelf, isAgreed, hasDetails, hasPlace else { return false }
        if linePrice != price {
          linePrice = price
          touch()
        }
        shown = (version, price)
      case .yes, .no:
        guard isShown, isOnShelf, hasPlace else { return false }
        answers.append(Answer(version: version, price: price, isYes: operation == .yes))
      case .book:
        guard step == .createOrder else { return false }
        isBooked = true
      case .price, .shelf, .place: break
      }
      return true
    }
  }

  /// The real thing, under the same operations.
  struct Real {
    var file: DraftFile
    var price: Int64 = 450
    var isOnShelf = true
    var hasPlace = true
    var moment: Int64 = 1_000_000
    var hasNotes = false

    var around: DraftFile.Surroundings {
      DraftFile.Surroundings(
        business: Self.business,
        items: [
          "TEA-1": CatalogueItem(
            id: "TEA-1", name: "Green tea", unitPrice: price, isActive: isOnShelf)
        ],
        slot: Slot(
          id: "s1", startsAt: Timestamp(microseconds: 1),
          endsAt: Timestamp(microseconds: 9_000_000),
          capacity: 1, taken: hasPlace ? 0 : 1), now: Timestamp(microseconds: moment))
    }

    static let business = Business(
      id: "tea-house", name: "Tea House", currency: "CAD", isBookingEnabled: true,
      hasCatalogue: true)

    init() {
      var draft = Draft(
        id: UUIDv7(high: 1, low: 1), businessID: "tea-house", principal: "key_1",
        expiresAt: Timestamp(microseconds: 1_000_000_000_000))
      draft.offered = ["TEA-1"]
      file = DraftFile(draft)
    }

    mutating func apply(_ operation: Operation) -> Bool {
      moment += 1
      do throws(BookingError) {
        switch operation {
        case .items:
          try file.setItems(
            [RequestedLine(itemID: "TEA-1", name: nil, quantity: 2)], around)
        case .words:
          try file.setItems(
            [RequestedLine(itemID: nil, name: "tea", quantity: 2)],
            candidates: [[CatalogueItem(id: "TEA-1", name: "Green tea", unitPrice: price)]], around)
        case .agree: try file.confirmItems(digest: file.draft.itemsDigest, around)
        case .details:
          if file.draft.customerName == nil {
            try file.setDetails(
              DraftDetails(customerName: "Robin", customerPhone: "9025550199", slotID: "s1"), around
            )
          } else {
            hasNotes.toggle()
            try file.setDetails(DraftDetails(notes: hasNotes ? "ring" : ""), around)
          }
        case .summary: _ = try file.showSummary(around)
        case .yes, .no:
          let id = UUIDv7(high: 2, low: UInt64(moment))
          try file.ask(
            Confirmation(
              id: id, draftID: file.draft.id, draftVersion: file.draft.version,
              digest: file.digest(in: around), channel: .page, level: .mediated,
              principal: "key_1", nonce: [], askedAt: around.now,
              expiresAt: around.now + .hours(1)), around)
          moment += 1
          try file.answer(id, accepts: operation == .yes, words: nil, proof: .nonce, around)
        case .price: price = price == 450 ? 460 : 450
        case .shelf: isOnShelf.toggle()
        case .place: hasPlace.toggle()
        case .book: _ = try file.book(as: "order", around)
        }
        return true
      } catch {
        return false
      }
    }
  }

  private func walk(
    _ operations: [Operation], _ model: Model, _ real: Real, depth: Int, _ path: [Operation],
    _ visited: inout Int, _ booked: inout Int
  ) async {
    guard depth > 0 else { return }
    // So many are walked that other tests, whose calls have deadlines, would wait for their turn in vain.
    if depth == 3 { await Task.yield() }
    for operation in operations {
      var (model, real) = (model, real)
      let before = real.file
      let (may, did) = (model.apply(operation), real.apply(operation))
      visited += 1
      let step = real.file.step(in: real.around)
      guard may == did, step == model.step else {
        Issue.record("\(path + [operation]): \(did), \(step); the model: \(may), \(model.step)")
        continue
      }
      if !did, real.file.draft != before.draft {
        Issue.record("\(path + [operation]): a refusal changed the draft")
      }
      if step == .createOrder, !real.file.missing(in: real.around).isEmpty {
        Issue.record("\(path + [operation]): something is missing at the last step")
      }
      if model.isBooked, operation == .book { booked += 1 }
      await walk(operations, model, real, depth: depth - 1, path + [operation], &visited, &booked)
    }
  }

  @Test("every sequence to depth 6, from the beginning")
  func fromTheBeginning() async {
    var (visited, booked) = (0, 0)
    await walk(Operation.ofTheDraft, Model(), Real(), depth: 6, [], &visited, &booked)
    #expect(visited == (1...6).reduce(0) { sum, n in sum + (0..<n).reduce(1) { k, _ in k * 9 } })
    // items, agree and details in any order that fits, then summary, yes, book.
    #expect(booked == 3)
  }

  @Test(
    "every sequence to depth 5, from a draft that is ready for its summary, whatever item and slot do"
  )
  func fromReady() async {
    var (model, real) = (Model(), Real())
    for operation in [Operation.items, .agree, .details] {
      #expect(model.apply(operation) && real.apply(operation))
    }
    var (visited, booked) = (0, 0)
    await walk(Operation.allCases, model, real, depth: 5, [], &visited, &booked)
    #expect(booked > 10)
  }
}
