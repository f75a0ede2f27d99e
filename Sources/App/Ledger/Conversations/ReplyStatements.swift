import Conversations
import Kit
import People
import Postgres

/// Whoever answers in a conversation holds its row: two answers are decided one after the other.
struct LockConversation: PostgresStatement {
  static let sql = """
    select c.id, c.shop_id, c.order_id, c.participants::text, c.status
    from conversations c where c.id = $1 for update
    """
  struct Row: Sendable {
    let shopID: String
    let orderID: String?
    let participants: [ThreadParticipant]
    let status: ThreadStatus
  }
  let id: Int64
  func bind(_ b: inout PostgresBindings) { b.append(id) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Row {
    Row(
      shopID: try r.stringOrNil(1) ?? "", orderID: try r.stringOrNil(2),
      participants: Participants.read(try r.string(3)),
      status: ThreadStatus(rawValue: try r.string(4)) ?? .read)
  }
}

/// Messages that the writer did not see, the oldest first.
struct FindNewerMessages: PostgresStatement {
  static let sql = """
    select m.id, m.sender_type, coalesce(m.actor, m.sender_name, ''), left(m.text, 200), m.created_at
    from messages m
    where m.conversation_id = $1 and m.id > $2 and m.discarded_at is null
    order by m.id limit 20
    """
  let conversationID: Int64
  let after: Int64
  func bind(_ b: inout PostgresBindings) {
    b.append(conversationID)
    b.append(after)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> ReplyPlanned.NewerMessage {
    ReplyPlanned.NewerMessage(
      messageID: try r.int64(0), sender: MessageSender(rawValue: try r.string(1)) ?? .operator,
      who: try r.string(2), preview: try r.string(3), at: try r.timestamp(4))
  }
}

struct FindFormMessage: PostgresStatement {
  static let sql = "select id from messages where form_key = $1"
  let formKey: String
  func bind(_ b: inout PostgresBindings) { b.append(formKey) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

struct FindSameWords: PostgresStatement {
  static let sql = """
    select id from messages
    where conversation_id = $1 and body_digest = $2 and effect_id is not null
      and mirakl_message_id is null and discarded_at is null
    """
  let conversationID: Int64
  let digest: [UInt8]
  func bind(_ b: inout PostgresBindings) {
    b.append(conversationID)
    b.append(digest)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

/// The message and the effect that sends it, together: neither is ever there without the other.
struct InsertReply: PostgresStatement {
  static let sql = """
    with numbered as (
      select nextval(pg_get_serial_sequence('messages', 'id')) as id
    ), planned as (
      insert into effects (kind, subject, order_id, shop_id, lane, request_key, state, due_at,
        deadline, created_at, updated_at)
      select 'send_message', 'message:' || id, $3, $4, $5, 'send_message:' || id, 'planned',
        $1, $1 + make_interval(secs => $6 / 1e6), $1, $1
      from numbered returning effect_id
    )
    insert into messages (id, conversation_id, sender_type, message_type, body, text, language,
      sender_name, recipients, body_digest, effect_id, actor, form_key, template, created_at,
      stored_at)
    overriding system value
    select numbered.id, $2, 'technician', $7, $8, $9, $10, $11, $12, $13, planned.effect_id, $11,
      $14, $15, $1, $1
    from numbered, planned
    returning id
    """
  let now: Timestamp
  let plan: ReplyPlan
  let orderID: String?
  let shopID: String
  let lane: String
  func bind(_ b: inout PostgresBindings) {
    let text = Plain.text(MessageText.plain(plan.body))
    b.append(now)
    b.append(plan.conversationID)
    b.append(orderID)
    b.append(shopID)
    b.append(lane)
    b.append(plan.deadline.microseconds)
    b.append(plan.type.rawValue)
    b.append(Plain.text(plan.body))
    b.append(text)
    b.append(MessageLanguage.guess(text).rawValue)
    b.append(Plain.text(plan.actor.name))
    b.append(plan.recipients)
    b.append(MessageDigest.of(plan.body))
    b.append(plan.formKey)
    b.append(plan.template)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

struct InsertOwnFiles: PostgresStatement {
  static let sql = """
    insert into message_attachments (message_id, name, content_type, bytes, sha256, state)
    select m.id, u.name, u.type, u.bytes, u.sha256, 'stored'
    from unnest($2::text[], $3::text[], $4::bigint[], $5::text[]) as u (name, type, bytes, sha256)
    join messages m on m.form_key = $1
    """
  let formKey: String
  let files: [ReplyPlan.File]
  func bind(_ b: inout PostgresBindings) {
    b.append(formKey)
    b.append(files.map { Plain.text($0.name) })
    b.append(files.map(\.contentType))
    b.append(files.map { Int64($0.bytes) })
    b.append(files.map(\.sha256))
  }
}

/// A person dealt with it; a rule's answer leaves it unread for a person.
struct NoteAnswered: PostgresStatement {
  static let sql = """
    update conversations set status = case when $2 then 'read' else status end,
      needs_person = case when $2 then null else needs_person end
    where id = $1
    """
  let conversationID: Int64
  let byPerson: Bool
  func bind(_ b: inout PostgresBindings) {
    b.append(conversationID)
    b.append(byPerson)
  }
}
