import Booking
import Kit
import Postgres

/// Takes the transaction's locks on names: keys and fingerprints that may not exist as rows yet. Always
/// sorted, whoever asks: no two batches wait for each other in a ring. Another name with the same number
/// only waits needlessly.
struct LockNames: PostgresStatement {
  static let sql = "select count(pg_advisory_xact_lock(n)) from unnest($1::bigint[]) n"
  let numbers: [Int64]

  init(_ tickets: [CreateTicket]) {
    var numbers: Set<Int64> = []
    for ticket in tickets {
      if let key = ticket.key { numbers.insert(Self.number(of: key)) }
      numbers.insert(Self.number(of: ticket.fingerprint))
      // How many an agent may book within the hour is counted one batch after the other.
      if case .draft = ticket.wish {
        numbers.insert(Self.hash("hour\u{0}" + ticket.principal.businessID))
      }
    }
    self.numbers = numbers.sorted()
  }

  func bind(_ b: inout PostgresBindings) { b.append(numbers) }

  private static func number(of key: KeyName) -> Int64 {
    hash("\(key.businessID)\u{0}\(key.principal)\u{0}\(key.operation)\u{0}\(key.key)")
  }

  private static func number(of fingerprint: [UInt8]) -> Int64 {
    fingerprint.prefix(8).reduce(0) { $0 << 8 | Int64($1) }
  }

  /// FNV-1a.
  private static func hash(_ text: String) -> Int64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return Int64(bitPattern: hash)
  }
}

struct ReadKeys: PostgresStatement {
  static let sql = """
    select k.business_id, k.principal, k.operation, k.key, k.state, k.canonical_sha256, k.status,
      k.answer, k.order_id, k.created_at
    from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as u (b, p, o, k)
    join idempotency_keys k on k.business_id = u.b and k.principal = u.p and k.operation = u.o
      and k.key = u.k
    """
  let names: [KeyName]
  func bind(_ b: inout PostgresBindings) {
    b.append(names.map(\.businessID))
    b.append(names.map(\.principal))
    b.append(names.map(\.operation))
    b.append(names.map(\.key))
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> (name: KeyName, key: StoredKey) {
    (
      KeyName(
        businessID: try r.string(0), principal: try r.string(1), operation: try r.string(2),
        key: try r.string(3)),
      StoredKey(
        state: StoredKey.State(rawValue: try r.string(4)) ?? .failed, digest: try r.bytes(5),
        status: try r.int(6), answer: try r.bytesOrNil(7) ?? [], orderID: try r.stringOrNil(8),
        createdAt: try r.timestamp(9))
    )
  }
}

/// Orders of the last five minutes that are like these; cancelled ones do not stand in the way. The
/// statement's time may be a little older than a row that was waited for: hence the next window too.
struct ReadFingerprints: PostgresStatement {
  static let sql = """
    select u.f, b.order_id
    from (select coalesce($2::timestamptz, statement_timestamp()) as now) t,
      unnest($1::bytea[]) as u (f),
      -- With its limit this stays one look-up a fingerprint, whatever the planner thinks of the table.
      lateral (
        select k.order_id from bookings k
        where k.fingerprint = u.f and k.created_at > t.now - make_interval(secs => $3)
          and k.fingerprint_window in (
            floor(extract(epoch from t.now) / $3)::bigint - 1,
            floor(extract(epoch from t.now) / $3)::bigint,
            floor(extract(epoch from t.now) / $3)::bigint + 1)
          and (select o.status from orders o where o.order_id = k.order_id) <> 'cancelled'
        order by k.created_at desc limit 1
      ) b
    """
  let fingerprints: [[UInt8]]
  let now: Timestamp?
  func bind(_ b: inout PostgresBindings) {
    b.append(fingerprints.map { Optional($0) })
    b.append(now)
    b.append(Fingerprint.window.seconds)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> (fingerprint: [UInt8], orderID: String)
  {
    (try r.bytes(0), try r.string(1))
  }

  static func window(of moment: Timestamp) -> Int64 {
    moment.microseconds / Fingerprint.window.microseconds
  }
}

struct ReadItems: PostgresStatement {
  static let sql = """
    select c.business_id, c.item_id, c.name, c.unit_price::text, c.is_active
    from unnest($1::text[], $2::text[]) as u (b, i)
    join catalogue_items c on c.business_id = u.b and c.item_id = u.i
    """
  let names: [CreateFacts.ItemName]
  func bind(_ b: inout PostgresBindings) {
    b.append(names.map(\.businessID))
    b.append(names.map(\.itemID))
  }
  static func row(
    _ r: PostgresRow
  ) throws(PostgresError) -> (name: CreateFacts.ItemName, item: CatalogueItem) {
    (
      CreateFacts.ItemName(businessID: try r.string(0), itemID: try r.string(1)),
      CatalogueItem(
        id: try r.string(1), name: try r.string(2),
        unitPrice: Amount.hundredths(try r.string(3)) ?? 0, isActive: try r.bool(4))
    )
  }
}

/// Locks the slots, in the order of their names.
struct LockSlots: PostgresStatement {
  static let sql = """
    select s.business_id, s.slot_id, s.starts_at, s.ends_at, s.capacity, s.taken
    from booking_slots s
    where (s.business_id, s.slot_id) in (select * from unnest($1::text[], $2::text[]))
    order by s.business_id, s.slot_id
    for update
    """
  let names: [CreateFacts.ItemName]
  func bind(_ b: inout PostgresBindings) {
    b.append(names.map(\.businessID))
    b.append(names.map(\.itemID))
  }
  static func row(
    _ r: PostgresRow
  ) throws(PostgresError) -> (name: CreateFacts.ItemName, slot: Slot) {
    (
      CreateFacts.ItemName(businessID: try r.string(0), itemID: try r.string(1)),
      Slot(
        id: try r.string(1), startsAt: try r.timestamp(2), endsAt: try r.timestamp(3),
        capacity: try r.int(4), taken: try r.int(5))
    )
  }
}

/// Bookings by agents within the last hour, where their number is limited; else none are counted.
struct CountThisHour: PostgresStatement {
  static let sql = """
    select u.b, case when c.orders_per_hour_max is null then 0 else (
      select count(*) from bookings k
      where k.business_id = u.b and k.source = 'ai'
        and k.created_at > coalesce($2::timestamptz, statement_timestamp()) - interval '1 hour') end
    from unnest($1::text[]) as u (b) join ai_capabilities c on c.business_id = u.b
    """
  let businessIDs: [String]
  let now: Timestamp?
  func bind(_ b: inout PostgresBindings) {
    b.append(businessIDs)
    b.append(now)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> (businessID: String, count: Int) {
    (try r.string(0), try r.int(1))
  }
}
