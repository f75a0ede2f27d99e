import Kit
public import People
import Postgres

extension Ledger {
  /// Rows of one statement of an import.
  private static let importBatch = 1_000
  /// Of a file that the database gives up for another transaction.
  private static let importTriesMax = 5

  /// Writes a checked file, whole or not at all.
  /// - Parameter staged: where it is kept, if it is: it is applied once.
  /// - Returns: the import's number.
  /// - Throws: `FileIsGone`; `PostgresError`: 23505 when a barcode went to another part meanwhile, 23514 when a row
  ///   takes more than there is.
  public func apply(
    _ file: StockImport, staged: Int64? = nil, by actor: Actor
  ) async throws -> Int64 {
    var file = file
    // As `SaveComponents` takes them: two files at once never wait in a ring for parts that are new.
    file.rows.sort { $0.draft.code.utf8.lexicographicallyPrecedes($1.draft.code.utf8) }
    var tries = 1
    while true {
      do {
        return try await write(file, staged: staged, by: actor)
      } catch let error as PostgresError
        where error.sqlState == "40P01" && tries < Self.importTriesMax
      {
        tries += 1
      }
    }
  }

  private func write(
    _ file: StockImport, staged: Int64?, by actor: Actor
  ) async throws -> Int64 {
    let (deadline, now) = (limits.queryDeadline, try await readClock())
    return try await pool.transaction(deadline: deadline * 10) { connection in
      try await take(staged, on: connection)
      // All stock before the first part: a new barcode locks a part against every row that refers to it,
      // and whoever books stock holds its lock when writing one.
      _ = try await connection.query(
        LockComponents(codes: file.rows.map(\.draft.code)), deadline: deadline)
      let ids = try await connection.query(
        InsertImport(file: file, actor: actor.name, now: now), deadline: deadline)
      let importID = ids.first ?? 0
      let batches = stride(from: 0, to: file.rows.count, by: Self.importBatch).map { at in
        Array(file.rows[at..<min(at + Self.importBatch, file.rows.count)])
      }
      for rows in batches {
        _ = try await connection.query(
          SaveComponents(drafts: rows.map(\.draft)), deadline: deadline)
      }
      // Those that are new, before the first change of stock.
      _ = try await connection.query(
        LockComponents(codes: file.rows.map(\.draft.code)), deadline: deadline)
      for rows in batches {
        let moving = rows.filter { $0.change != nil || $0.onHand != nil }
        if moving.isEmpty { continue }
        _ = try await connection.query(
          ImportStock(rows: moving, importID: importID, actor: actor.name, now: now),
          deadline: deadline)
      }
      let words = "\(file.fileName): \(file.rows.count) rows, \(file.refused) refused"
      _ = try await connection.query(
        RecordActs([Act(actor, "stock.import", on: "import:\(importID)", words)]),
        deadline: deadline)
      return importID
    }
  }

  /// Books the opposite of everything that an import booked. Again, it books nothing.
  /// - Returns: how many movements were written.
  /// - Throws: a `PostgresError` of state 23514 when what it brought has left already.
  public func undo(importID: Int64, by actor: Actor) async throws -> Int {
    try await acting(UndoImport(importID: importID, actor: actor.name, now: clock())) { rows in
      rows.isEmpty ? nil : Act(actor, "stock.import_undo", on: "import:\(importID)")
    }.count
  }
}
