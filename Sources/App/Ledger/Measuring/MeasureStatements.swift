import Kit
import Postgres

/// Orders that are there, and those of them whose acceptance is not validated yet.
struct CountArrivals: PostgresStatement {
  static let sql = """
    select count(*), count(*) filter (where status in ('received', 'pending_acceptance'))
    from orders
    """
  func bind(_ b: inout PostgresBindings) {}
  static func row(_ r: PostgresRow) throws(PostgresError) -> (all: Int, open: Int) {
    (try r.int(0), try r.int(1))
  }
}

/// How long orders took from their arrival to their validated acceptance, by the history's times.
struct ReadValidationTimes: PostgresStatement {
  static let sql = """
    select count(*), coalesce(max(took), 0), coalesce(percentile_disc(0.5) within group (order by took), 0),
      coalesce((extract(epoch from max(arrived) - min(arrived)) * 1e6)::bigint, 0)
    from (
      select o.created_at as arrived,
        (extract(epoch from h.created_at - o.created_at) * 1e6)::bigint as took
      from orders o
      join order_status_history h on h.order_id = o.order_id and h.status = 'accepted'
    ) times
    """
  func bind(_ b: inout PostgresBindings) {}
  static func row(_ r: PostgresRow) throws(PostgresError) -> ValidationTimes {
    ValidationTimes(
      orders: try r.int(0), longest: .microseconds(try r.int64(1)),
      median: .microseconds(try r.int64(2)), arriving: .microseconds(try r.int64(3)))
  }
}

/// From the first move to the last of all that moved since.
struct ReadSpan: PostgresStatement {
  static let sql = """
    select count(*) filter (where status = 'shipped'),
      coalesce((extract(epoch from max(created_at) - min(created_at)) * 1e6)::bigint, 0)
    from order_status_history where created_at >= $1
    """
  let since: Timestamp
  func bind(_ b: inout PostgresBindings) { b.append(since) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> (shipped: Int, took: Duration) {
    (try r.int(0), .microseconds(try r.int64(1)))
  }
}

/// What workers hold, and when the last of their leases runs out.
struct ReadHeld: PostgresStatement {
  static let sql = """
    with held as (select lease from effects where lease is not null and state = 'sending')
    select (select count(*) from held),
      (select max(expires_at) from leases where lease in (select lease from held))
    """
  func bind(_ b: inout PostgresBindings) {}
  static func row(_ r: PostgresRow) throws(PostgresError) -> (effects: Int, until: Timestamp?) {
    (try r.int(0), try r.timestampOrNil(1))
  }
}

/// How many effects were confirmed in each tenth of a second since a moment.
struct CountConfirmedEffects: PostgresStatement {
  static let sql = """
    select floor(extract(epoch from updated_at - $1) * 10)::bigint as tenth, count(*)
    from effects where state = 'confirmed' and updated_at >= $1 group by tenth order by tenth
    """
  let since: Timestamp
  func bind(_ b: inout PostgresBindings) { b.append(since) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> (tenth: Int, count: Int) {
    (try r.int(0), try r.int(1))
  }
}
