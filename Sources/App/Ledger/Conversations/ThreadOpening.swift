import Conversations
import Kit
import Orders
public import People
public import Postgres

/// A conversation about an order that we begin.
public struct ThreadOpening: Sendable {
  /// How the name of a thread begins that the marketplace has not named yet.
  static let mark = "new:"
  public static let topicMax = 200

  public var orderID: String
  public var topic: String
  public var body: String
  public var actor: Actor
  /// Of the form; the same form sent twice is one conversation.
  public var formKey: String

  public init(orderID: String, topic: String, body: String, actor: Actor, formKey: String) {
    self.orderID = orderID
    self.topic = topic
    self.body = body
    self.actor = actor
    self.formKey = formKey
  }
}

/// Locks the order: two clicks on one form are taken one after the other.
struct LockOpening: PostgresStatement {
  static let sql =
    "select shop_id from orders where order_id = $1 and channel = 'marketplace' for no key update"
  let orderID: String
  func bind(_ b: inout PostgresBindings) { b.append(orderID) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> String { try r.string(0) }
}

/// The conversation of a form that came before, or one that is being begun about the order with the same
/// words: two of them could not be told apart when their answers are lost. A statement of its own: in
/// the one that waits for the lock it would see what was there before the wait.
struct FindOpening: PostgresStatement {
  static let sql = """
    select conversation_id from messages where form_key = $1
    union all
    select c.id from conversations c join messages m on m.conversation_id = c.id
    where c.order_id = $2 and starts_with(c.mirakl_thread_id, $3) and m.body_digest = $4
      and m.effect_id is not null and m.mirakl_message_id is null and m.discarded_at is null
    limit 1
    """
  let opening: ThreadOpening
  func bind(_ b: inout PostgresBindings) {
    b.append(opening.formKey)
    b.append(opening.orderID)
    b.append(ThreadOpening.mark)
    b.append(MessageDigest.of(opening.body))
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

struct InsertConversation: PostgresStatement {
  static let sql = """
    insert into conversations (mirakl_thread_id, shop_id, order_id, marketplace_order_id, topic,
      entity_type, customer_name, customer_id, status, participants, last_message_at)
    select $1, o.shop_id, o.order_id, o.order_id, $3, 'MMP_ORDER',
      nullif(trim(concat_ws(' ', order_data(o) #>> '{customer,firstname}',
        order_data(o) #>> '{customer,lastname}')), ''),
      (select c.customer_id from conversations c
        where c.order_id = o.order_id and c.customer_id is not null limit 1),
      'read', '[{"type": "CUSTOMER"}, {"type": "OPERATOR"}]', clock_timestamp()
    from orders o where o.order_id = $2
    returning id
    """
  let name: String
  let opening: ThreadOpening
  func bind(_ b: inout PostgresBindings) {
    b.append(name)
    b.append(opening.orderID)
    b.append(Plain.text(opening.topic))
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

struct ReadThreadsOfOrder: ThreadReading {
  static let sql = """
    select \(columns) from conversations c \(joins)
    where c.id in (
      select id from conversations where order_id = $1
      union all
      select id from conversations where marketplace_order_id = $1 and order_id is null)
    order by c.id limit 20
    """
  let orderID: String
  func bind(_ b: inout PostgresBindings) { b.append(orderID) }
}

extension Ledger {
  /// What was written about an order, also before we know it, in the order in which it began.
  public func threads(about orderID: String) async throws(PostgresError) -> [ThreadSummary] {
    try await pool.query(ReadThreadsOfOrder(orderID: orderID), deadline: limits.queryDeadline)
  }

  /// Writes a conversation, its first message and the effect that sends it down, together.
  /// - Returns: also a conversation that is being begun with the same words; `nil` when there is no such
  ///   order of a marketplace.
  public func open(_ opening: ThreadOpening) async throws -> OpenedThread? {
    let (deadline, clock) = (limits.queryDeadline, clock())
    return try await pool.transaction(deadline: deadline) { connection in
      let locked = try await connection.query(
        LockOpening(orderID: opening.orderID), deadline: deadline)
      guard let shopID = locked.first else { return nil }
      let known = try await connection.query(
        FindOpening(opening: opening), deadline: deadline)
      if let known = known.first { return OpenedThread(conversationID: known, isNew: false) }
      let now =
        try await connection.query(ReadClock(now: clock), deadline: deadline).first ?? .now()
      let name = ThreadOpening.mark + UUIDv7.make().text
      let made = try await connection.query(
        InsertConversation(name: name, opening: opening), deadline: deadline)
      guard let id = made.first else { return nil }
      let plan = ReplyPlan(
        conversationID: id, body: opening.body, type: .manual,
        recipients: [ThreadParticipant.customer], actor: opening.actor, lastSeen: nil,
        formKey: opening.formKey)
      _ = try await connection.query(
        InsertReply(
          now: now, plan: plan, orderID: opening.orderID, shopID: shopID,
          lane: Deed.sendMessage.system.lane(shop: shopID)), deadline: deadline)
      // Without the topic: an order's story is read by those too who see no customer's data.
      let act = Act(
        opening.actor, "inbox.open", on: "order:" + opening.orderID, "conversation \(id)")
      _ = try await connection.query(RecordActs([act]), deadline: deadline)
      _ = try await connection.query(RefreshConversation(id: id), deadline: deadline)
      return OpenedThread(conversationID: id, isNew: true)
    }
  }
}
