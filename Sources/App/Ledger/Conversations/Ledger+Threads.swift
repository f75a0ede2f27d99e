public import Conversations
public import Kit
public import Postgres

/// What a batch of threads brought.
public struct StoredThreads: Sendable, Equatable {
  public var newMessages = 0
  public var newFromCustomers = 0
  /// Threads of which the marketplace has more messages than we do.
  public var incomplete: [String] = []

  public init() {}
}

struct ReadMessagesCursor: PostgresStatement {
  static let sql = """
    select c.position, c.finished_at, coalesce($2::timestamptz, clock_timestamp())
    from (select 1) one left join pull_cursors c on c.shop_id = $1 and c.walk = 'messages'
    """
  let shopID: String
  let now: Timestamp?
  func bind(_ b: inout PostgresBindings) {
    b.append(shopID)
    b.append(now)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> PullCursor {
    PullCursor(
      position: try r.timestampOrNil(0), finishedAt: try r.timestampOrNil(1),
      now: try r.timestamp(2))
  }
}

/// As `WriteCursor`: it never goes back.
struct WriteMessagesCursor: PostgresStatement {
  static let sql = """
    insert into pull_cursors (shop_id, walk, position, finished_at, last_problem, problem_since)
    values ($1, 'messages', $2, case when $3::text is null then clock_timestamp() end, $3,
      case when $3::text is not null then clock_timestamp() end)
    on conflict (shop_id, walk) do update set
      position = greatest(pull_cursors.position, excluded.position),
      finished_at = coalesce(excluded.finished_at, pull_cursors.finished_at),
      last_problem = excluded.last_problem,
      problem_since = case when excluded.last_problem is null then null
        else coalesce(pull_cursors.problem_since, excluded.problem_since) end
    """
  let shopID: String
  let position: Timestamp?
  let problem: String?
  func bind(_ b: inout PostgresBindings) {
    b.append(shopID)
    b.append(position)
    b.append(problem)
  }
}

extension Ledger {
  /// Stores a batch of threads with their messages, each once: one transaction, one round trip.
  public func store(
    _ threads: [IncomingThread], shop: String, answerWithin: Duration, calls: [CallRecord] = []
  ) async throws(PostgresError) -> StoredThreads {
    let rows = ThreadRows(shopID: shop, threads: threads, answerWithin: answerWithin)
    var batch = PostgresBatch()
    if !calls.isEmpty {
      _ = batch.add(InsertCalls(calls: calls, bodyBytesMax: limits.storedBodyBytesMax))
    }
    guard !threads.isEmpty else {
      if !batch.isEmpty { _ = try await pool.run(batch, deadline: limits.queryDeadline) }
      return StoredThreads()
    }
    if !rows.customers.isEmpty { _ = batch.add(UpsertCustomers(rows: rows)) }
    _ = batch.add(UpsertConversations(rows: rows))
    var inserted: PostgresBatchKey<InsertMessages>?
    if !rows.messages.isEmpty {
      _ = batch.add(AdoptOwnMessages(rows: rows))
      inserted = batch.add(InsertMessages(rows: rows))
      _ = batch.add(InsertListedAttachments(rows: rows))
    }
    _ = batch.add(SettleConversations(threadIDs: rows.threads.map(\.id)))
    _ = batch.add(MarkUnread(messageIDs: rows.messages.map(\.message.id)))
    let incomplete = batch.add(FindIncompleteThreads(rows: rows))
    let results = try await pool.run(batch, deadline: limits.queryDeadline * 6)
    var stored = StoredThreads()
    if let inserted {
      let senders = try results[inserted]
      stored.newMessages = senders.count
      stored.newFromCustomers = senders.count { $0 == .customer }
    }
    stored.incomplete = try results[incomplete]
    return stored
  }

  /// The thread was read whole when the marketplace said that it has so many messages.
  public func noteReadWhole(_ threadID: String, count: Int) async throws(PostgresError) {
    _ = try await pool.query(
      NoteReadWhole(threadID: threadID, count: count), deadline: limits.queryDeadline)
  }

  public func messagesCursor(shop: String) async throws(PostgresError) -> PullCursor {
    let rows = try await pool.query(
      ReadMessagesCursor(shopID: shop, now: clock()), deadline: limits.queryDeadline)
    return rows.first ?? PullCursor(position: nil, finishedAt: nil, now: Timestamp.now())
  }

  public func finishMessages(
    shop: String, at position: Timestamp?, problem: String?
  ) async throws(PostgresError) {
    var batch = PostgresBatch()
    _ = batch.add(WriteMessagesCursor(shopID: shop, position: position, problem: problem))
    _ = batch.add(MatchConversations())
    _ = try await pool.run(batch, deadline: limits.queryDeadline)
  }
}
