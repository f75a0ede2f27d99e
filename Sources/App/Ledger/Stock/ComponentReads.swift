import Postgres

/// What a list of components is asked for; pages are keyed by name and number.
public struct ComponentFilter: Sendable {
  /// Part of a name or code, or a whole barcode.
  public var text: String
  public var type: String?
  /// Only those that run out within their days of cover, the most urgent first; not paged.
  public var lowOnly: Bool
  public var after: (name: String, id: Int64)?
  public var limit: Int

  public init(
    text: String = "", type: String? = nil, lowOnly: Bool = false,
    after: (name: String, id: Int64)? = nil, limit: Int = 50
  ) {
    self.text = text
    self.type = type
    self.lowOnly = lowOnly
    self.after = after
    self.limit = limit
  }
}

struct ReadComponents: PostgresStatement {
  static let sql = """
    select c.id, c.code, c.name, c.type, c.barcode, c.asks_serial, c.cover_days, c.is_active,
      s.on_hand, s.reserved, coalesce(u.used, 0)::bigint
    from components c
    join component_stock s on s.component_id = c.id
    left join lateral (
      select sum(used) as used from stock_usage
      where component_id = c.id and day > current_date - 30) u on true
    where (lower(c.name), c.id) > ($2, $3) and ($4 = '' or c.type = $4)
      and ($1 = '' or position(lower($1) in lower(c.name)) > 0
        or position(lower($1) in lower(c.code)) > 0
        or c.id in (select component_id from component_barcodes where barcode = $1))
    order by lower(c.name), c.id limit $5
    """
  let filter: ComponentFilter
  func bind(_ b: inout PostgresBindings) {
    b.append(filter.text)
    b.append(filter.after?.name.lowercased() ?? "")
    b.append(filter.after?.id ?? 0)
    b.append(filter.type ?? "")
    b.append(filter.limit)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> ComponentRow {
    ComponentRow(
      id: try r.int64(0), code: try r.string(1), name: try r.string(2), type: try r.string(3),
      barcode: try r.stringOrNil(4), asksSerial: try r.bool(5), coverDays: try r.int(6),
      isActive: try r.bool(7), onHand: try r.int64(8), reserved: try r.int64(9),
      used: try r.int64(10))
  }
}

/// What is promised and not there, and what runs out within its days of cover, the most urgent first.
struct ReadLowComponents: PostgresStatement {
  static let sql = """
    with pace as (
      select component_id, sum(used) as used from stock_usage where day > current_date - 30
      group by component_id having sum(used) > 0)
    select c.id, c.code, c.name, c.type, c.barcode, c.asks_serial, c.cover_days, c.is_active,
      s.on_hand, s.reserved, coalesce(p.used, 0)::bigint
    from component_stock s
    join components c on c.id = s.component_id
    left join pace p using (component_id)
    where c.is_active and (s.reserved > s.on_hand
      or div(greatest(s.on_hand - s.reserved, 0) * 30, p.used) < c.cover_days)
    order by least(s.on_hand - s.reserved, 0),
      greatest(s.on_hand - s.reserved, 0) / nullif(p.used, 0) nulls last, c.id
    limit $1
    """
  let limit: Int
  func bind(_ b: inout PostgresBindings) { b.append(limit) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> ComponentRow {
    try ReadComponents.row(r)
  }
}

struct ReadComponent: PostgresStatement {
  static let sql = """
    select c.id, c.code, c.name, c.type, c.barcode, c.asks_serial, c.cover_days, c.is_active,
      s.on_hand, s.reserved, coalesce((
        select sum(used) from stock_usage
        where component_id = c.id and day > current_date - 30), 0)::bigint
    from components c join component_stock s on s.component_id = c.id where c.code = $1
    """
  let code: String
  func bind(_ b: inout PostgresBindings) { b.append(code) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> ComponentRow {
    try ReadComponents.row(r)
  }
}

struct ReadBarcodes: PostgresStatement {
  static let sql = """
    select barcode from component_barcodes where component_id = $1 order by created_at, barcode
    """
  let componentID: Int64
  func bind(_ b: inout PostgresBindings) { b.append(componentID) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> String { try r.string(0) }
}

struct ReadHolders: PostgresStatement {
  static let sql = """
    select order_id, sum(reserved)::bigint from order_line_parts
    where component_id = $1 and reserved > 0 group by order_id order by order_id limit $2
    """
  let componentID: Int64
  let limit: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(componentID)
    b.append(limit)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> (orderID: String, pieces: Int64) {
    (try r.string(0), try r.int64(1))
  }
}
