public import Booking
public import Kit
public import Postgres

struct WriteCatalogueItem: PostgresStatement {
  static let sql = """
    insert into catalogue_items (business_id, item_id, name, unit_price, is_active)
    values ($1, $2, $3, $4::text::numeric, $5)
    on conflict (business_id, item_id) do update set name = excluded.name,
      unit_price = excluded.unit_price, is_active = excluded.is_active, updated_at = now()
    """
  let businessID: String
  let item: CatalogueItem
  func bind(_ b: inout PostgresBindings) {
    b.append(businessID)
    b.append(item.id)
    b.append(item.name)
    b.append(Amount.text(item.unitPrice))
    b.append(item.isActive)
  }
}

struct ReadCatalogue: PostgresStatement {
  static let sql = """
    select item_id, name, unit_price::text, is_active from catalogue_items
    where business_id = $1 and is_active and item_id > $2 order by item_id limit $3
    """
  let businessID: String
  let after: String
  let limit: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(businessID)
    b.append(after)
    b.append(limit)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> CatalogueItem {
    CatalogueItem(
      id: try r.string(0), name: try r.string(1),
      unitPrice: Amount.hundredths(try r.string(2)) ?? 0, isActive: try r.bool(3))
  }
}

struct WriteSlot: PostgresStatement {
  static let sql = """
    insert into booking_slots (business_id, slot_id, starts_at, ends_at, capacity)
    values ($1, $2, $3, $4, $5)
    on conflict (business_id, slot_id) do update set starts_at = excluded.starts_at,
      ends_at = excluded.ends_at, capacity = excluded.capacity
    """
  let businessID: String
  let slot: Slot
  func bind(_ b: inout PostgresBindings) {
    b.append(businessID)
    b.append(slot.id)
    b.append(slot.startsAt)
    b.append(slot.endsAt)
    b.append(Int32(clamping: slot.capacity))
  }
}

/// Free slots in the order of time, from a moment on.
struct ReadSlots: PostgresStatement {
  static let sql = """
    select slot_id, starts_at, ends_at, capacity, taken from booking_slots
    where business_id = $1 and starts_at >= $2 and taken < capacity
    order by starts_at, slot_id limit $3
    """
  let businessID: String
  let from: Timestamp
  let limit: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(businessID)
    b.append(from)
    b.append(limit)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Slot {
    Slot(
      id: try r.string(0), startsAt: try r.timestamp(1), endsAt: try r.timestamp(2),
      capacity: try r.int(3), taken: try r.int(4))
  }
}

/// One slot, with its start as the business's own clock shows it, in words for a customer.
struct ReadSlot: PostgresStatement {
  static let sql = """
    select s.slot_id, s.starts_at, s.ends_at, s.capacity, s.taken,
      to_char(s.starts_at at time zone b.time_zone, 'FMDD FMMonth YYYY, HH24:MI')
        || ' (' || b.time_zone || ')'
    from booking_slots s join businesses b using (business_id)
    where s.business_id = $1 and s.slot_id = $2
    """
  let businessID: String
  let slotID: String
  func bind(_ b: inout PostgresBindings) {
    b.append(businessID)
    b.append(slotID)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Slot {
    var slot = try ReadSlots.row(r)
    slot.localStart = try r.string(5)
    return slot
  }
}

/// The free slots nearest to a moment, before or after it.
struct ReadNearestSlots: PostgresStatement {
  static let sql = """
    select slot_id, starts_at, ends_at, capacity, taken from (
      (select * from booking_slots where business_id = $1 and starts_at >= $2 and taken < capacity
        and starts_at > $3 order by starts_at limit $4)
      union all
      (select * from booking_slots where business_id = $1 and starts_at < $2 and taken < capacity
        and starts_at > $3 order by starts_at desc limit $4)
    ) near
    order by abs(extract(epoch from starts_at - $2)), slot_id limit $4
    """
  let businessID: String
  let around: Timestamp
  let now: Timestamp
  let limit: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(businessID)
    b.append(around)
    b.append(now)
    b.append(limit)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Slot { try ReadSlots.row(r) }
}

extension Ledger {
  public func write(_ item: CatalogueItem, of businessID: String) async throws(PostgresError) {
    try await pool.query(
      WriteCatalogueItem(businessID: businessID, item: item), deadline: limits.queryDeadline)
  }

  public func catalogue(
    of businessID: String, after: String = "", limit: Int
  ) async throws(PostgresError) -> [CatalogueItem] {
    try await pool.query(
      ReadCatalogue(businessID: businessID, after: after, limit: limit),
      deadline: limits.queryDeadline)
  }

  public func items(
    _ ids: [String], of businessID: String
  ) async throws(PostgresError) -> [String: CatalogueItem] {
    guard !ids.isEmpty else { return [:] }
    let names = Set(ids).map { CreateFacts.ItemName(businessID: businessID, itemID: $0) }
    var found: [String: CatalogueItem] = [:]
    for row in try await pool.query(ReadItems(names: names), deadline: limits.queryDeadline) {
      found[row.item.id] = row.item
    }
    return found
  }

  /// - Throws: `PostgresError` 23514 when fewer places would be left than are taken.
  public func write(_ slot: Slot, of businessID: String) async throws(PostgresError) {
    try await pool.query(
      WriteSlot(businessID: businessID, slot: slot), deadline: limits.queryDeadline)
  }

  public func slot(_ id: String, of businessID: String) async throws(PostgresError) -> Slot? {
    try await pool.query(
      ReadSlot(businessID: businessID, slotID: id), deadline: limits.queryDeadline
    ).first
  }

  public func freeSlots(
    of businessID: String, from: Timestamp, limit: Int
  ) async throws(PostgresError) -> [Slot] {
    try await pool.query(
      ReadSlots(businessID: businessID, from: from, limit: limit), deadline: limits.queryDeadline)
  }

  public func nearestSlots(
    of businessID: String, around: Timestamp, now: Timestamp, limit: Int
  ) async throws(PostgresError) -> [Slot] {
    try await pool.query(
      ReadNearestSlots(businessID: businessID, around: around, now: now, limit: limit),
      deadline: limits.queryDeadline)
  }
}
