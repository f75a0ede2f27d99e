import Kit
public import Postgres

/// Where all orders stand, and what is still to happen: what the overview shows.
public struct Situation: Sendable {
  /// By channel, then by status: together they are all orders.
  public var orders: [String: [String: Int]] = [:]
  /// Open orders that are held, and shipped ones that were put aside afterwards, as at the bench.
  public var held = 0
  /// Effects that are not settled, by state.
  public var effects: [String: Int] = [:]
  public var failures = 0
  public var unreadable = 0
  /// What keeps orders or messages from coming in.
  public var pullProblems: [PullProblem] = []

  /// All orders.
  public var total: Int { orders.values.reduce(0) { $0 + $1.values.reduce(0, +) } }
}

/// Open orders are counted, ended ones are remembered (`order_tallies`) up to a place in the history,
/// and counted from there on.
struct CountSituation: PostgresStatement {
  static let sql = """
    select 'order', channel, status, sum(orders)::bigint from (
      select channel, status, count(*) as orders from orders where is_open group by 1, 2
      union all
      select channel, status, orders from order_tallies
      union all
      select * from ended_since((select max(history_id) from order_tally_places))
    ) parts group by channel, status
    union all
    select 'held', '', '', count(*) from order_holds h join orders o using (order_id)
      where o.is_open or o.status = 'shipped' and \(PutAside.sql)
    union all
    select 'effect', '', state, count(*) from open_effects group by state
    union all
    select 'failures', '', '', count(*) from process_failures where resolved_at is null
    union all
    select 'unreadable', '', '', count(*) from unreadable_orders
    """
  static func row(
    _ r: PostgresRow
  ) throws(PostgresError) -> (what: String, channel: String, which: String, count: Int) {
    (try r.string(0), try r.string(1), try r.string(2), try r.int(3))
  }
}

/// Taken by a statement of its own: what follows sees what the one before it stored.
struct LockTallies: PostgresStatement {
  static let sql = "select pg_advisory_xact_lock(7126008)::text"
}

/// Moves the remembered tallies on, when there is enough to make it worth while. History that is
/// younger than ten minutes is left: a transaction that began before it may still come in.
struct FoldTallies: PostgresStatement {
  static let rowsMax = 200_000
  static let sql = """
    with here as (
      select max(history_id) as history_id from order_tally_places
    ), until as (
      select max(history_id) as history_id, count(*) as entries from (
        select h.history_id from order_status_history h
        where h.history_id > (select history_id from here)
          and h.created_at < clock_timestamp() - interval '10 minutes'
        order by h.history_id limit $1) part
    ), ended as (
      select o.channel, h.status, count(*) as orders
      from order_status_history h join orders o using (order_id), here, until
      where h.history_id > here.history_id and h.history_id <= until.history_id
        and h.status in ('shipped', 'cancelled', 'completed') and until.entries >= $2
      group by 1, 2
    ), told as (
      insert into order_tallies (channel, status, orders) select channel, status, orders from ended
      on conflict (channel, status) do update set orders = order_tallies.orders + excluded.orders
    )
    update order_tally_places set history_id = until.history_id from until
    where until.history_id is not null and until.entries >= $2
    returning order_tally_places.history_id
    """
  /// Fewer new entries than this are counted each time.
  let entriesMin: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(Self.rowsMax)
    b.append(entriesMin)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

struct CountUnmappedSKUs: PostgresStatement {
  static let sql = "select count(*) from unmapped_skus"
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int { try r.int(0) }
}

extension Ledger {
  public func situation() async throws(PostgresError) -> Situation {
    var situation = Situation()
    for row in try await pool.query(CountSituation(), deadline: limits.queryDeadline) {
      switch row.what {
      case "order": situation.orders[row.channel, default: [:]][row.which] = row.count
      case "held": situation.held = row.count
      case "effect": situation.effects[row.which] = row.count
      case "failures": situation.failures = row.count
      default: situation.unreadable = row.count
      }
    }
    situation.pullProblems = try await pullProblems()
    return situation
  }

  /// Remembers how many orders have ended up to now, so that nobody counts them again.
  /// - Returns: whether there may be more to do at once.
  public func foldTallies(entriesMin: Int = 2_000) async throws(PostgresError) -> Bool {
    var batch = PostgresBatch()
    _ = batch.add(LockTallies())
    let folded = batch.add(FoldTallies(entriesMin: entriesMin))
    return try await !pool.run(batch, deadline: limits.queryDeadline * 6)[folded].isEmpty
  }

  /// SKUs that open orders brought and nobody has mapped yet.
  public func unmappedSKUs() async throws(PostgresError) -> Int {
    try await pool.query(CountUnmappedSKUs(), deadline: limits.queryDeadline).first ?? 0
  }
}
