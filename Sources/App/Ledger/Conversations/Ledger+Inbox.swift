public import Conversations
public import Kit
public import People
public import Postgres

/// A page of one conversation.
public struct ThreadPage: Sendable {
  public var thread: ThreadSummary
  /// The oldest first.
  public var messages: [MessageView]
  /// Where the messages before these begin; `nil` when there are none.
  public var earlier: MessagePosition?
  public var notes: [ConversationNote]
  /// Of the whole conversation: what a form has to have seen.
  public var newestMessage: Int64
  /// The database's clock.
  public var now: Timestamp
}

extension Ledger {
  public static let messagesPageMax = 100

  public func threads(_ filter: ThreadFilter) async throws(PostgresError) -> [ThreadSummary] {
    if let search = filter.search, !search.allSatisfy(\.isWhitespace) {
      return try await pool.query(SearchThreads(filter: filter), deadline: limits.queryDeadline)
    }
    return try await pool.query(ReadThreads(filter: filter), deadline: limits.queryDeadline)
  }

  /// `nil` when there is no such conversation.
  public func thread(
    _ id: Int64, before: MessagePosition? = nil, limit: Int = 50
  ) async throws(PostgresError) -> ThreadPage? {
    var batch = PostgresBatch()
    let limit = min(limit, Self.messagesPageMax)
    let summary = batch.add(ReadThread(id: id))
    let messages = batch.add(
      ReadMessages(conversationID: id, before: before, limit: limit + 1))
    let notes = batch.add(ReadNotes(conversationID: id))
    let newest = batch.add(ReadNewestMessage(conversationID: id))
    let clockKey = batch.add(ReadClock(now: clock()))
    let results = try await pool.run(batch, deadline: limits.queryDeadline)
    guard let thread = try results[summary].first else { return nil }
    var latest = try results[messages]
    var earlier: MessagePosition?
    if latest.count > limit {
      latest.removeLast(latest.count - limit)
      earlier = latest.last.map { MessagePosition(at: $0.at, id: $0.id) }
    }
    try await addFiles(to: &latest)
    return ThreadPage(
      thread: thread, messages: latest.reversed(), earlier: earlier, notes: try results[notes],
      newestMessage: try results[newest].first ?? 0,
      now: try results[clockKey].first ?? Timestamp.now())
  }

  private func addFiles(to messages: inout [MessageView]) async throws(PostgresError) {
    guard !messages.isEmpty else { return }
    let files = try await pool.query(
      ReadFiles(messageIDs: messages.map(\.id)), deadline: limits.queryDeadline)
    let byMessage = Dictionary(grouping: files, by: \.messageID)
    for i in messages.indices { messages[i].files = (byMessage[messages[i].id] ?? []).map(\.file) }
  }

  /// Our number of a thread; `nil` when we do not know it.
  public func conversation(ofThread id: String) async throws(PostgresError) -> Int64? {
    try await pool.query(FindThread(threadID: id), deadline: limits.queryDeadline).first
  }

  /// `unread`, `overdue`, `soon` and `needs_person`.
  public func threadCounts() async throws(PostgresError) -> [String: Int] {
    let rows = try await pool.query(CountThreads(now: clock()), deadline: limits.queryDeadline)
    return Dictionary(rows) { first, _ in first }
  }

  /// The newest message of a conversation, whatever page is shown; 0 for none.
  public func newestMessage(of conversationID: Int64) async throws(PostgresError) -> Int64 {
    try await pool.query(
      ReadNewestMessage(conversationID: conversationID), deadline: limits.queryDeadline
    ).first ?? 0
  }

  /// Somebody looks at it.
  /// - Returns: `false` when it was not unread.
  public func markRead(_ conversationID: Int64) async throws(PostgresError) -> Bool {
    try await !pool.query(
      MarkThreadRead(id: conversationID), deadline: limits.queryDeadline
    ).isEmpty
  }

  public func attachment(_ id: Int64) async throws(PostgresError) -> MessageView.File? {
    try await pool.query(ReadFile(id: id), deadline: limits.queryDeadline).first
  }

  /// - Parameter formKey: the same key again is the same note.
  /// - Returns: `false` when there is no such conversation.
  public func addNote(
    _ conversationID: Int64, _ body: String, by actor: Actor, formKey: String? = nil
  ) async throws -> Bool {
    let note = InsertNote(
      conversationID: conversationID, author: actor.name, body: body, formKey: formKey)
    return try await !acting(note) {
      $0.first == true ? Act(actor, "inbox.note", on: "conversation:\(conversationID)") : nil
    }.isEmpty
  }

  /// Read, put away, or unread again. Putting away says that no answer is needed.
  /// - Parameter lastSeen: the newest message on the screen; `nil` where nobody looks.
  public func setStatus(
    _ conversationID: Int64, to status: ThreadStatus, by actor: Actor, lastSeen: Int64? = nil
  ) async throws -> StatusChange {
    let deadline = limits.queryDeadline
    let act = Act(actor, "inbox." + status.rawValue, on: "conversation:\(conversationID)")
    return try await pool.transaction(deadline: deadline) { connection -> StatusChange in
      let found = try await connection.query(
        LockConversation(id: conversationID), deadline: deadline)
      if found.isEmpty { return .noSuchConversation }
      let moved = try await connection.query(
        SetThreadStatus(
          id: conversationID, status: status, lastSeen: status == .unread ? nil : lastSeen),
        deadline: deadline)
      if moved.isEmpty { return .newer }
      _ = try await connection.query(RecordActs([act]), deadline: deadline)
      if status == .archived {
        _ = try await connection.query(
          SettleRaised(conversationID: conversationID, actor: actor.signature), deadline: deadline)
        _ = try await connection.query(
          RefreshConversation(id: conversationID), deadline: deadline)
      }
      return .done
    }
  }
}

/// Not where something came from outside that nobody saw. The row is locked by a statement before: the one
/// that waits for the lock would see the messages as they were before the wait.
struct SetThreadStatus: PostgresStatement {
  static let sql = """
    update conversations set status = $2, updated_at = clock_timestamp(),
      settled_at = case when $2 = 'archived' then clock_timestamp() else settled_at end,
      needs_person = case when $2 = 'archived' then null else needs_person end
    where id = $1 and ($3::bigint is null or not exists (
      select from messages m
      where m.conversation_id = $1 and m.id > $3 and m.sender_type <> 'technician'))
    returning id
    """
  let id: Int64
  let status: ThreadStatus
  let lastSeen: Int64?
  func bind(_ b: inout PostgresBindings) {
    b.append(id)
    b.append(status.rawValue)
    b.append(lastSeen)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

/// What a person has to look at stays unread until they do something about it.
struct MarkThreadRead: PostgresStatement {
  static let sql = """
    update conversations set status = 'read', updated_at = clock_timestamp()
    where id = $1 and status = 'unread' and needs_person is null returning id
    """
  let id: Int64
  func bind(_ b: inout PostgresBindings) { b.append(id) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}
