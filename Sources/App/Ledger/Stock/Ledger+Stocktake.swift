public import People
public import Postgres

extension Ledger {
  /// A sheet of all active components, or of those of one type.
  /// - Parameter formKey: the same key again is the same sheet.
  /// - Returns: the sheet's number.
  public func openStocktake(
    _ title: String, type: String = "", isBlind: Bool, by actor: Actor, formKey: String? = nil
  ) async throws -> Int64 {
    let opening = OpenStocktake(
      title: title, isBlind: isBlind, actor: actor.name, type: type, now: clock(),
      formKey: formKey)
    let opened = try await acting(opening) {
      $0.first.map { Act(actor, "stock.count_open", on: "stocktake:\($0)", title) }
    }
    if let id = opened.first { return id }
    // A statement of its own: the one that met the other form's sheet may not see it yet.
    let known = try await pool.query(
      FindFormStocktake(formKey: formKey ?? ""), deadline: limits.queryDeadline)
    return known.first ?? 0
  }

  /// Writes a count down, over an earlier one.
  /// - Returns: what is on hand by the movements; `nil` when the part is not on that sheet, or the
  ///   sheet is not open.
  public func count(
    _ code: String, _ pieces: Int64, in stocktakeID: Int64, by actor: Actor
  ) async throws -> Int64? {
    try await acting(
      CountPart(
        stocktakeID: stocktakeID, code: code, counted: pieces, actor: actor.name, now: clock())
    ) { rows in
      rows.isEmpty
        ? nil : Act(actor, "stock.count", on: "stocktake:\(stocktakeID)", "\(code): \(pieces)")
    }.first
  }

  /// Books what differs.
  /// - Returns: how many movements that were; `nil` when the stocktake is not open.
  /// - Throws: a `PostgresError` of state 23514 when a part would fall below nothing.
  public func closeStocktake(
    _ stocktakeID: Int64, by actor: Actor
  ) async throws -> Int? {
    try await acting(
      CloseStocktake(stocktakeID: stocktakeID, actor: actor.name, now: clock())
    ) { rows in
      (rows.first ?? nil).map {
        Act(actor, "stock.count_close", on: "stocktake:\(stocktakeID)", "\($0) booked")
      }
    }.first ?? nil
  }

  /// - Returns: whether it was open.
  public func cancelStocktake(
    _ stocktakeID: Int64, by actor: Actor
  ) async throws -> Bool {
    try await !acting(
      CancelStocktake(stocktakeID: stocktakeID, actor: actor.name, now: clock())
    ) { rows in
      rows.isEmpty ? nil : Act(actor, "stock.count_cancel", on: "stocktake:\(stocktakeID)")
    }.isEmpty
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
