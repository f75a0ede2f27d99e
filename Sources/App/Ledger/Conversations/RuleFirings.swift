import Conversations
public import Kit
import Postgres

/// What a rule decided about a message, to be written down.
public struct NewFiring: Sendable {
  public enum Decision: String, Sendable, CaseIterable {
    /// An answer is due; a person's answer meanwhile cancels it.
    case waiting
    case replied
    /// Left to a person, who is told.
    case raised
    case silent
    case cancelled
  }

  public var ruleID: Int64
  public var ruleVersion: Int
  public var conversationID: Int64
  public var messageID: Int64
  public var decision: Decision
  public var reason: String
  public var dueAt: Timestamp

  public init(
    ruleID: Int64, ruleVersion: Int, conversationID: Int64, messageID: Int64, decision: Decision,
    reason: String, dueAt: Timestamp
  ) {
    self.ruleID = ruleID
    self.ruleVersion = ruleVersion
    self.conversationID = conversationID
    self.messageID = messageID
    self.decision = decision
    self.reason = reason
    self.dueAt = dueAt
  }
}

/// A message is judged once, whoever comes first. Rows: what people are told of those that were raised.
struct InsertFirings: PostgresStatement {
  static let sql = """
    with added as (
      insert into rule_firings (rule_id, rule_version, conversation_id, message_id, decision,
        reason, due_at, created_at, decided_at)
      select rule, version::integer, conversation, message, decision, reason, due, $1,
        case when decision <> 'waiting' then $1 end
      from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[],
        $8::timestamptz[])
        as u (rule, version, conversation, message, decision, reason, due)
      on conflict (message_id) do nothing
      returning conversation_id, decision, reason
    ), raised as (
      update conversations c set needs_person = a.reason, status = 'unread'
      from added a where a.decision = 'raised' and c.id = a.conversation_id
      returning c.order_id, a.reason, c.id
    )
    insert into process_failures (process_name, order_id, details, created_at)
    select '\(ProcessFailure.customerService)', order_id, \(RaisedFailure.opening("id")) || reason,
      $1
    from raised
    returning process_name, order_id, details
    """
  let now: Timestamp
  let firings: [NewFiring]
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(firings.map(\.ruleID))
    b.append(firings.map { Int64($0.ruleVersion) })
    b.append(firings.map(\.conversationID))
    b.append(firings.map(\.messageID))
    b.append(firings.map(\.decision.rawValue))
    b.append(firings.map(\.reason))
    b.append(firings.map(\.dueAt))
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> ProcessFailure {
    ProcessFailure(
      processName: try r.string(0), orderID: try r.stringOrNil(1), effectID: nil,
      details: try r.string(2))
  }
}

/// An answer of a rule that is due.
public struct DueFiring: Sendable {
  public var id: Int64
  public var ruleID: Int64
  public var ruleVersion: Int
  public var conversationID: Int64
  public var messageID: Int64
}

struct FindDueFirings: PostgresStatement {
  static let sql = """
    select f.id, f.rule_id, f.rule_version, f.conversation_id, f.message_id
    from rule_firings f
    join conversations c on c.id = f.conversation_id and c.shop_id = $2
    where f.decision = 'waiting' and f.due_at <= $1 order by f.due_at limit 100
    """
  let now: Timestamp
  let shopID: String
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(shopID)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> DueFiring {
    DueFiring(
      id: try r.int64(0), ruleID: try r.int64(1), ruleVersion: try r.int(2),
      conversationID: try r.int64(3), messageID: try r.int64(4))
  }
}

struct LockFiring: PostgresStatement {
  static let sql = "select id from rule_firings where id = $1 and decision = 'waiting' for update"
  let id: Int64
  func bind(_ b: inout PostgresBindings) { b.append(id) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

/// Rows: as of `InsertFirings`.
struct DecideFiring: PostgresStatement {
  static let sql = """
    with decided as (
      update rule_firings set decision = $2, reason = $3, reply_id = $4::bigint,
        replied_on = case when $4::bigint is not null then ($5 at time zone 'UTC')::date end,
        decided_at = $5
      where id = $1 and decision = 'waiting'
      returning conversation_id, decision, reason
    ), raised as (
      update conversations c set needs_person = d.reason, status = 'unread'
      from decided d where d.decision = 'raised' and c.id = d.conversation_id
      returning c.order_id, d.reason, c.id
    )
    insert into process_failures (process_name, order_id, details, created_at)
    select '\(ProcessFailure.customerService)', order_id, \(RaisedFailure.opening("id")) || reason,
      $5
    from raised
    returning process_name, order_id, details
    """
  let id: Int64
  let decision: NewFiring.Decision
  let reason: String
  let replyID: Int64?
  let now: Timestamp
  func bind(_ b: inout PostgresBindings) {
    b.append(id)
    b.append(decision.rawValue)
    b.append(reason)
    b.append(replyID)
    b.append(now)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> ProcessFailure {
    try InsertFirings.row(r)
  }
}

/// What rules made of messages, the latest first.
public struct FiringView: Sendable {
  public var id: Int64
  public var ruleID: Int64
  public var conversationID: Int64
  public var customerName: String?
  public var preview: String
  public var decision: NewFiring.Decision
  public var reason: String
  public var dueAt: Timestamp
  public var createdAt: Timestamp
}

struct ReadFirings: PostgresStatement {
  static let sql = """
    select f.id, f.rule_id, f.conversation_id, c.customer_name, left(m.text, 120), f.decision,
      f.reason, f.due_at, f.created_at
    from rule_firings f
    join conversations c on c.id = f.conversation_id
    join messages m on m.id = f.message_id
    where f.rule_id = $1 order by f.created_at desc, f.id desc limit $2
    """
  let ruleID: Int64
  let limit: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(ruleID)
    b.append(Int64(limit))
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> FiringView {
    FiringView(
      id: try r.int64(0), ruleID: try r.int64(1), conversationID: try r.int64(2),
      customerName: try r.stringOrNil(3), preview: try r.string(4),
      decision: NewFiring.Decision(rawValue: try r.string(5)) ?? .silent, reason: try r.string(6),
      dueAt: try r.timestamp(7), createdAt: try r.timestamp(8))
  }
}

/// What waits to be answered by a rule in a conversation.
struct ReadWaitingFiring: PostgresStatement {
  static let sql = """
    select f.due_at from rule_firings f
    where f.conversation_id = $1 and f.decision = 'waiting' order by f.due_at limit 1
    """
  let conversationID: Int64
  func bind(_ b: inout PostgresBindings) { b.append(conversationID) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Timestamp { try r.timestamp(0) }
}
