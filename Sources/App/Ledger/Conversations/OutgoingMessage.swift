public import Conversations
import Kit
public import Postgres

/// A message of ours as its sending needs it.
public struct OutgoingMessage: Sendable {
  public struct File: Sendable {
    public var name: String
    public var contentType: String
    public var sha256: String
  }

  public var messageID: Int64
  public var threadID: String
  /// Of the thread, and the order that it is about.
  public var topic: String
  public var orderID: String?
  /// Nothing of the conversation goes out before it.
  public var isFirst: Bool
  public var body: String
  public var recipients: [ThreadParticipant]
  /// The thread shows it under this id.
  public var marketplaceID: String?
  /// The marketplace's answer told this id; not read back yet.
  public var answeredID: String?
  public var isDiscarded: Bool
  /// Ids of other messages of ours in the thread, and in the other threads about its order: a message
  /// that was to begin one is looked for in all of them.
  public var knownIDs: Set<String>
  public var files: [File] = []

  /// The thread is still to be begun, or nobody knows whether it was.
  public var opensThread: Bool { threadID.hasPrefix(ThreadOpening.mark) }
}

struct ReadOutgoing: PostgresStatement {
  static let sql = """
    select m.id, c.mirakl_thread_id, m.body, c.participants::text, m.recipients,
      m.mirakl_message_id, m.answered_id, m.discarded_at is not null,
      array(select coalesce(x.mirakl_message_id, x.answered_id) from messages x
        where x.conversation_id in (
            select m.conversation_id union all
            select k.id from conversations k where k.order_id = c.order_id and k.id <> c.id)
          and x.effect_id is not null and x.id <> m.id
          and coalesce(x.mirakl_message_id, x.answered_id) is not null
          and x.created_at > m.stored_at - interval '2 days'
        order by x.created_at desc limit 1000),
      c.topic, coalesce(c.order_id, c.marketplace_order_id),
      not exists (select from messages x where x.conversation_id = m.conversation_id
        and x.id < m.id and x.discarded_at is null)
    from messages m join conversations c on c.id = m.conversation_id
    where m.effect_id = $1
    """
  let effectID: Int64
  func bind(_ b: inout PostgresBindings) { b.append(effectID) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> OutgoingMessage {
    let participants = Participants.read(try r.string(3))
    let types = try r.stringArray(4)
    return OutgoingMessage(
      messageID: try r.int64(0), threadID: try r.string(1), topic: try r.string(9),
      orderID: try r.stringOrNil(10), isFirst: try r.bool(11), body: try r.string(2),
      recipients: types.map { type in
        participants.first { $0.type == type } ?? ThreadParticipant(type: type)
      },
      marketplaceID: try r.stringOrNil(5), answeredID: try r.stringOrNil(6),
      isDiscarded: try r.bool(7), knownIDs: Set(try r.stringArray(8)))
  }
}

struct ReadOutgoingFiles: PostgresStatement {
  static let sql = """
    select a.name, a.content_type, a.sha256 from messages m
    join message_attachments a on a.message_id = m.id
    where m.effect_id = $1 and a.sha256 is not null order by a.id
    """
  let effectID: Int64
  func bind(_ b: inout PostgresBindings) { b.append(effectID) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> OutgoingMessage.File {
    OutgoingMessage.File(
      name: try r.string(0), contentType: try r.string(1), sha256: try r.string(2))
  }
}

extension Ledger {
  /// The message that an effect sends; `nil` when there is none.
  public func outgoing(effect id: Int64) async throws(PostgresError) -> OutgoingMessage? {
    var batch = PostgresBatch()
    let message = batch.add(ReadOutgoing(effectID: id))
    let files = batch.add(ReadOutgoingFiles(effectID: id))
    let results = try await pool.run(batch, deadline: limits.queryDeadline)
    guard var found = try results[message].first else { return nil }
    found.files = try results[files]
    return found
  }
}
