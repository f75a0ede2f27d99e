public import Conversations
public import Effects
public import Kit
import Postgres

/// A message as a thread shows it.
public struct MessageView: Sendable {
  public struct File: Sendable {
    public enum State: String, Sendable { case listed, stored, refused }

    public var id: Int64
    public var name: String
    public var contentType: String
    public var bytes: Int
    public var state: State
    public var problem: String?
    public var sha256: String?
  }

  public var id: Int64
  public var conversationID: Int64
  public var sender: MessageSender
  public var type: MessageType
  public var senderName: String?
  /// Safe to show once it is escaped: no tags, nothing that steers a display.
  public var text: String
  public var recipients: [String]
  public var at: Timestamp
  /// Who of ours wrote it here.
  public var actor: String?
  public var template: String?
  /// Of one of ours that was written here; `nil` for everything else.
  public var effectID: Int64?
  public var effectState: EffectState?
  public var outcome: String?
  public var isShown: Bool
  public var isDiscarded: Bool
  /// Of the form that one of ours came from.
  public var formKey: String?
  public var files: [File] = []
}

/// Where a thread's page begins: messages before (or after) it.
public struct MessagePosition: Sendable, Equatable {
  public var at: Timestamp
  public var id: Int64

  public init(at: Timestamp, id: Int64) {
    self.at = at
    self.id = id
  }

  public var text: String { "\(at.microseconds).\(id)" }

  public init?(_ text: String) {
    let parts = text.split(separator: ".").map { Int64($0) }
    guard parts.count == 2, let at = parts[0], let id = parts[1] else { return nil }
    self.init(at: Timestamp(microseconds: at), id: id)
  }
}

/// The latest first; a page of any thread costs the same.
struct ReadMessages: PostgresStatement {
  static let sql = """
    select m.id, m.conversation_id, m.sender_type, m.message_type, m.sender_name, m.text,
      m.recipients, m.created_at, m.actor, m.template, e.effect_id, e.state, e.outcome,
      m.mirakl_message_id is not null, m.discarded_at is not null, m.form_key
    from messages m left join effects e on e.effect_id = m.effect_id
    where m.conversation_id = $1 and (m.created_at, m.id) < ($2, $3)
    order by m.created_at desc, m.id desc limit $4
    """
  let conversationID: Int64
  let before: MessagePosition?
  let limit: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(conversationID)
    // Without a place to begin at, before the end of the calendar.
    let before =
      before ?? MessagePosition(at: Timestamp(microseconds: 253_402_300_799_000_000), id: .max)
    b.append(before.at)
    b.append(before.id)
    b.append(Int64(limit))
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> MessageView {
    MessageView(
      id: try r.int64(0), conversationID: try r.int64(1),
      sender: MessageSender(rawValue: try r.string(2)) ?? .operator,
      type: MessageType(rawValue: try r.string(3)) ?? .manual, senderName: try r.stringOrNil(4),
      text: try r.string(5), recipients: try r.stringArray(6), at: try r.timestamp(7),
      actor: try r.stringOrNil(8), template: try r.stringOrNil(9),
      effectID: try r.int64OrNil(10),
      effectState: try r.stringOrNil(11).flatMap(EffectState.init(rawValue:)),
      outcome: try r.stringOrNil(12), isShown: try r.bool(13), isDiscarded: try r.bool(14),
      formKey: try r.stringOrNil(15))
  }
}

struct ReadFiles: PostgresStatement {
  static let sql = """
    select message_id, id, name, content_type, bytes, state, problem, sha256
    from message_attachments where message_id = any($1) order by id
    """
  let messageIDs: [Int64]
  func bind(_ b: inout PostgresBindings) { b.append(messageIDs) }
  static func row(
    _ r: PostgresRow
  ) throws(PostgresError) -> (messageID: Int64, file: MessageView.File) {
    (
      try r.int64(0),
      MessageView.File(
        id: try r.int64(1), name: try r.string(2), contentType: try r.string(3),
        bytes: Int(try r.int64(4)), state: .init(rawValue: try r.string(5)) ?? .listed,
        problem: try r.stringOrNil(6), sha256: try r.stringOrNil(7))
    )
  }
}

struct ReadFile: PostgresStatement {
  static let sql = """
    select message_id, id, name, content_type, bytes, state, problem, sha256
    from message_attachments where id = $1
    """
  let id: Int64
  func bind(_ b: inout PostgresBindings) { b.append(id) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> MessageView.File {
    try ReadFiles.row(r).file
  }
}

/// The newest message that there is, whatever page is shown: what a form has to have seen.
struct ReadNewestMessage: PostgresStatement {
  static let sql = "select coalesce(max(id), 0) from messages where conversation_id = $1"
  let conversationID: Int64
  func bind(_ b: inout PostgresBindings) { b.append(conversationID) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}
