public import Kit
import Postgres

/// An order of any channel as the pages list it.
public struct ListedOrder: Sendable {
  public var orderID: String
  public var channel: String
  public var shopID: String
  public var shopName: String
  public var status: String
  public var statusSince: Timestamp
  public var parkedReason: String?
  public var createdAt: Timestamp
  public var acceptBy: Timestamp?
  public var shipBy: Timestamp?
  public var totalPrice: String?
  public var currency: String?
  public var trackingPIN: String?
  /// What a person has to look at: `buy_label: too heavy`; `nil` when nothing.
  public var needs: String?
  public var isHeld: Bool
  /// The first line's title, and how many lines there are.
  public var title: String?
  public var lines: Int
}

/// Rows by id, in the order of the ids.
struct ReadOrderRows: PostgresStatement {
  static let sql = """
    select o.order_id, o.channel, o.shop_id, coalesce(p.name, o.shop_id), o.status, o.status_since,
      o.parked_reason, o.created_at, o.accept_by, o.ship_by, o.total_price::text, o.currency,
      s.tracking_pin,
      (select e.kind || ': ' || coalesce(e.outcome, '') from effects e
        where e.subject = o.order_id and e.is_for_people order by e.updated_at desc limit 1),
      o.is_held, l.title, coalesce(l.lines, 0)::bigint
    from unnest($1::text[]) with ordinality as u (id, place)
    join orders o on o.order_id = u.id
    left join shops p on p.shop_id = o.shop_id
    left join shipments s on s.order_id = o.order_id
    left join lateral (
      select (array_agg(l.title order by l.line_index))[1] as title, count(*) as lines
      from order_lines l where l.order_id = o.order_id) l on true
    order by u.place
    """
  let ids: [String]
  func bind(_ b: inout PostgresBindings) { b.append(ids) }

  static func row(_ r: PostgresRow) throws(PostgresError) -> ListedOrder {
    ListedOrder(
      orderID: try r.string(0), channel: try r.string(1), shopID: try r.string(2),
      shopName: try r.string(3), status: try r.string(4), statusSince: try r.timestamp(5),
      parkedReason: try r.stringOrNil(6), createdAt: try r.timestamp(7),
      acceptBy: try r.timestampOrNil(8), shipBy: try r.timestampOrNil(9),
      totalPrice: try r.stringOrNil(10), currency: try r.stringOrNil(11),
      trackingPIN: try r.stringOrNil(12), needs: try r.stringOrNil(13), isHeld: try r.bool(14),
      title: try r.stringOrNil(15), lines: try r.int(16))
  }
}
