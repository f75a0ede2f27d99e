public import People
public import Postgres

extension Ledger {
  /// Makes a variant or changes it, with its bill of materials. Orders that were taken on before keep
  /// the parts that they have; open ones that have none yet take theirs on now.
  /// - Throws: `UnknownComponent` when the bill names one that does not exist (nothing is changed), or
  ///   `PostgresError`.
  public func save(_ draft: VariantDraft, as act: Act? = nil) async throws {
    let (deadline, wide, now) = (limits.queryDeadline, limits.wideDeadline, clock())
    try await pool.transaction(deadline: deadline) { connection in
      try await writeBases(of: [draft], on: connection)
      try await write([draft], on: connection)
      if let act { _ = try await connection.query(RecordActs([act]), deadline: deadline) }
      if draft.bill != nil {
        _ = try await connection.query(TakeWaitingParts(now: now), deadline: wide)
      }
    }
  }

  public struct UnknownComponent: Error {}

  /// The base products of all variants that the caller's transaction will write, before the first of them.
  func writeBases(of drafts: [VariantDraft], on connection: PostgresConnection) async throws {
    guard let bases = SaveBases(drafts) else { return }
    _ = try await connection.query(bases, deadline: limits.wideDeadline)
  }

  /// The variants and their bills, in the caller's transaction.
  func write(_ drafts: [VariantDraft], on connection: PostgresConnection) async throws {
    let deadline = limits.queryDeadline
    _ = try await connection.query(SaveVariants(drafts: drafts), deadline: deadline)
    let bills = WriteBills(drafts: drafts)
    let lines = bills.drafts.reduce(0) { $0 + ($1.bill?.count ?? 0) }
    let written = try await connection.query(bills, deadline: deadline)
    guard written.first == lines else { throw UnknownComponent() }
  }

  /// Maps a shop's SKU to a variant; open orders that wait for it take their parts on.
  /// - Returns: how many orders did; `nil` when there is no such variant.
  public func map(
    _ mapping: MappingDraft, by actor: String, as act: Act? = nil
  ) async throws -> Int? {
    let (deadline, wide, now) = (limits.queryDeadline, limits.wideDeadline, clock())
    return try await pool.transaction(deadline: deadline) { connection in
      let written = try await connection.query(
        WriteMappings(mappings: [mapping], actor: actor), deadline: deadline)
      guard !written.isEmpty else { return nil }
      if let act { _ = try await connection.query(RecordActs([act]), deadline: deadline) }
      return try await connection.query(TakeWaitingParts(now: now), deadline: wide).first
    }
  }

  /// Has open orders whose status is younger than this take on the parts that they wait for: the intake
  /// reads the catalogue before it stores an order, so one can slip past a mapping that is written then.
  /// - Returns: how many did.
  public func takeWaitingParts(within age: Duration) async throws(PostgresError) -> Int {
    try await pool.query(
      TakeWaitingParts(now: clock(), age: age), deadline: limits.wideDeadline
    ).first ?? 0
  }

  public func variants(
    matching text: String = "", after sku: String = "", limit: Int = 50
  ) async throws(PostgresError) -> [VariantRow] {
    try await pool.query(
      ReadVariants(text: text, after: sku, limit: limit), deadline: limits.queryDeadline)
  }

  public func variant(_ internalSKU: String) async throws(PostgresError) -> VariantRow? {
    try await pool.query(ReadVariant(internalSKU: internalSKU), deadline: limits.queryDeadline)
      .first
  }

  public func bill(of variantID: Int64) async throws(PostgresError) -> [BillLine] {
    try await pool.query(ReadBill(variantID: variantID), deadline: limits.queryDeadline)
  }

  public func mappings(
    matching text: String = "", after: (sku: String, shopID: String) = ("", ""), limit: Int = 50
  ) async throws(PostgresError) -> [MappingRow] {
    try await pool.query(
      ReadMappings(text: text, after: after, limit: limit), deadline: limits.queryDeadline)
  }

  /// SKUs that open orders brought and nobody has mapped, those of most lines first.
  public func unmapped(limit: Int = 100) async throws(PostgresError) -> [UnmappedSKU] {
    try await pool.query(ReadUnmapped(limit: limit), deadline: limits.queryDeadline)
  }
}
