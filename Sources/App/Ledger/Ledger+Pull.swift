public import Kit
import Orders
public import Postgres

/// How far a walk over a shop's orders or conversations has come.
public struct PullCursor: Sendable {
  /// On the marketplace's clock.
  public var position: Timestamp?
  public var finishedAt: Timestamp?
  public var now: Timestamp
}

public enum PullWalk: String, Sendable { case poll, sweep }

struct ReadCursor: PostgresStatement {
  static let sql = """
    select c.position, c.finished_at, coalesce($3::timestamptz, clock_timestamp())
    from (select 1) one left join pull_cursors c on c.shop_id = $1 and c.walk = $2
    """
  let shopID: String
  let walk: String
  let now: Timestamp?
  func bind(_ b: inout PostgresBindings) {
    b.append(shopID)
    b.append(walk)
    b.append(now)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> PullCursor {
    PullCursor(
      position: try r.timestampOrNil(0), finishedAt: try r.timestampOrNil(1),
      now: try r.timestamp(2))
  }
}

/// The cursor never goes back: two processes that pull the same shop do no harm.
struct WriteCursor: PostgresStatement {
  static let sql = """
    insert into pull_cursors (shop_id, walk, position, finished_at, last_problem, problem_since,
      failed_at)
    values ($1, $2, $3, case when $4::text is null then clock_timestamp() end, $4,
      case when $4::text is not null then clock_timestamp() end,
      case when $4::text is not null then clock_timestamp() end)
    on conflict (shop_id, walk) do update set
      position = greatest(pull_cursors.position, excluded.position),
      finished_at = coalesce(excluded.finished_at, pull_cursors.finished_at),
      last_problem = excluded.last_problem,
      failed_at = coalesce(excluded.failed_at, pull_cursors.failed_at),
      problem_since = case when excluded.last_problem is null then null
        else coalesce(pull_cursors.problem_since, excluded.problem_since) end
    """
  let shopID: String
  let walk: String
  let position: Timestamp?
  let problem: String?
  func bind(_ b: inout PostgresBindings) {
    b.append(shopID)
    b.append(walk)
    b.append(position)
    b.append(problem)
  }
}

/// A walk over a shop's orders or messages that does not come to its end.
public struct PullProblem: Sendable, Equatable {
  public var shopID: String
  /// `poll`, `sweep`, `messages`.
  public var walk: String
  public var problem: String
  /// Since the first failure after the last walk that came to its end.
  public var lasts: Duration
}

/// A shop that nobody pulls any more keeps its last problem; it is none.
struct ReadPullProblems: PostgresStatement {
  static let sql = """
    select shop_id, walk, last_problem,
      (extract(epoch from clock_timestamp() - problem_since) * 1e6)::bigint
    from pull_cursors
    where last_problem is not null and problem_since is not null
      and failed_at > clock_timestamp() - interval '3 hours'
    order by problem_since, shop_id, walk
    """
  static func row(_ r: PostgresRow) throws(PostgresError) -> PullProblem {
    PullProblem(
      shopID: try r.string(0), walk: try r.string(1), problem: try r.string(2),
      lasts: .microseconds(try r.int64(3)))
  }
}

struct InsertShop: PostgresStatement {
  static let sql = """
    insert into shops (shop_id, name) values ($1, $2)
    on conflict (shop_id) do update set name = excluded.name where shops.name <> excluded.name
    """
  let shopID: String
  let name: String
  func bind(_ b: inout PostgresBindings) {
    b.append(shopID)
    b.append(name)
  }
}

/// Open orders that were not seen outside for a while; nothing is forgotten because a poll missed it.
struct FindStaleOrders: PostgresStatement {
  static let sql = """
    select order_id from orders
    where is_open and channel = 'marketplace' and shop_id = $1
      and marketplace_seen_at < coalesce($2::timestamptz, clock_timestamp()) - make_interval(secs => $3 / 1e6)
    order by marketplace_seen_at limit $4
    """
  let shopID: String
  let now: Timestamp?
  let age: Duration
  let limit: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(shopID)
    b.append(now)
    b.append(age.microseconds)
    b.append(Int64(limit))
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> String { try r.string(0) }
}

struct TouchOrders: PostgresStatement {
  static let sql = """
    update orders set marketplace_seen_at = coalesce($2::timestamptz, clock_timestamp())
    where order_id = any($1)
    """
  let orderIDs: [String]
  let now: Timestamp?
  func bind(_ b: inout PostgresBindings) {
    b.append(orderIDs)
    b.append(now)
  }
}

/// Open orders for which nothing is planned, under way or waiting for a person, or for the packing bench
/// in the shops where that is waited for.
struct FindForgottenOrders: PostgresStatement {
  static let sql = """
    select o.order_id from orders o
    where o.is_open and not o.is_held
      and o.status in ('pending_acceptance', 'accepted', 'label_created')
      and not exists (
        select 1 from effects e where e.subject = o.order_id and (e.is_for_people
          or e.state in ('planned', 'sending', 'verifying', 'unknown')))
      and (o.status <> 'accepted' or o.has_address)
      and not (o.status = 'label_created' and o.shop_id = any($2) and exists (
        select 1 from shipments s where s.order_id = o.order_id
          and s.packed_generation is distinct from s.generation))
    order by o.status_since limit $1
    """
  let limit: Int
  let waitForPacking: [String]
  func bind(_ b: inout PostgresBindings) {
    b.append(Int64(limit))
    b.append(waitForPacking)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> String { try r.string(0) }
}

/// SKUs were mapped: parked orders that waited for one are looked at again.
struct FindParkedOrders: PostgresStatement {
  static let sql = """
    select order_id from orders where is_open and status = 'parked' and shop_id = $1 order by random() limit $2
    """
  let shopID: String
  let limit: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(shopID)
    b.append(Int64(limit))
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> String { try r.string(0) }
}

struct EnsurePartitions: PostgresStatement {
  static let sql = "select ensure_partitions(now(), now())::text"
  func bind(_ b: inout PostgresBindings) {}
}

struct Announce: PostgresStatement {
  static let sql = "select pg_notify('quayside_due', '')::text"
  func bind(_ b: inout PostgresBindings) {}
}

extension Ledger {
  public func cursor(
    _ walk: PullWalk, shop: String
  ) async throws(PostgresError) -> PullCursor {
    try await cursor(walk.rawValue, shop: shop)
  }

  func cursor(_ walk: String, shop: String) async throws(PostgresError) -> PullCursor {
    let rows = try await pool.query(
      ReadCursor(shopID: shop, walk: walk, now: clock()), deadline: limits.queryDeadline)
    return rows.first ?? PullCursor(position: nil, finishedAt: nil, now: Timestamp.now())
  }

  public func finish(
    _ walk: PullWalk, shop: String, at position: Timestamp?, problem: String?
  ) async throws(PostgresError) {
    _ = try await pool.query(
      WriteCursor(shopID: shop, walk: walk.rawValue, position: position, problem: problem),
      deadline: limits.queryDeadline)
  }

  /// What keeps orders or messages from being pulled now, the oldest first.
  public func pullProblems() async throws(PostgresError) -> [PullProblem] {
    try await pool.query(ReadPullProblems(), deadline: limits.queryDeadline)
  }

  public func openShop(_ id: String, name: String) async throws(PostgresError) {
    _ = try await pool.query(InsertShop(shopID: id, name: name), deadline: limits.queryDeadline)
  }

  public func staleOrders(
    shop: String, unseenFor age: Duration, limit: Int
  ) async throws(PostgresError) -> [String] {
    try await pool.query(
      FindStaleOrders(shopID: shop, now: clock(), age: age, limit: limit),
      deadline: limits.queryDeadline)
  }

  public func touch(_ orderIDs: [String]) async throws(PostgresError) {
    guard !orderIDs.isEmpty else { return }
    _ = try await pool.query(
      TouchOrders(orderIDs: orderIDs, now: clock()), deadline: limits.queryDeadline)
  }

  /// - Parameter waitForPacking: shops whose labelled orders wait until they are packed.
  public func forgottenOrders(
    limit: Int, waitForPacking: [String] = []
  ) async throws(PostgresError) -> [String] {
    try await pool.query(
      FindForgottenOrders(limit: limit, waitForPacking: waitForPacking),
      deadline: limits.queryDeadline)
  }

  public func parkedOrders(shop: String, limit: Int) async throws(PostgresError) -> [String] {
    try await pool.query(
      FindParkedOrders(shopID: shop, limit: limit), deadline: limits.queryDeadline)
  }

  public func ensurePartitions() async throws(PostgresError) {
    _ = try await pool.query(EnsurePartitions(), deadline: limits.queryDeadline)
  }

  /// Tells workers in other processes that something is due; at most once a batch, never inside a
  /// step's transaction.
  public func announce() async {
    _ = try? await pool.query(Announce(), deadline: limits.queryDeadline)
  }
}
