public import Kit
public import Postgres

/// Which orders a page lists: newest first, paged by key, whatever number there are.
public struct OrderSearch: Sendable {
  public enum Kind: Sendable, Equatable {
    case all
    /// One status, of one channel.
    case status(String, channel: String)
    /// Orders that wait for a person, ended ones as well.
    case needsPerson
    case held
    /// An id's beginning, a whole tracking PIN or a whole SKU.
    case text(String)
  }

  public var kind: Kind
  /// The last of the page before.
  public var before: (at: Timestamp, orderID: String)?
  public var limit: Int

  public init(_ kind: Kind, before: (at: Timestamp, orderID: String)? = nil, limit: Int) {
    self.kind = kind
    self.before = before
    self.limit = limit
  }
}

/// A place in a list: ids with the moment that they are sorted by.
protocol OrderPlaces: PostgresStatement where Row == OrderPlace {}

struct OrderPlace: Sendable {
  var orderID: String
  var at: Timestamp
}

extension OrderPlaces {
  static func row(_ r: PostgresRow) throws(PostgresError) -> OrderPlace {
    OrderPlace(orderID: try r.string(0), at: try r.timestamp(1))
  }
}

/// Down the index of the newest. What is asked for must not be rare: most orders are shipped.
struct ListNewestOrders: OrderPlaces {
  static let sql = """
    select order_id, created_at from orders
    where ($1::text is null or status = $1)
      and ($2::timestamptz is null or created_at <= $2 and (created_at, order_id) < ($2, $3))
    order by created_at desc, order_id desc limit $4
    """
  let status: String?
  let search: OrderSearch
  func bind(_ b: inout PostgresBindings) {
    b.append(status)
    b.append(search.before?.at)
    b.append(search.before?.orderID)
    b.append(search.limit)
  }
}

/// Among the open ones, which are few, and the ended ones that ask for a person or were put aside after they
/// were shipped, which are fewer.
struct ListOpenOrders: OrderPlaces {
  static let sql = """
    with found as (
      select o.order_id, o.created_at from orders o
      where o.is_open
        and ($1::text is null or o.status = $1) and ($2::text is null or o.channel = $2)
        and (not $3 or o.is_held)
        and (not $4 or o.status in ('parked', 'acceptance_failed', 'pending')
          or o.order_id in (select subject from effects where is_for_people))
      union all
      select o.order_id, o.created_at from orders o left join order_holds h using (order_id)
      where o.order_id = any(array(
          select subject from effects where is_for_people and $4
          union select order_id from order_holds where $3 or $4))
        and not o.is_open
        and ($4 and o.order_id in (select subject from effects where is_for_people)
          or o.status = 'shipped' and \(PutAside.sql))
    )
    select order_id, created_at from found
    where $5::timestamptz is null or (created_at, order_id) < ($5, $6)
    order by created_at desc, order_id desc limit $7
    """
  var status: String?
  var channel: String?
  var isHeld = false
  var needsPerson = false
  let search: OrderSearch
  func bind(_ b: inout PostgresBindings) {
    b.append(status)
    b.append(channel)
    b.append(isHeld)
    b.append(needsPerson)
    b.append(search.before?.at)
    b.append(search.before?.orderID)
    b.append(search.limit)
  }
}

/// Orders that ended in one of the rarer ways, the last ended first: by their history, whose index of
/// these holds nothing else.
struct ListEndedOrders: OrderPlaces {
  static let sql = """
    select h.order_id, h.created_at from order_status_history h
    join orders o on o.order_id = h.order_id and o.channel = $2
    where h.status = $1 and h.status in ('cancelled', 'completed')
      and ($3::timestamptz is null or (h.created_at, h.order_id) < ($3, $4))
    order by h.created_at desc, h.order_id desc limit $5
    """
  let status: String
  let channel: String
  let search: OrderSearch
  func bind(_ b: inout PostgresBindings) {
    b.append(status)
    b.append(channel)
    b.append(search.before?.at)
    b.append(search.before?.orderID)
    b.append(search.limit)
  }
}

/// Each way to find an order is one look into one index, which brings at most 200: who gets more of them
/// than that types one character more. The subquery of one value is never turned into a join, which a
/// plan that is kept for every text would read all orders for.
struct FindOrders: OrderPlaces {
  static let foundMax = 200
  static let sql = """
    with found as (
      (select order_id from orders where order_id >= $1 and order_id < $2
        order by order_id desc limit $6)
      union
      (select order_id from shipments
        where tracking_pin = $1 and tracking_pin <> '123456789012')
      union
      (select order_id from order_lines where sku = $1 order by order_id desc limit $6)
    ), placed as (
      select f.order_id, (select o.created_at from orders o where o.order_id = f.order_id) as at
      from found f
    )
    select order_id, at from placed
    where at is not null and ($3::timestamptz is null or (at, order_id) < ($3, $4))
    order by at desc, order_id desc limit $5
    """
  let text: String
  let search: OrderSearch
  func bind(_ b: inout PostgresBindings) {
    b.append(Plain.text(text))
    b.append(Plain.text(text) + "\u{10FFFF}")
    b.append(search.before?.at)
    b.append(search.before?.orderID)
    b.append(search.limit)
    b.append(Self.foundMax)
  }
}

/// A page of a list, and where the next one begins.
public struct OrderSlice: Sendable {
  public var rows: [ListedOrder]
  /// `nil` on the last page.
  public var next: (at: Timestamp, orderID: String)?
}

extension Ledger {
  /// One page of orders. Costs the same with any number of ended ones.
  public func page(of search: OrderSearch) async throws(PostgresError) -> OrderSlice {
    var more = search
    more.limit += 1
    let found = try await places(more)
    let shown = Array(found.prefix(search.limit))
    let rows = try await rows(of: shown.map(\.orderID))
    let next = found.count > search.limit ? shown.last.map { ($0.at, $0.orderID) } : nil
    return OrderSlice(rows: rows, next: next)
  }

  /// These orders, in this order; those that we do not know are left out.
  public func rows(of ids: [String]) async throws(PostgresError) -> [ListedOrder] {
    guard !ids.isEmpty else { return [] }
    return try await pool.query(ReadOrderRows(ids: ids), deadline: limits.queryDeadline)
  }

  private func places(_ search: OrderSearch) async throws(PostgresError) -> [OrderPlace] {
    switch search.kind {
    case .all: return try await places(ListNewestOrders(status: nil, search: search))
    case .status("shipped", _):
      return try await places(ListNewestOrders(status: "shipped", search: search))
    case .status(let status, let channel) where status == "cancelled" || status == "completed":
      return try await places(
        ListEndedOrders(status: status, channel: channel, search: search))
    case .status(let status, let channel):
      return try await places(ListOpenOrders(status: status, channel: channel, search: search))
    case .needsPerson:
      return try await places(ListOpenOrders(needsPerson: true, search: search))
    case .held: return try await places(ListOpenOrders(isHeld: true, search: search))
    case .text(let text): return try await places(FindOrders(text: text, search: search))
    }
  }

  private func places(
    _ statement: some OrderPlaces
  ) async throws(PostgresError) -> [OrderPlace] {
    try await pool.query(statement, deadline: limits.queryDeadline)
  }
}
