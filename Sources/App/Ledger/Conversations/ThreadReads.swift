import Conversations
import Kit
import Postgres

struct ReadThreads: ThreadReading {
  static let sql = """
    select \(columns)
    from conversations c \(joins)
    where (c.list_rank, c.list_key, c.id) > ($1, $2, $3) and c.list_rank <= $4
      and ($5::text is null or c.shop_id = $5)
    order by c.list_rank, c.list_key, c.id limit $6
    """
  let filter: ThreadFilter
  func bind(_ b: inout PostgresBindings) {
    let ranks = filter.ranks
    let after = filter.after ?? ThreadPosition(rank: ranks.lowerBound - 1, key: .max, id: .max)
    b.append(Int64(after.rank))
    b.append(after.key)
    b.append(after.id)
    b.append(Int64(ranks.upperBound))
    b.append(filter.shopID)
    b.append(Int64(filter.limit))
  }
}

/// Both languages' rules about endings, and words as they stand (names, numbers of orders).
struct SearchThreads: ThreadReading {
  /// Conversations that a search looks at.
  static let hitsMax = 500

  static let sql = """
    with q as materialized (
      select websearch_to_tsquery('english', $7) || websearch_to_tsquery('french', $7)
        || websearch_to_tsquery('simple', $7) as words
    ), hits as materialized (
      (select conversation_id as id from messages where search @@ (select words from q)
        limit \(hitsMax))
      union
      (select id from conversations where search @@ (select words from q) limit \(hitsMax))
      union
      (select id from conversations where order_id = $7 limit 10)
      union
      (select id from conversations where marketplace_order_id = $7 and order_id is null limit 10)
    ), page as materialized (
      select c.id from hits h join conversations c on c.id = h.id
      where (c.list_rank, c.list_key, c.id) > ($1, $2, $3) and c.list_rank <= $4
        and ($5::text is null or c.shop_id = $5)
      order by c.list_rank, c.list_key, c.id limit $6
    )
    select \(columns)
    from page p join conversations c on c.id = p.id \(joins)
    order by c.list_rank, c.list_key, c.id
    """
  let filter: ThreadFilter
  func bind(_ b: inout PostgresBindings) {
    ReadThreads(filter: filter).bind(&b)
    b.append(Plain.text(filter.search ?? ""))
  }
}

struct ReadThread: ThreadReading {
  static let sql = "select \(columns) from conversations c \(joins) where c.id = $1"
  let id: Int64
  func bind(_ b: inout PostgresBindings) { b.append(id) }
}

struct FindThread: PostgresStatement {
  static let sql = "select id from conversations where mirakl_thread_id = $1"
  let threadID: String
  func bind(_ b: inout PostgresBindings) { b.append(threadID) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

struct CountThreads: PostgresStatement {
  static let sql = """
    select 'unread', count(*) from conversations where list_rank = 0
    union all
    select 'overdue', count(*) from conversations
    where answer_by < coalesce($1::timestamptz, clock_timestamp())
    union all
    select 'soon', count(*) from conversations
    where answer_by >= coalesce($1::timestamptz, clock_timestamp())
      and answer_by < coalesce($1::timestamptz, clock_timestamp()) + answer_within / 4
    union all
    select 'needs_person', count(*) from conversations where list_rank = 0
      and needs_person is not null
    """
  let now: Timestamp?
  func bind(_ b: inout PostgresBindings) { b.append(now) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> (String, Int) {
    (try r.string(0), Int(try r.int64(1)))
  }
}
