public import Kit
public import People
public import Postgres

/// A text that can be sent again and again, in one language or two.
public struct StoredTemplate: Sendable {
  public var id: Int64
  public var name: String
  public var bodyEN: String
  public var bodyFR: String?
  public var version: Int
  public var updatedBy: String
  public var updatedAt: Timestamp
}

struct ReadTemplates: PostgresStatement {
  static let sql = """
    select id, name, body_en, body_fr, version, updated_by, updated_at from reply_templates
    where retired_at is null order by name
    """
  static func row(_ r: PostgresRow) throws(PostgresError) -> StoredTemplate {
    StoredTemplate(
      id: try r.int64(0), name: try r.string(1), bodyEN: try r.string(2),
      bodyFR: try r.stringOrNil(3), version: try r.int(4), updatedBy: try r.string(5),
      updatedAt: try r.timestamp(6))
  }
}

/// Rules that use a template are disarmed by a change of it: nobody has tried the new text.
struct SaveTemplate: PostgresStatement {
  static let sql = """
    with saved as (
      insert into reply_templates (name, body_en, body_fr, updated_by) values ($1, $2, $3, $4)
      on conflict (name) do update set body_en = excluded.body_en, body_fr = excluded.body_fr,
        updated_by = excluded.updated_by, updated_at = clock_timestamp(), retired_at = null,
        version = reply_templates.version + 1
      returning id
    ), disarmed as (
      update reply_rules r set is_armed = false, armed_by = null, armed_at = null,
        version = version + 1
      from saved where r.template_id = saved.id
    )
    select id from saved
    """
  let name: String
  let bodyEN: String
  let bodyFR: String?
  let actor: String
  func bind(_ b: inout PostgresBindings) {
    b.append(Plain.text(name))
    b.append(Plain.text(bodyEN))
    b.append(bodyFR.map(Plain.text))
    b.append(Plain.text(actor))
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

/// What a template can be filled with. A deadline is often the last moment of a day where the marketplace
/// is, and then another day in UTC: which day it is, is asked of a place.
struct ReadReplyFacts: PostgresStatement {
  static let sql = """
    select coalesce(c.customer_name, cu.display_name),
      order_data(o) #>> '{customer,firstname}', c.marketplace_order_id, o.status,
      to_char(o.ship_by at time zone $2, 'YYYY-MM-DD'),
      (select string_agg(distinct l.title, ', ') from order_lines l where l.order_id = o.order_id),
      s.tracking_pin, sh.name
    from conversations c
    left join customers cu on cu.id = c.customer_id
    left join orders o on o.order_id = c.order_id
    left join shipments s on s.order_id = c.order_id
      and s.status in ('label_created', 'tracking_updated')
    left join shops sh on sh.shop_id = c.shop_id
    where c.id = $1
    """
  let conversationID: Int64
  let timeZone: String
  func bind(_ b: inout PostgresBindings) {
    b.append(conversationID)
    b.append(timeZone)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> ReplyFacts {
    ReplyFacts(
      customerName: try r.stringOrNil(0), firstName: try r.stringOrNil(1),
      orderID: try r.stringOrNil(2), orderStatus: try r.stringOrNil(3),
      shipBy: try r.stringOrNil(4), items: try r.stringOrNil(5),
      trackingPIN: try r.stringOrNil(6), shopName: try r.stringOrNil(7))
  }
}

/// What is known about a conversation's customer and order.
public struct ReplyFacts: Sendable, Equatable {
  /// Where days are counted when no rule says where.
  public static let timeZone = "America/Toronto"

  public var customerName: String?
  public var firstName: String?
  public var orderID: String?
  public var orderStatus: String?
  /// The day, as 2026-03-06.
  public var shipBy: String?
  public var items: String?
  public var trackingPIN: String?
  public var shopName: String?
}

extension Ledger {
  public func templates() async throws(PostgresError) -> [StoredTemplate] {
    try await pool.query(ReadTemplates(), deadline: limits.queryDeadline)
  }

  public func saveTemplate(
    name: String, bodyEN: String, bodyFR: String?, by actor: Actor
  ) async throws(PostgresError) -> Int64? {
    var batch = PostgresBatch()
    let saved = batch.add(
      SaveTemplate(name: name, bodyEN: bodyEN, bodyFR: bodyFR, actor: actor.name))
    _ = batch.add(RecordActs([Act(actor, "template.save", on: "template:\(name)")]))
    return try await pool.run(batch, deadline: limits.queryDeadline)[saved].first
  }

  /// `nil` when there is no such conversation.
  public func replyFacts(
    _ conversationID: Int64, timeZone: String = ReplyFacts.timeZone
  ) async throws(PostgresError) -> ReplyFacts? {
    try await pool.query(
      ReadReplyFacts(conversationID: conversationID, timeZone: timeZone),
      deadline: limits.queryDeadline
    ).first
  }
}
