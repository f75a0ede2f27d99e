public import Conversations
import Kit
import Postgres

/// A customer's message with all that a rule may look at.
public struct RuleCase: Sendable {
  public var messageID: Int64
  public var conversationID: Int64
  public var shopID: String
  public var threadID: String
  public var customerName: String?
  public var situation: RuleSituation
}

/// Reads of messages as rules see them.
private protocol CaseReading: PostgresStatement where Row == RuleCase {}

extension CaseReading {
  /// An answer that was written here before the message was stored does not answer it: they crossed.
  static var columns: String {
    """
    m.id, c.id, coalesce(c.shop_id, ''), c.mirakl_thread_id,
      coalesce(c.customer_name, cu.display_name), t.at,
      extract(isodow from t.at at time zone z.name)::bigint,
      (extract(hour from t.at at time zone z.name) * 60
        + extract(minute from t.at at time zone z.name))::bigint,
      c.status, c.topic, o.status_then, o.placed_at, o.ship_by, m.sender_type, m.sender_name,
      m.text, m.language, m.created_at,
      exists (select 1 from messages a where a.conversation_id = c.id
        and a.sender_type = 'technician' and a.message_type = 'manual' and a.discarded_at is null
        and a.created_at > m.created_at and a.created_at <= t.at
        and (a.effect_id is null or a.id > m.id)),
      (select max(a.created_at) from messages a where a.conversation_id = c.id
        and a.message_type = 'auto_reply' and a.discarded_at is null and a.created_at <= t.at)
    """
  }

  static func row(_ r: PostgresRow) throws(PostgresError) -> RuleCase {
    var order: RuleSituation.Order?
    if let status = try r.stringOrNil(10) {
      order = RuleSituation.Order(
        status: status, placedAt: try r.timestampOrNil(11), shipBy: try r.timestampOrNil(12))
    }
    return RuleCase(
      messageID: try r.int64(0), conversationID: try r.int64(1), shopID: try r.string(2),
      threadID: try r.string(3), customerName: try r.stringOrNil(4),
      situation: RuleSituation(
        now: try r.timestamp(5),
        local: LocalMoment(weekday: try r.int(6), minute: try r.int(7)),
        threadStatus: ThreadStatus(rawValue: try r.string(8)) ?? .read, topic: try r.string(9),
        order: order, sender: MessageSender(rawValue: try r.string(13)) ?? .operator,
        senderName: try r.stringOrNil(14), text: try r.string(15),
        language: MessageLanguage(rawValue: try r.string(16)) ?? .english,
        messageAt: try r.timestamp(17), isAnswered: try r.bool(18),
        lastAutoReplyAt: try r.timestampOrNil(19)))
  }
}

/// The latest message of each conversation that no rule has judged, if a customer wrote it.
struct FindNewCases: CaseReading {
  static let sql = """
    select \(columns)
    from (
      select distinct on (conversation_id) id from messages
      where sender_type = 'customer' and created_at > $1 and created_at > $2 - interval '7 days'
      order by conversation_id, created_at desc, id desc
    ) latest
    join messages m on m.id = latest.id
    join conversations c on c.id = m.conversation_id and c.shop_id = $4
    left join customers cu on cu.id = c.customer_id
    left join lateral (select s.status as status_then, s.placed_at, s.ship_by from orders s
      where s.order_id = c.order_id) o on true
    cross join (select $2::timestamptz as at) t
    cross join (select $3::text as name) z
    where not exists (select 1 from rule_firings f where f.message_id = m.id)
    order by m.id desc limit 200
    """
  /// Nothing that was written before a rule was armed.
  let since: Timestamp
  let now: Timestamp
  let timeZone: String
  let shopID: String
  func bind(_ b: inout PostgresBindings) {
    b.append(since)
    b.append(now)
    b.append(timeZone)
    b.append(shopID)
  }
}

/// One message, as it stands now.
struct ReadCase: CaseReading {
  static let sql = """
    select \(columns)
    from messages m
    join conversations c on c.id = m.conversation_id
    left join customers cu on cu.id = c.customer_id
    left join lateral (select s.status as status_then, s.placed_at, s.ship_by from orders s
      where s.order_id = c.order_id) o on true
    cross join (select $2::timestamptz as at) t
    cross join (select $3::text as name) z
    where m.id = $1
    """
  let messageID: Int64
  let now: Timestamp
  let timeZone: String
  func bind(_ b: inout PostgresBindings) {
    b.append(messageID)
    b.append(now)
    b.append(timeZone)
  }
}

/// What customers wrote in the last days, each as it stood when the rule would have answered: the
/// order's status comes from its history.
struct ReadPastCases: CaseReading {
  static let casesMax = 2_000

  static let sql = """
    select \(columns.replacing("c.status, c.topic", with: "'unread', c.topic"))
    from messages m
    join conversations c on c.id = m.conversation_id
    left join customers cu on cu.id = c.customer_id
    cross join lateral (
      select m.created_at + make_interval(secs => $2 / 1e6) as at) t
    left join lateral (
      select coalesce((select h.status from order_status_history h
          where h.order_id = s.order_id and h.created_at <= t.at
          order by h.history_id desc limit 1), s.status) as status_then, s.placed_at, s.ship_by
      from orders s where s.order_id = c.order_id) o on true
    cross join (select $3::text as name) z
    where m.sender_type = 'customer' and m.created_at > $1
    order by m.created_at desc limit \(casesMax)
    """
  let since: Timestamp
  let delay: Duration
  let timeZone: String
  func bind(_ b: inout PostgresBindings) {
    b.append(since)
    b.append(delay.microseconds)
    b.append(timeZone)
  }
}
