public import Booking
public import Kit
import Ledger
import Postgres

/// What a business sells, and when.
extension BookingService {
  public func items(
    after: String = "", limit: Int, by caller: Caller
  ) async throws(BookingError) -> [CatalogueItem] {
    try caller.principal.require(.read)
    return try await asking { () async throws(PostgresError) in
      try await ledger.catalogue(of: caller.principal.businessID, after: after, limit: limit)
    }
  }

  public func write(_ item: CatalogueItem, by caller: Caller) async throws(BookingError) {
    try caller.principal.require(.catalogue)
    try await asking { () async throws(PostgresError) in
      try await ledger.write(item, of: caller.principal.businessID)
    }
  }

  public func freeSlots(
    from: Timestamp?, limit: Int, by caller: Caller
  ) async throws(BookingError) -> [Slot] {
    try caller.principal.require(.read)
    return try await asking { () async throws(PostgresError) in
      try await ledger.freeSlots(
        of: caller.principal.businessID, from: from ?? .now(), limit: limit)
    }
  }

  public func slot(_ id: String, by caller: Caller) async throws(BookingError) -> Slot {
    try caller.principal.require(.read)
    let found = try await asking { () async throws(PostgresError) in
      try await ledger.slot(id, of: caller.principal.businessID)
    }
    guard let found else { throw .notFound("time slot") }
    return found
  }

  /// - Throws: `BookingError` `.slotUnavailable` when more places are taken than would be left.
  public func write(_ slot: Slot, by caller: Caller) async throws(BookingError) {
    try caller.principal.require(.catalogue)
    do throws(PostgresError) {
      try await ledger.write(slot, of: caller.principal.businessID)
    } catch {
      guard error.sqlState == "23514" else {
        log.error("a slot was not stored", ["why": error.debugDescription])
        throw BookingError(error)
      }
      throw BookingError(
        .slotUnavailable, "a slot ends after it starts, and has room for what is booked in it")
    }
  }
}
