public import Postgres

extension Ledger {
  /// The push of a shop that is under way under this ordinal; `nil` when it is over.
  public func push(_ ordinal: Int, of shopID: String) async throws(PostgresError) -> OfferPush? {
    try await pool.query(
      ReadPush(shopID: shopID, ordinal: ordinal), deadline: limits.queryDeadline
    ).first
  }

  /// What each listing of a shop needs, what is kept back of it, and what is free of the parts.
  public func offerBasis(
    of shopID: String
  ) async throws(PostgresError) -> (
    bills: [String: [Int64: Int64]], buffers: [String: Int64], free: [Int64: Int64]
  ) {
    var bills: [String: [Int64: Int64]] = [:]
    var buffers: [String: Int64] = [:]
    var free: [Int64: Int64] = [:]
    for row in try await pool.query(
      ReadOfferBasis(shopID: shopID), deadline: limits.queryDeadline)
    {
      bills[row.sku, default: [:]][row.componentID] = row.pieces
      buffers[row.sku] = row.buffer
      free[row.componentID] = row.free
    }
    return (bills, buffers, free)
  }

  /// Notes the quantities that are wanted now, and plans one push of all that the marketplace does
  /// not show, unless one is under way: the newest quantity wins, and no file overtakes another.
  /// - Returns: whether one was planned.
  public func planOffers(
    _ wanted: [(sku: String, quantity: Int64)], shop: String, lane: String, deadline: Duration
  ) async throws(PostgresError) -> Bool {
    let plan = PlanOffers(
      now: clock(), shopID: shop, lane: lane, wanted: wanted, deadline: deadline)
    return try await pool.query(plan, deadline: limits.queryDeadline).contains { $0 != nil }
  }

  /// What a live look showed; `nil`: there is no such offer.
  public func noteSeen(
    _ seen: [(sku: String, quantity: Int64?)], shop: String
  ) async throws(PostgresError) {
    _ = try await pool.query(
      NoteSeenOffers(shopID: shop, now: clock(), seen: seen), deadline: limits.queryDeadline)
  }

  public func offers(
    after: (shopID: String, sku: String) = ("", ""), limit: Int = 100
  ) async throws(PostgresError) -> [OfferRow] {
    try await pool.query(ReadOffers(after: after, limit: limit), deadline: limits.queryDeadline)
  }
}
