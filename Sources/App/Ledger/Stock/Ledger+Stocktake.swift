public import Postgres

extension Ledger {
  /// A sheet of all active components, or of those of one type.
  public func openStocktake(
    _ title: String, type: String = "", isBlind: Bool, by actor: String
  ) async throws(PostgresError) -> Int64 {
    try await pool.query(
      OpenStocktake(title: title, isBlind: isBlind, actor: actor, type: type, now: clock()),
      deadline: limits.queryDeadline
    ).first ?? 0
  }

  /// Writes a count down, over an earlier one.
  /// - Returns: what is on hand by the movements; `nil` when the part is not on that sheet, or the
  ///   sheet is not open.
  public func count(
    _ code: String, _ pieces: Int64, in stocktakeID: Int64, by actor: String
  ) async throws(PostgresError) -> Int64? {
    try await pool.query(
      CountPart(stocktakeID: stocktakeID, code: code, counted: pieces, actor: actor, now: clock()),
      deadline: limits.queryDeadline
    ).first
  }

  /// Books what differs.
  /// - Returns: how many movements that were; `nil` when the stocktake is not open.
  /// - Throws: a `PostgresError` of state 23514 when a part would fall below nothing.
  public func closeStocktake(
    _ stocktakeID: Int64, by actor: String
  ) async throws(PostgresError) -> Int? {
    try await pool.query(
      CloseStocktake(stocktakeID: stocktakeID, actor: actor, now: clock()),
      deadline: limits.queryDeadline
    ).first ?? nil
  }

  /// - Returns: whether it was open.
  public func cancelStocktake(
    _ stocktakeID: Int64, by actor: String
  ) async throws(PostgresError) -> Bool {
    try await !pool.query(
      CancelStocktake(stocktakeID: stocktakeID, actor: actor, now: clock()),
      deadline: limits.queryDeadline
    ).isEmpty
  }

  public func stocktakes(limit: Int = 50) async throws(PostgresError) -> [StocktakeRow] {
    try await pool.query(
      ReadStocktakes(stocktakeID: 0, limit: limit), deadline: limits.queryDeadline)
  }

  public func stocktake(_ id: Int64) async throws(PostgresError) -> StocktakeRow? {
    guard id > 0 else { return nil }
    return try await pool.query(
      ReadStocktakes(stocktakeID: id, limit: 1), deadline: limits.queryDeadline
    ).first
  }

  public func lines(
    ofStocktake id: Int64, limit: Int = 500
  ) async throws(PostgresError) -> [StocktakeLine] {
    try await pool.query(
      ReadStocktakeLines(stocktakeID: id, limit: limit), deadline: limits.queryDeadline)
  }
}
