import Kit
public import Postgres

/// Who has a conversation open just now.
public struct Presence: Sendable, Equatable {
  /// A browser that was not heard of for so long has left.
  public static let secondsMax = 20

  public var actor: String
  public var isWriting: Bool
}

struct NotePresence: PostgresStatement {
  static let sql = """
    insert into conversation_presence (conversation_id, actor, is_writing, seen_at)
    select id, $2, $3, clock_timestamp() from conversations where id = $1
    on conflict (conversation_id, actor) do update
      set is_writing = excluded.is_writing, seen_at = excluded.seen_at
    """
  let conversationID: Int64
  let actor: String
  let isWriting: Bool
  func bind(_ b: inout PostgresBindings) {
    b.append(conversationID)
    b.append(Plain.text(actor))
    b.append(isWriting)
  }
}

struct ForgetPresence: PostgresStatement {
  static let sql = """
    delete from conversation_presence
    where conversation_id = $1 and actor = $2
      or seen_at < clock_timestamp() - interval '1 hour'
    """
  let conversationID: Int64
  let actor: String
  func bind(_ b: inout PostgresBindings) {
    b.append(conversationID)
    b.append(Plain.text(actor))
  }
}

struct ReadPresence: PostgresStatement {
  static let sql = """
    select actor, is_writing from conversation_presence
    where conversation_id = $1 and actor <> $2
      and seen_at > clock_timestamp() - interval '\(Presence.secondsMax) seconds'
    order by actor
    """
  let conversationID: Int64
  let actor: String
  func bind(_ b: inout PostgresBindings) {
    b.append(conversationID)
    b.append(Plain.text(actor))
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Presence {
    Presence(actor: try r.string(0), isWriting: try r.bool(1))
  }
}

extension Ledger {
  /// Says that this person has the conversation open.
  /// - Returns: who else has.
  public func notePresence(
    _ conversationID: Int64, actor: String, isWriting: Bool
  ) async throws(PostgresError) -> [Presence] {
    var batch = PostgresBatch()
    _ = batch.add(
      NotePresence(conversationID: conversationID, actor: actor, isWriting: isWriting))
    let others = batch.add(ReadPresence(conversationID: conversationID, actor: actor))
    return try await pool.run(batch, deadline: limits.queryDeadline)[others]
  }

  public func leave(_ conversationID: Int64, actor: String) async throws(PostgresError) {
    _ = try await pool.query(
      ForgetPresence(conversationID: conversationID, actor: actor), deadline: limits.queryDeadline)
  }
}
