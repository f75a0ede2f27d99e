public import Conversations
public import Kit
import Postgres

/// A conversation as the list shows it.
public struct ThreadSummary: Sendable {
  public var id: Int64
  public var threadID: String
  public var shopID: String
  public var status: ThreadStatus
  public var topic: String
  public var customerName: String?
  /// As the marketplace says it, whether or not we know it.
  public var orderID: String?
  public var isOrderKnown: Bool
  public var orderStatus: String?
  public var messageCount: Int
  public var lastMessageAt: Timestamp?
  public var lastSender: MessageSender?
  public var preview: String
  public var waitingSince: Timestamp?
  public var answerBy: Timestamp?
  public var answerWithin: Duration
  public var needsPerson: String?
  public var language: MessageLanguage
  public var participants: [ThreadParticipant]
  /// Who has it open just now.
  public var viewers: [String]
  public var position: ThreadPosition
}

/// Where a conversation stands in the list: pages go on behind it.
public struct ThreadPosition: Sendable, Equatable {
  public var rank: Int
  public var key: Int64
  public var id: Int64

  public init(rank: Int, key: Int64, id: Int64) {
    self.rank = rank
    self.key = key
    self.id = id
  }

  /// As it stands in an address.
  public var text: String { "\(rank).\(key).\(id)" }

  public init?(_ text: String) {
    let parts = text.split(separator: ".").map { Int64($0) }
    guard parts.count == 3, let rank = parts[0], let key = parts[1], let id = parts[2],
      (-1...9).contains(rank)
    else { return nil }
    self.init(rank: Int(rank), key: key, id: id)
  }
}

public struct ThreadFilter: Sendable {
  public enum View: String, Sendable, CaseIterable {
    /// Unread first, then read.
    case open
    case unread
    case archived
    case all
  }

  public var view: View
  /// Words as people type them into a search.
  public var search: String?
  public var shopID: String?
  public var after: ThreadPosition?
  public var limit: Int

  public init(
    view: View = .open, search: String? = nil, shopID: String? = nil,
    after: ThreadPosition? = nil, limit: Int = 50
  ) {
    self.view = view
    self.search = search
    self.shopID = shopID
    self.after = after
    self.limit = limit
  }

  var ranks: ClosedRange<Int> {
    switch view {
    case .open: 0...1
    case .unread: 0...0
    case .archived: 2...2
    case .all: 0...2
    }
  }
}

protocol ThreadReading: PostgresStatement where Row == ThreadSummary {}

extension ThreadReading {
  static var columns: String {
    """
    c.id, c.mirakl_thread_id, coalesce(c.shop_id, ''), c.status, c.topic,
      coalesce(c.customer_name, cu.display_name), coalesce(c.order_id, c.marketplace_order_id),
      c.order_id is not null, o.status, c.message_count, c.last_message_at, c.last_sender,
      c.preview, c.waiting_since, c.answer_by,
      (extract(epoch from c.answer_within) * 1000000)::bigint, c.needs_person, c.language,
      c.participants::text,
      array(select p.actor from conversation_presence p
        where p.conversation_id = c.id
          and p.seen_at > clock_timestamp() - interval '\(Presence.secondsMax) seconds'
        order by p.actor),
      c.list_rank, c.list_key
    """
  }
  static var joins: String {
    "left join orders o on o.order_id = c.order_id left join customers cu on cu.id = c.customer_id"
  }

  static func row(_ r: PostgresRow) throws(PostgresError) -> ThreadSummary {
    let id = try r.int64(0)
    return ThreadSummary(
      id: id, threadID: try r.string(1), shopID: try r.string(2),
      status: ThreadStatus(rawValue: try r.string(3)) ?? .read, topic: try r.string(4),
      customerName: try r.stringOrNil(5), orderID: try r.stringOrNil(6),
      isOrderKnown: try r.bool(7), orderStatus: try r.stringOrNil(8),
      messageCount: Int(try r.int32(9)), lastMessageAt: try r.timestampOrNil(10),
      lastSender: try r.stringOrNil(11).flatMap(MessageSender.init(rawValue:)),
      preview: try r.string(12), waitingSince: try r.timestampOrNil(13),
      answerBy: try r.timestampOrNil(14), answerWithin: .microseconds(try r.int64(15)),
      needsPerson: try r.stringOrNil(16),
      language: MessageLanguage(rawValue: try r.string(17)) ?? .english,
      participants: Participants.read(try r.string(18)), viewers: try r.stringArray(19),
      position: ThreadPosition(rank: Int(try r.int64(20)), key: try r.int64(21), id: id))
  }
}
