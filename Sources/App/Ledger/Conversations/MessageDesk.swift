import Conversations
import Kit
public import People
public import Postgres

/// A message of ours that a person decides about.
public struct MessageDecision: Sendable, Equatable {
  public var isDone: Bool
  /// Why not, in words.
  public var why: String?
}

struct ReadMessageEffect: PostgresStatement {
  static let sql = """
    select m.conversation_id, e.effect_id, e.state, m.mirakl_message_id is not null
    from messages m join effects e on e.effect_id = m.effect_id
    where m.id = $1 for update of m, e
    """
  struct Row: Sendable {
    let conversationID: Int64
    let effectID: Int64
    let state: String
    let isShown: Bool
  }
  let messageID: Int64
  func bind(_ b: inout PostgresBindings) { b.append(messageID) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Row {
    Row(
      conversationID: try r.int64(0), effectID: try r.int64(1), state: try r.string(2),
      isShown: try r.bool(3))
  }
}

/// As a person's retry of any effect: counts begin anew, what was sent stays counted, so that the
/// thread is read before anything goes out again.
struct RetryMessage: PostgresStatement {
  static let sql = """
    with again as (
      update effects set state = 'planned', due_at = clock_timestamp(), tries = 0, checks = 0,
        lease = null, worker = null, outcome = 'set going again by ' || $2,
        updated_at = clock_timestamp()
      where effect_id = $1 and state in ('needs_person', 'refused')
      returning effect_id
    )
    update messages m set answers_before = (
      select max(x.id) + 1 from messages x where x.conversation_id = m.conversation_id)
    from again where m.effect_id = again.effect_id
    """
  let effectID: Int64
  let actor: String
  func bind(_ b: inout PostgresBindings) {
    b.append(effectID)
    b.append(actor)
  }
}

struct DiscardMessage: PostgresStatement {
  static let sql = """
    with gone as (
      update effects set state = 'cancelled', outcome = 'discarded by ' || $2,
        updated_at = clock_timestamp()
      where effect_id = $1 and state in ('needs_person', 'refused', 'planned')
      returning effect_id
    )
    update messages m set discarded_at = clock_timestamp(), discarded_by = $2
    from gone where m.effect_id = gone.effect_id
    """
  let effectID: Int64
  let actor: String
  func bind(_ b: inout PostgresBindings) {
    b.append(effectID)
    b.append(actor)
  }
}

/// A person has dealt with what went wrong with this effect.
struct ResolveMessageTrouble: PostgresStatement {
  static let sql = """
    with resolved as (
      update process_failures set resolved_at = clock_timestamp(), resolved_by = $3
      where effect_id = $1 and resolved_at is null)
    update conversations set needs_person = null where id = $2
    """
  let effectID: Int64
  let conversationID: Int64
  let actor: String
  func bind(_ b: inout PostgresBindings) {
    b.append(effectID)
    b.append(conversationID)
    b.append(actor)
  }
}

struct FindMessageOfEffect: PostgresStatement {
  static let sql = "select id from messages where effect_id = $1"
  let effectID: Int64
  func bind(_ b: inout PostgresBindings) { b.append(effectID) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

extension Ledger {
  /// The message that an effect sends; `nil` for every other effect.
  public func message(ofEffect id: Int64) async throws(PostgresError) -> Int64? {
    try await pool.query(FindMessageOfEffect(effectID: id), deadline: limits.queryDeadline).first
  }

  /// Sets a message going again that was refused, or of which nobody knows.
  public func retryMessage(_ id: Int64, by actor: Actor) async throws(PostgresError)
    -> MessageDecision
  {
    try await decideMessage(id, by: actor, "retry", from: ["needs_person", "refused"]) {
      $0.add(RetryMessage(effectID: $1, actor: actor.name))
    }
  }

  /// Gives a message up that was never sent, or of which a person knows that it is not needed.
  public func discardMessage(_ id: Int64, by actor: Actor) async throws(PostgresError)
    -> MessageDecision
  {
    try await decideMessage(
      id, by: actor, "discard", from: ["needs_person", "refused", "planned"]
    ) {
      $0.add(DiscardMessage(effectID: $1, actor: actor.name))
    }
  }

  private func decideMessage(
    _ id: Int64, by actor: Actor, _ what: String, from states: Set<String>,
    _ add: @Sendable (inout PostgresBatch, Int64) -> Void
  ) async throws(PostgresError) -> MessageDecision {
    let deadline = limits.queryDeadline
    return try await pool.withConnection(deadline: deadline) {
      (connection) async throws(PostgresError) -> MessageDecision in
      do throws(PostgresError) {
        var begin = PostgresBatch()
        _ = begin.add(Begin())
        let key = begin.add(ReadMessageEffect(messageID: id))
        let row = try await connection.run(begin, deadline: deadline)[key].first
        var decision = MessageDecision(isDone: false, why: "there is no such message of ours")
        var batch = PostgresBatch()
        if let row {
          if row.isShown {
            decision.why = "the thread shows this message: it was sent"
          } else if !states.contains(row.state) {
            decision.why = "it is \(row.state) just now, and takes care of itself"
          } else {
            decision = MessageDecision(isDone: true, why: nil)
            add(&batch, row.effectID)
            _ = batch.add(
              ResolveMessageTrouble(
                effectID: row.effectID, conversationID: row.conversationID,
                actor: actor.name))
            let subject = "conversation:\(row.conversationID)"
            _ = batch.add(RecordActs([Act(actor, "inbox." + what, on: subject, "message \(id)")]))
            _ = batch.add(RefreshConversation(id: row.conversationID))
          }
        }
        _ = batch.add(Commit())
        _ = try await connection.run(batch, deadline: deadline)
        return decision
      } catch {
        try? await connection.script("rollback", deadline: deadline)
        throw error
      }
    }
  }
}
