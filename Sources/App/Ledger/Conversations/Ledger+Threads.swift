public import Conversations
public import Kit
public import Postgres

/// What a batch of threads brought.
public struct StoredThreads: Sendable, Equatable {
  public var newMessages = 0
  public var newFromCustomers = 0
  /// Threads of which the marketplace has more messages than we do, with how many it has.
  public var incomplete: [String: Int] = [:]

  public init() {}
}

extension Ledger {
  /// Stores a batch of threads with their messages, each once: one transaction, one round trip.
  public func store(
    _ threads: [IncomingThread], shop: String, answerWithin: Duration, calls: [CallRecord] = []
  ) async throws(PostgresError) -> StoredThreads {
    let rows = ThreadRows(shopID: shop, threads: threads, answerWithin: answerWithin)
    var batch = PostgresBatch()
    add(calls: calls, to: &batch)
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
    let results = try await runUndisturbed(batch, deadline: limits.queryDeadline * 6)
    var stored = StoredThreads()
    if let inserted {
      let senders = try results[inserted]
      stored.newMessages = senders.count
      stored.newFromCustomers = senders.count { $0 == .customer }
    }
    stored.incomplete = Dictionary(try results[incomplete]) { first, _ in first }
    return stored
  }

  /// The thread was read whole when the marketplace said that it has so many messages.
  public func noteReadWhole(_ threadID: String, count: Int) async throws(PostgresError) {
    _ = try await pool.query(
      NoteReadWhole(threadID: threadID, count: count), deadline: limits.queryDeadline)
  }

  /// As of the walks over orders.
  private static let walk = "messages"

  public func messagesCursor(shop: String) async throws(PostgresError) -> PullCursor {
    try await cursor(Self.walk, shop: shop)
  }

  /// Ends a walk over conversations as `finish` does, and matches those whose orders came since.
  public func finishMessages(
    shop: String, at position: Timestamp?, problem: String?
  ) async throws(PostgresError) {
    var batch = PostgresBatch()
    _ = batch.add(
      WriteCursor(shopID: shop, walk: Self.walk, position: position, problem: problem))
    _ = batch.add(MatchConversations())
    _ = try await runUndisturbed(batch, deadline: limits.queryDeadline)
  }

  /// Messages and outcomes of effects touch the same orders and conversations; where two transactions wait
  /// for each other the database ends one, which did nothing then.
  private func runUndisturbed(
    _ batch: PostgresBatch, deadline: Duration
  ) async throws(PostgresError) -> PostgresBatchResults {
    var triesLeft = 5
    while true {
      do throws(PostgresError) {
        return try await pool.run(batch, deadline: deadline)
      } catch {
        triesLeft -= 1
        guard error.sqlState == "40P01", triesLeft > 0 else { throw error }
      }
    }
  }
}
