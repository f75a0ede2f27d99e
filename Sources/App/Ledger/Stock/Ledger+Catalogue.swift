import Kit
public import People
public import Postgres

extension Ledger {
  /// Rows of one statement of a file.
  private static let catalogueBatch = 1_000

  /// Writes a checked file of variants or mappings, whole or not at all, with the act that it is.
  /// - Parameter staged: where it is kept, if it is: it is applied once.
  /// - Returns: how many open orders took their parts on.
  /// - Throws: `UnknownComponent` when a part or a variant went meanwhile, `FileIsGone`, or
  ///   `PostgresError`.
  public func apply(
    _ file: CatalogueImport, staged: Int64? = nil, by actor: Actor
  ) async throws -> Int {
    let (deadline, now) = (limits.queryDeadline, clock())
    return try await pool.transaction(deadline: deadline * 10) { connection in
      try await take(staged, on: connection)
      // Base products, then variants, then mappings, each in the order of their bytes: two files at once
      // never wait for each other in a ring, however many statements they take.
      try await writeBases(of: file.variants, on: connection)
      let variants = file.variants.sorted {
        $0.internalSKU.utf8.lexicographicallyPrecedes($1.internalSKU.utf8)
      }
      for drafts in Self.batches(variants) {
        try await write(drafts, on: connection)
      }
      let sorted = file.mappings.sorted { one, other in
        one.shopSKU.utf8.elementsEqual(other.shopSKU.utf8)
          ? one.shopID.utf8.lexicographicallyPrecedes(other.shopID.utf8)
          : one.shopSKU.utf8.lexicographicallyPrecedes(other.shopSKU.utf8)
      }
      for mappings in Self.batches(sorted) {
        let written = try await connection.query(
          WriteMappings(mappings: mappings, actor: actor.name), deadline: deadline)
        guard written.count == mappings.count else { throw UnknownComponent() }
      }
      let taken = try await connection.query(
        TakeWaitingParts(now: now), deadline: limits.wideDeadline)
      let rows = file.variants.count + file.mappings.count
      let what = file.variants.isEmpty ? "skus" : "variants"
      let act = Act(
        actor, "stock.import", on: what, "\(file.fileName): \(rows) rows, \(file.refused) refused")
      _ = try await connection.query(RecordActs([act]), deadline: deadline)
      return taken.first ?? 0
    }
  }

  private static func batches<Row>(_ rows: [Row]) -> [[Row]] {
    stride(from: 0, to: rows.count, by: catalogueBatch).map {
      Array(rows[$0..<min($0 + catalogueBatch, rows.count)])
    }
  }

  /// Those of these SKUs that are variants of ours.
  public func knownVariants(_ skus: [String]) async throws(PostgresError) -> Set<String> {
    Set(try await pool.query(FindVariants(skus: skus), deadline: limits.queryDeadline))
  }

  public func shopIDs() async throws(PostgresError) -> Set<String> {
    Set(try await pool.query(ReadShopIDs(), deadline: limits.queryDeadline))
  }
}
