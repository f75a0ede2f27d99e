public import Kit
public import People
public import Postgres
import Stock

/// What people do to parts, variants and the map of SKUs. Whoever calls has checked what they typed;
/// the database refuses what is impossible.
extension Ledger {
  // MARK: Parts

  /// Makes the components that are new and changes the others.
  /// - Returns: the number of each code.
  /// - Throws: a `PostgresError` of state 23505 when a barcode belongs to another part.
  public func save(
    _ drafts: [ComponentDraft], as act: Act? = nil
  ) async throws -> [String: Int64] {
    let rows = try await acting(SaveComponents(drafts: drafts)) { _ in act }
    return Dictionary(rows.map { ($0.code, $0.id) }) { first, _ in first }
  }

  public struct KnownComponent: Error {}

  /// A part that is new, and how many of it there are: both or neither. Without pieces, one that is
  /// known is changed.
  /// - Throws: `KnownComponent` when there are pieces of one that is known, else as `save`; nothing is
  ///   changed then.
  public func add(_ draft: ComponentDraft, pieces: Int64, by actor: Actor) async throws {
    let (deadline, now) = (limits.queryDeadline, try await readClock())
    try await pool.transaction(deadline: deadline) { connection in
      let saved = try await connection.query(SaveComponents(drafts: [draft]), deadline: deadline)
      guard let (_, id, isNew) = saved.first else { return }
      if pieces > 0 {
        guard isNew else { throw KnownComponent() }
        let booking = PartBooking(componentID: id, delta: pieces, kind: .received)
        _ = try await connection.query(
          BookParts(now: now, actor: actor.name, covers: false, bookings: [booking]),
          deadline: deadline)
      }
      let act = Act(
        actor, isNew ? "stock.add" : "stock.edit", on: "component:" + draft.code,
        pieces > 0 ? "\(pieces)" : "")
      _ = try await connection.query(RecordActs([act]), deadline: deadline)
    }
  }

  /// - Returns: whether the barcode means that component now; `nil` when there is no such component.
  public func add(barcode: String, to code: String, as act: Act? = nil) async throws -> Bool? {
    try await acting(AddBarcode(barcode: barcode, code: code)) { $0.first == true ? act : nil }
      .first
  }

  /// - Returns: whether the barcode was that component's; `nil` when there is no such component.
  public func remove(barcode: String, from code: String, as act: Act? = nil) async throws -> Bool? {
    try await acting(RemoveBarcode(barcode: barcode, code: code)) { $0.first == true ? act : nil }
      .first
  }

  public func components(_ filter: ComponentFilter) async throws(PostgresError) -> [ComponentRow] {
    filter.lowOnly
      ? try await pool.query(
        ReadLowComponents(limit: filter.limit), deadline: limits.queryDeadline)
      : try await pool.query(ReadComponents(filter: filter), deadline: limits.queryDeadline)
  }

  public func component(_ code: String) async throws(PostgresError) -> ComponentRow? {
    try await pool.query(ReadComponent(code: code), deadline: limits.queryDeadline).first
  }

  /// What there is of names that somebody typed.
  public struct Known: Sendable {
    /// By the codes of components: their numbers, and what is on hand of them.
    public var ids: [String: Int64] = [:]
    public var onHand: [String: Int64] = [:]
    /// By barcodes: the codes of their components.
    public var owners: [String: String] = [:]
  }

  /// The components that these codes name, and those that these barcodes mean.
  public func find(
    codes: [String], barcodes: [String] = []
  ) async throws(PostgresError) -> Known {
    var known = Known()
    let find = FindComponents(codes: codes, barcodes: barcodes)
    for row in try await pool.query(find, deadline: limits.queryDeadline) {
      if row.barcode.isEmpty {
        known.ids[row.code] = row.id
        known.onHand[row.code] = row.onHand
      } else {
        known.owners[row.barcode] = row.code
      }
    }
    return known
  }

  public func barcodes(of componentID: Int64) async throws(PostgresError) -> [String] {
    try await pool.query(ReadBarcodes(componentID: componentID), deadline: limits.queryDeadline)
  }

  /// The open orders that hold the part, with how many pieces.
  public func holders(
    of componentID: Int64, limit: Int = 50
  ) async throws(PostgresError) -> [(orderID: String, pieces: Int64)] {
    try await pool.query(
      ReadHolders(componentID: componentID, limit: limit), deadline: limits.queryDeadline)
  }

  // MARK: Movements

  /// Books movements in a transaction of their own, all or none.
  /// - Returns: those that were new.
  /// - Throws: a `PostgresError` of state 23514 when more would leave than there is.
  public func book(
    _ bookings: [PartBooking], by actor: String, covers: Bool = false, as act: Act? = nil
  ) async throws -> [BookedPart] {
    let now = try await readClock()
    return try await acting(
      BookParts(now: now, actor: actor, covers: covers, bookings: bookings)
    ) { $0.isEmpty ? nil : act }
  }

  /// Newest first, a page before the movement `before`.
  public func movements(
    of componentID: Int64? = nil, before: Int64? = nil, limit: Int = 50
  ) async throws(PostgresError) -> [Movement] {
    let before = before ?? .max
    guard let componentID else {
      return try await pool.query(
        ReadMovements(before: before, limit: limit), deadline: limits.queryDeadline)
    }
    return try await pool.query(
      ReadMovementsOf(before: before, limit: limit, componentID: componentID),
      deadline: limits.queryDeadline)
  }

  /// On hand at a moment, from the movements alone.
  public func onHand(of componentID: Int64, at: Timestamp) async throws(PostgresError) -> Int64 {
    try await pool.query(
      ReadOnHandAt(componentID: componentID, at: at), deadline: limits.queryDeadline
    ).first ?? 0
  }

  func readClock() async throws(PostgresError) -> Timestamp {
    try await pool.query(ReadClock(now: clock()), deadline: limits.queryDeadline).first ?? .now()
  }
}
