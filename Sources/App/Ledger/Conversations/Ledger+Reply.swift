import Conversations
import Kit
import Orders
import People
public import Postgres

extension Ledger {
  /// Writes an answer and its effect down, unless something newer arrived meanwhile: one transaction.
  /// - Throws: `PostgresError`; nothing was then planned, or the form key finds what was.
  public func plan(_ plan: ReplyPlan) async throws(PostgresError) -> ReplyPlanned {
    try await inConversation(plan.conversationID) {
      (connection, row) async throws(PostgresError) -> (ReplyPlanned, PostgresBatch) in
      guard let row else { return (.noSuchConversation, PostgresBatch()) }
      return try await decide(plan, row, on: connection)
    }
  }

  func decide(
    _ plan: ReplyPlan, _ row: LockConversation.Row, on connection: PostgresConnection
  ) async throws(PostgresError) -> (ReplyPlanned, PostgresBatch) {
    var look = PostgresBatch()
    let form = look.add(FindFormMessage(formKey: plan.formKey))
    let newer = look.add(
      FindNewerMessages(conversationID: plan.conversationID, after: plan.lastSeen ?? .max))
    let same = look.add(
      FindSameWords(
        conversationID: plan.conversationID, digest: MessageDigest.of(plan.body)))
    let clockKey = look.add(ReadClock(now: clock()))
    let found = try await connection.run(look, deadline: limits.queryDeadline)
    if let id = try found[form].first { return (.repeated(messageID: id), PostgresBatch()) }
    let unseen = try found[newer]
    if !unseen.isEmpty { return (.newer(unseen), PostgresBatch()) }
    if let id = try found[same].first { return (.sameWordsOpen(messageID: id), PostgresBatch()) }
    for recipient in plan.recipients
    where !row.participants.isEmpty && !row.participants.contains(where: { $0.type == recipient }) {
      return (.notAllowed(recipient: recipient), PostgresBatch())
    }
    var write = PostgresBatch()
    let now = try found[clockKey].first ?? Timestamp.now()
    let inserted = write.add(
      InsertReply(
        now: now, plan: plan, orderID: row.orderID, shopID: row.shopID,
        lane: Deed.sendMessage.system.lane(shop: row.shopID)))
    if !plan.files.isEmpty {
      _ = write.add(InsertOwnFiles(formKey: plan.formKey, files: plan.files))
    }
    _ = write.add(
      NoteAnswered(conversationID: plan.conversationID, byPerson: plan.type == .manual))
    if plan.type == .manual {
      if plan.recipients.contains("CUSTOMER") {
        _ = write.add(
          SettleRaised(conversationID: plan.conversationID, actor: plan.actor.signature))
      }
      let subject = "conversation:\(plan.conversationID)"
      _ = write.add(RecordActs([Act(plan.actor, "inbox.reply", on: subject, plan.formKey)]))
    }
    _ = write.add(RefreshConversation(id: plan.conversationID))
    let results = try await connection.run(write, deadline: limits.queryDeadline)
    guard let id = try results[inserted].first else {
      return (.noSuchConversation, PostgresBatch())
    }
    return (.planned(messageID: id), PostgresBatch())
  }

  /// Holds the conversation's row while `body` looks and writes; what `body` adds is written before
  /// the commit.
  func inConversation<Value: Sendable>(
    _ id: Int64,
    _ body:
      @Sendable (PostgresConnection, LockConversation.Row?) async throws(PostgresError) -> (
        Value, PostgresBatch
      )
  ) async throws(PostgresError) -> Value {
    let deadline = limits.queryDeadline
    return try await pool.withConnection(deadline: deadline) {
      (connection) async throws(PostgresError) -> Value in
      do throws(PostgresError) {
        var begin = PostgresBatch()
        _ = begin.add(Begin())
        let key = begin.add(LockConversation(id: id))
        let row = try await connection.run(begin, deadline: deadline)[key].first
        var (value, batch) = try await body(connection, row)
        _ = batch.add(Commit())
        _ = try await connection.run(batch, deadline: deadline)
        return value
      } catch {
        try? await connection.script("rollback", deadline: deadline)
        throw error
      }
    }
  }
}

struct RefreshConversation: PostgresStatement {
  static let sql = "select refresh_conversations(array[$1::bigint])::text"
  let id: Int64
  func bind(_ b: inout PostgresBindings) { b.append(id) }
}
