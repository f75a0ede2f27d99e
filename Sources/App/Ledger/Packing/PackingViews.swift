public import Kit
public import Packing
public import Postgres

/// An order that waits to be packed.
public struct PackingTask: Sendable {
  public var orderID: String
  public var shopID: String
  public var shipBy: Timestamp?
  public var labelledAt: Timestamp
  /// The first line's title, and how many lines more there are.
  public var title: String
  public var moreLines: Int
  public var units: Int
  /// Who has it in hand, and in which session; a packer may be empty.
  public var session: UUIDv7?
  public var packer: String?
}

struct ReadPackingQueue: PostgresStatement {
  static let sql = """
    select q.order_id, q.shop_id, q.ship_by, q.labelled_at, coalesce(l.title, ''),
      greatest(l.lines - 1, 0), coalesce(l.units, 0), p.session_id, p.packer
    from packing_queue q
    join orders o using (order_id)
    join shipments s using (order_id)
    left join packing_sessions p on p.order_id = q.order_id and p.state = 'open'
    cross join lateral (
      select count(*) as lines, sum(quantity)::bigint as units,
        (array_agg(coalesce(title, sku, '') order by line_index))[1] as title
      from order_lines where order_id = q.order_id) l
    where not q.is_done and o.status in ('label_created', 'shipped')
      and s.status in ('label_created', 'tracking_updated')
      and not exists (select 1 from order_holds h where h.order_id = q.order_id)
      and ($2::text is null
        or (coalesce(q.ship_by, 'infinity'), q.order_id) > (coalesce($3, 'infinity'), $2))
    order by q.ship_by, q.order_id limit $1
    """
  let limit: Int
  let after: (shipBy: Timestamp?, orderID: String)?
  func bind(_ b: inout PostgresBindings) {
    b.append(limit)
    b.append(after?.orderID)
    b.append(after?.shipBy)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> PackingTask {
    PackingTask(
      orderID: try r.string(0), shopID: try r.string(1), shipBy: try r.timestampOrNil(2),
      labelledAt: try r.timestamp(3), title: try r.string(4), moreLines: try r.int(5),
      units: try r.int(6), session: try r.uuidOrNil(7), packer: try r.stringOrNil(8))
  }
}

/// How many wait, counted up to a bound.
struct CountPackingQueue: PostgresStatement {
  static let most = 1_000
  static let sql = """
    select count(*) from (select from packing_queue where not is_done limit \(most)) q
    """
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int { try r.int(0) }
}

struct FillPackingQueue: PostgresStatement {
  static let sql = """
    select fill_packing_queue(coalesce($1::timestamptz, clock_timestamp()), $2 * interval '1 hour', $3)
    """
  /// Older labels are not shown: that parcel was packed without the bench.
  static let hours = 14.0 * 24
  let now: Timestamp?
  let most: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(Self.hours)
    b.append(Int32(clamping: most))
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int { try r.int(0) }
}

/// One line of the bench's log.
public struct PackingLogEntry: Sendable {
  public var at: Timestamp
  /// By the client's clock, where it was scanned before it could be sent.
  public var capturedAt: Timestamp?
  public var actor: String
  public var kind: String
  public var text: String
  public var code: PackingOutcome.Code
  public var message: String
}

struct ReadPackingLog: PostgresStatement {
  static let sql = """
    select created_at, captured_at, actor, kind, text, outcome, message from packing_scans
    where session_id = $1 order by scan_id desc limit $2
    """
  let session: UUIDv7
  let limit: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(session)
    b.append(limit)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> PackingLogEntry {
    PackingLogEntry(
      at: try r.timestamp(0), capturedAt: try r.timestampOrNil(1), actor: try r.string(2),
      kind: try r.string(3), text: try r.string(4),
      code: PackingOutcome.Code(rawValue: try r.string(5)) ?? .unknownCode, message: try r.string(6)
    )
  }
}

/// All that the bench shows of one session.
public struct PackingView: Sendable {
  public var session: PackingSession
  public var openedAt: Timestamp
  public var endedAt: Timestamp?
  public var shopID: String
  public var standing: OrderStanding
  public var shipBy: Timestamp?
  public var label: StoredLabel?
  /// The latest first.
  public var log: [PackingLogEntry]
}

struct ReadOpenPacking: PostgresStatement {
  static let sql = """
    select session_id, order_id, updated_at from packing_sessions
    where state = 'open' and packer = $1 order by updated_at desc limit 20
    """
  let packer: String
  func bind(_ b: inout PostgresBindings) { b.append(packer) }
  static func row(
    _ r: PostgresRow
  ) throws(PostgresError) -> (session: UUIDv7, orderID: String) {
    (try r.uuid(0), try r.string(1))
  }
}

extension Ledger {
  /// Labels brought into the queue at once.
  static let packingFillMax = 1_000

  /// What waits to be packed, the oldest deadline first, a page at a time.
  public func packingQueue(
    limit: Int, after: (shipBy: Timestamp?, orderID: String)? = nil
  ) async throws(PostgresError) -> [PackingTask] {
    if after == nil {
      _ = try await pool.query(
        FillPackingQueue(now: clock(), most: Self.packingFillMax), deadline: limits.queryDeadline)
    }
    return try await pool.query(
      ReadPackingQueue(limit: limit, after: after), deadline: limits.queryDeadline)
  }

  /// How many labels wait for the bench; 1,000 stands for that many and more.
  public func packingCount() async throws(PostgresError) -> Int {
    try await pool.query(CountPackingQueue(), deadline: limits.queryDeadline).first ?? 0
  }

  /// Sessions that this packer has in hand.
  public func openPacking(
    of packer: String
  ) async throws(PostgresError) -> [(session: UUIDv7, orderID: String)] {
    try await pool.query(ReadOpenPacking(packer: packer), deadline: limits.queryDeadline)
  }

  /// - Parameter logMax: lines of the log, the latest ones.
  /// - Returns: `nil` when there is no such session.
  public func packingView(
    _ id: UUIDv7, logMax: Int
  ) async throws(PostgresError) -> PackingView? {
    var batch = PostgresBatch()
    let sessions = batch.add(ReadPackingSessions(session: id, orderID: nil))
    let standings = batch.add(ReadStanding(orderID: nil, session: id))
    let log = batch.add(ReadPackingLog(session: id, limit: logMax))
    let results = try await pool.run(batch, deadline: limits.queryDeadline)
    guard let row = try results[sessions].first, let standing = try results[standings].first else {
      return nil
    }
    return PackingView(
      session: row.session, openedAt: row.openedAt, endedAt: row.endedAt, shopID: standing.shopID,
      standing: standing.standing, shipBy: standing.shipBy, label: standing.label,
      log: try results[log])
  }
}
