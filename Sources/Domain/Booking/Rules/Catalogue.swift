public import Kit

/// One thing that a business sells.
public struct CatalogueItem: Sendable, Equatable {
  public var id: String
  public var name: String
  /// In hundredths of the business's currency.
  public var unitPrice: Int64
  public var isActive: Bool

  public init(id: String, name: String, unitPrice: Int64, isActive: Bool = true) {
    self.id = id
    self.name = name
    self.unitPrice = unitPrice
    self.isActive = isActive
  }

  public var json: JSON {
    .object([
      ("id", .string(id)), ("name", .string(name)), ("unit_price", .string(Amount.text(unitPrice))),
    ])
  }
}

/// Free text against the catalogue. What comes out is for the customer to choose from: nothing is ever
/// picked, not even where only one fits.
public enum CatalogueMatch {
  public static let candidatesMax = 5

  /// The nearest items, best first; empty when nothing resembles the text.
  public static func candidates(for text: String, among items: [CatalogueItem]) -> [CatalogueItem] {
    let wanted = words(of: text)
    guard !wanted.isEmpty else { return [] }
    let scored = items.filter(\.isActive).compactMap { item -> (CatalogueItem, Int)? in
      let found = score(wanted, words(of: item.name) + words(of: item.id))
      return found > 0 ? (item, found) : nil
    }
    return scored.sorted { ($1.1, $0.0.id) < ($0.1, $1.0.id) }.prefix(candidatesMax).map(\.0)
  }

  private static func score(_ wanted: [String], _ offered: [String]) -> Int {
    wanted.reduce(0) { sum, word in
      if offered.contains(word) { return sum + 10 }
      // "teas" for "tea", "lapt" for "laptop".
      let isNear = offered.contains { other in
        min(word.count, other.count) >= 3 && (word.hasPrefix(other) || other.hasPrefix(word))
      }
      return sum + (isNear ? 5 : 0)
    }
  }

  private static func words(of text: String) -> [String] {
    text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
  }
}

/// A time that can be booked.
public struct Slot: Sendable, Equatable {
  public var id: String
  public var startsAt: Timestamp
  public var endsAt: Timestamp
  public var capacity: Int
  public var taken: Int
  /// When it starts on the business's own clock, `21 November 2026, 11:00 (America/Halifax)`; known where
  /// it was read to be shown to a customer.
  public var localStart: String?

  public init(
    id: String, startsAt: Timestamp, endsAt: Timestamp, capacity: Int, taken: Int,
    localStart: String? = nil
  ) {
    self.id = id
    self.startsAt = startsAt
    self.endsAt = endsAt
    self.capacity = capacity
    self.taken = taken
    self.localStart = localStart
  }

  public var free: Int { max(0, capacity - taken) }

  /// One more can be booked in it: a place is free, and it is not over.
  public func canBeTaken(at now: Timestamp) -> Bool { free > 0 && endsAt > now }

  /// For the customer to read. What is digested and signed has the moment itself.
  public var shownStart: String { localStart ?? startsAt.iso8601 }

  public var json: JSON {
    .object([
      ("slot_id", .string(id)), ("starts_at", .string(startsAt.iso8601)),
      ("ends_at", .string(endsAt.iso8601)), ("capacity", .int(Int64(capacity))),
      ("free", .int(Int64(free))),
    ])
  }
}
