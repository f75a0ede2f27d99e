public import Kit
import Postgres

/// A note that only we see.
public struct ConversationNote: Sendable {
  public static let charactersMax = 10_000

  public var id: Int64
  public var author: String
  public var body: String
  public var at: Timestamp
}

struct ReadNotes: PostgresStatement {
  static let sql = """
    select id, author, body, created_at from conversation_notes
    where conversation_id = $1 order by created_at desc, id desc limit 200
    """
  let conversationID: Int64
  func bind(_ b: inout PostgresBindings) { b.append(conversationID) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> ConversationNote {
    ConversationNote(
      id: try r.int64(0), author: try r.string(1), body: try r.string(2), at: try r.timestamp(3))
  }
}

/// No row: there is no such conversation. Row: whether the note is new, and not the same form's again.
struct InsertNote: PostgresStatement {
  static let sql = """
    with found as materialized (
      select id from conversations where id = $1
    ), made as (
      insert into conversation_notes (conversation_id, author, body, form_key)
      select id, $2, $3, $4 from found
      on conflict (form_key) where form_key is not null do nothing
      returning id
    )
    select exists (select from made) from found
    """
  let conversationID: Int64
  let author: String
  let body: String
  let formKey: String?
  func bind(_ b: inout PostgresBindings) {
    b.append(conversationID)
    b.append(Plain.text(author))
    b.append(Plain.text(body))
    b.append(formKey)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Bool { try r.bool(0) }
}
