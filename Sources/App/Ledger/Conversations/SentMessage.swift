public import Kit
import Postgres

/// What became known of a message of ours.
public enum SentMessage: Sendable, Equatable {
  /// The marketplace took it and told its id; it is still to be read back.
  case answered(_ messageID: Int64, id: String?)
  /// The thread that it began has this id.
  case opened(_ messageID: Int64, threadID: String)
  /// The thread shows it.
  case seen(_ messageID: Int64, id: String, at: Timestamp)
  /// Refused, or nobody knows: a person has to look.
  case trouble(effect: Int64, why: String)

  /// The message, where its thread shows it.
  var seenID: Int64? {
    switch self {
    case .seen(let id, _, _): id
    case .answered, .opened, .trouble: nil
    }
  }
}

/// An answer counts when it was read back: only then does the clock stop. The number that is drawn
/// and thrown away tells open pages that something of a conversation changed.
struct RefreshConversationsOfMessages: PostgresStatement {
  static let sql = """
    select case when ids is not null then refresh_conversations(ids)::text end,
      nextval(pg_get_serial_sequence('conversations', 'id'))::text
    from (select array_agg(distinct conversation_id) as ids from messages where id = any($1)) m
    """
  let messageIDs: [Int64]
  func bind(_ b: inout PostgresBindings) { b.append(messageIDs) }
}

/// Threads that we began get the marketplace's ids; before anything else is written of their messages.
struct AdoptThreads: PostgresStatement {
  static let sql = """
    select adopt_thread(u.message, u.thread)::text
    from unnest($1::bigint[], $2::text[]) as u (message, thread)
    """
  let openings: [(message: Int64, thread: String)]
  init(_ messages: [SentMessage]) {
    openings = messages.compactMap {
      if case .opened(let id, let thread) = $0 { (id, thread) } else { nil }
    }
  }
  func bind(_ b: inout PostgresBindings) {
    b.append(openings.map(\.message))
    b.append(openings.map { Plain.text($0.thread) })
  }
}

/// Writes what became of messages. Where the pull stored the thread's copy of one of them first, the
/// copy goes: each message is there once.
struct WriteSentMessages: PostgresStatement {
  static let sql = """
    with u as (
      select * from unnest($2::bigint[], $3::bigint[], $4::text[], $5::timestamptz[], $6::text[])
        as u (message, effect, marketplace_id, seen_at, trouble)
    ), mine as (
      select m.id, m.conversation_id, u.marketplace_id, u.seen_at, u.trouble
      from u join messages m on m.id = u.message or m.effect_id = u.effect
    ), copies as (
      delete from messages c using mine
      where mine.seen_at is not null and c.mirakl_message_id = mine.marketplace_id
        and c.id <> mine.id
      returning c.id
    ), kept as (
      select count(*) as gone from copies
    ), written as (
      update messages m set
        answered_id = coalesce(mine.marketplace_id, m.answered_id),
        mirakl_message_id = case when mine.seen_at is not null
          then mine.marketplace_id else m.mirakl_message_id end,
        created_at = coalesce(mine.seen_at, m.created_at)
      from mine, kept
      where m.id = mine.id and mine.trouble is null
      returning m.conversation_id
    )
    update conversations c set
      needs_person = coalesce(mine.trouble, c.needs_person),
      status = case when mine.trouble is null then c.status else 'unread' end,
      updated_at = $1
    from mine
    where c.id = mine.conversation_id and mine.trouble is not null
    """
  let now: Timestamp
  let messages: [SentMessage]

  func bind(_ b: inout PostgresBindings) {
    var ids: [Int64?] = []
    var effects: [Int64?] = []
    var marketplaceIDs: [String?] = []
    var times: [Timestamp?] = []
    var troubles: [String?] = []
    for message in messages {
      switch message {
      case .answered(let id, let marketplaceID):
        ids.append(id)
        effects.append(nil)
        marketplaceIDs.append(marketplaceID)
        times.append(nil)
        troubles.append(nil)
      case .seen(let id, let marketplaceID, let at):
        ids.append(id)
        effects.append(nil)
        marketplaceIDs.append(marketplaceID)
        times.append(at)
        troubles.append(nil)
      case .opened: continue
      case .trouble(let effect, let why):
        ids.append(nil)
        effects.append(effect)
        marketplaceIDs.append(nil)
        times.append(nil)
        troubles.append(Plain.text(why))
      }
    }
    b.append(now)
    b.append(ids)
    b.append(effects)
    b.append(marketplaceIDs)
    b.append(times)
    b.append(troubles)
  }
}
