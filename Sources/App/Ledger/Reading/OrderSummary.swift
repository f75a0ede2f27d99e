public import Kit
public import Orders
public import Postgres

/// An order as a list shows it.
public struct OrderSummary: Sendable {
  public var orderID: String
  public var channel: String
  public var shopID: String
  /// As its channel has it.
  public var statusName: String
  public var statusSince: Timestamp
  public var parkedReason: String?
  public var marketplaceState: String?
  public var createdAt: Timestamp
  public var acceptBy: Timestamp?
  public var shipBy: Timestamp?
  public var totalPrice: String?
  public var currency: String?
  public var trackingPIN: String?
  public var labelPath: String?
  public var acceptedAt: Timestamp?
  public var shippedAt: Timestamp?
  /// What a person has to look at, in words; `nil` when nothing.
  public var needs: String?

  /// `nil` for a booking, which has statuses of its own.
  public var status: OrderStatus? {
    channel == "marketplace" ? OrderStatus(rawValue: statusName) : nil
  }

  /// Why somebody has to look at it, in words; `nil` when nobody has to.
  public var waits: String? {
    parkedReason ?? needs ?? (statusName == "pending" ? "to be confirmed" : nil)
  }
}

/// Which orders a list shows; paged by key, newest first.
public struct OrderFilter: Sendable {
  public var status: OrderStatus?
  public var shopID: String?
  public var needsPerson: Bool
  public var search: String?
  /// Exactly this order.
  public var orderID: String?
  public var before: (createdAt: Timestamp, orderID: String)?
  public var limit: Int

  public init(
    status: OrderStatus? = nil, shopID: String? = nil, needsPerson: Bool = false,
    search: String? = nil, before: (createdAt: Timestamp, orderID: String)? = nil, limit: Int = 50
  ) {
    self.status = status
    self.shopID = shopID
    self.needsPerson = needsPerson
    self.search = search
    self.before = before
    self.limit = limit
  }
}

/// Orders by what a person asked for; `condition` tells which orders are looked at, of all.
protocol OrderReading: PostgresStatement where Row == OrderSummary {
  static var condition: String { get }
  var filter: OrderFilter { get }
}

struct ReadOrders: OrderReading {
  static let condition = "o.channel = 'marketplace'"
  static let sql = text
  let filter: OrderFilter
}

/// Of either channel. Begins at what asks for a person, which is little: most orders are shipped, and ask
/// for nothing.
struct ReadOrdersOfPeople: OrderReading {
  static let condition = """
    o.order_id = any(array(
      select order_id from orders
      where is_open and status in ('parked', 'acceptance_failed', 'pending')
      union select subject from effects where is_for_people))
    """
  static let sql = text
  let filter: OrderFilter
}

extension OrderReading {
  static var text: String {
    """
    select o.order_id, o.shop_id, o.status, o.status_since, o.parked_reason, o.marketplace_state,
      o.created_at, o.accept_by, o.ship_by, o.total_price::text, o.currency, s.tracking_pin,
      s.label_pdf_path,
      (select h.created_at from order_status_history h
        where h.order_id = o.order_id and h.status = 'accepted' order by history_id limit 1),
      case when o.status = 'shipped' then o.status_since end,
      (select e.kind || ': ' || coalesce(e.outcome, '') from effects e
        where e.subject = o.order_id and e.is_for_people
        order by e.updated_at desc limit 1), o.channel
    from orders o left join shipments s on s.order_id = o.order_id
    where \(condition)
      and ($1::text is null or o.status = $1)
      and ($2::text is null or o.shop_id = $2)
      and ($3::text is null or o.order_id like $3 || '%' or s.tracking_pin = $3
        or exists (select 1 from order_lines l where l.order_id = o.order_id and l.sku = $3))
      and ($4::timestamptz is null or (o.created_at, o.order_id) < ($4, $5))
      and ($7::text is null or o.order_id = $7)
    order by o.created_at desc, o.order_id desc limit $6
    """
  }

  func bind(_ b: inout PostgresBindings) {
    b.append(filter.status?.rawValue)
    b.append(filter.shopID)
    b.append(filter.search)
    b.append(filter.before?.createdAt)
    b.append(filter.before?.orderID)
    b.append(Int64(filter.limit))
    b.append(filter.orderID)
  }

  static func row(_ r: PostgresRow) throws(PostgresError) -> OrderSummary {
    OrderSummary(
      orderID: try r.string(0), channel: try r.string(16), shopID: try r.string(1),
      statusName: try r.string(2), statusSince: try r.timestamp(3),
      parkedReason: try r.stringOrNil(4), marketplaceState: try r.stringOrNil(5),
      createdAt: try r.timestamp(6), acceptBy: try r.timestampOrNil(7),
      shipBy: try r.timestampOrNil(8), totalPrice: try r.stringOrNil(9),
      currency: try r.stringOrNil(10), trackingPIN: try r.stringOrNil(11),
      labelPath: try r.stringOrNil(12), acceptedAt: try r.timestampOrNil(13),
      shippedAt: try r.timestampOrNil(14), needs: try r.stringOrNil(15))
  }
}

extension Ledger {
  /// One order; `nil` when we do not know it.
  public func order(_ id: String) async throws(PostgresError) -> OrderSummary? {
    var filter = OrderFilter(limit: 1)
    filter.orderID = id
    return try await orders(filter).first
  }

  public func orders(_ filter: OrderFilter) async throws(PostgresError) -> [OrderSummary] {
    if filter.needsPerson {
      return try await pool.query(
        ReadOrdersOfPeople(filter: filter), deadline: limits.queryDeadline)
    }
    return try await pool.query(ReadOrders(filter: filter), deadline: limits.queryDeadline)
  }
}
