public import Kit
import Orders
import Postgres

/// A push that is under way.
public struct OfferPush: Sendable, Equatable {
  public let id: Int64
  /// `nil` until the marketplace took it in.
  public let importID: String?
  public let lines: [(sku: String, quantity: Int64)]

  public static func == (a: OfferPush, b: OfferPush) -> Bool {
    a.id == b.id && a.importID == b.importID && a.lines.map(\.sku) == b.lines.map(\.sku)
      && a.lines.map(\.quantity) == b.lines.map(\.quantity)
  }
}

struct ReadPush: PostgresStatement {
  static let sql = """
    select p.push_id, p.import_id, array_agg(l.shop_sku order by l.shop_sku),
      array_agg(l.quantity order by l.shop_sku)
    from offer_pushes p join offer_push_lines l using (push_id)
    where p.shop_id = $1 and p.ordinal = $2 and p.settled_at is null
    group by p.push_id, p.import_id
    """
  let shopID: String
  let ordinal: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(shopID)
    b.append(ordinal)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> OfferPush {
    OfferPush(
      id: try r.int64(0), importID: try r.stringOrNil(1),
      lines: Array(zip(try r.stringArray(2), try r.int64Array(3))).map { ($0.0, $0.1) })
  }
}

/// One part of what a listing of a shop needs, with what is free of it: orders that are kept back hold no parts,
/// and are sold all the same.
struct ReadOfferBasis: PostgresStatement {
  static let sql = """
    with kept_back as (
      select vc.component_id, sum(vc.quantity::bigint * coalesce(l.quantity, 1))::bigint as pieces
      from orders o join order_lines l using (order_id)
      cross join lateral (
        select k.variant_id from shop_sku_map k
        where k.shop_sku = l.sku and k.shop_id in ('', o.shop_id)
        order by k.shop_id desc limit 1) k
      join variant_components vc using (variant_id)
      where o.is_open and o.channel = 'marketplace' and o.status = 'parked'
        and starts_with(coalesce(o.parked_reason, ''), '\(OrderIntake.refusalMark)') is false
      group by vc.component_id
    )
    select m.shop_sku, m.buffer, vc.component_id, vc.quantity,
      s.on_hand - s.reserved - coalesce(kept_back.pieces, 0)
    from (
      select distinct on (shop_sku) shop_sku, variant_id, buffer from shop_sku_map
      where shop_id in ('', $1) order by shop_sku, shop_id desc) m
    join variant_components vc using (variant_id)
    join component_stock s using (component_id)
    left join kept_back using (component_id)
    """
  struct Row: Sendable {
    let sku: String
    let buffer: Int64
    let componentID: Int64
    let pieces: Int64
    let free: Int64
  }
  let shopID: String
  func bind(_ b: inout PostgresBindings) { b.append(shopID) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Row {
    Row(
      sku: try r.string(0), buffer: try r.int64(1), componentID: try r.int64(2),
      pieces: try r.int64(3), free: try r.int64(4))
  }
}

/// The row: the ordinal of the push that was planned; null when none was.
struct PlanOffers: PostgresStatement {
  static let sql = """
    select plan_offers(coalesce($1, clock_timestamp()), $2, $3, $4::text[], $5::bigint[], $6)
    """
  let now: Timestamp?
  let shopID: String
  let lane: String
  let wanted: [(sku: String, quantity: Int64)]
  let deadline: Duration
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(shopID)
    b.append(lane)
    b.append(wanted.map(\.sku))
    b.append(wanted.map(\.quantity))
    b.append(deadline.microseconds)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int? { try r.intOrNil(0) }
}

/// What a live look at the offers showed, outside any push.
struct NoteSeenOffers: PostgresStatement {
  static let sql = """
    update shop_offers o set seen = u.seen, seen_at = coalesce($2, clock_timestamp()), told_times = 0,
      problem = case when u.seen is null then 'the marketplace has no such offer' end
    from unnest($3::text[], $4::bigint[]) as u (sku, seen)
    where o.shop_id = $1 and o.shop_sku = u.sku and o.seen is distinct from u.seen
    """
  let shopID: String
  let now: Timestamp?
  let seen: [(sku: String, quantity: Int64?)]
  func bind(_ b: inout PostgresBindings) {
    b.append(shopID)
    b.append(now)
    b.append(seen.map(\.sku))
    b.append(seen.map(\.quantity))
  }
}

/// An offer's quantity: what we want it to be, what was sent last, what was read last.
public struct OfferRow: Sendable, Equatable {
  public let shopID: String
  public let shopSKU: String
  public let wanted: Int64?
  public let told: Int64?
  public let seen: Int64?
  public let seenAt: Timestamp?
  public let problem: String?
}

struct ReadOffers: PostgresStatement {
  static let sql = """
    select shop_id, shop_sku, wanted, told, seen, seen_at, problem from shop_offers
    where (shop_id, shop_sku) > ($1, $2) order by shop_id, shop_sku limit $3
    """
  let after: (shopID: String, sku: String)
  let limit: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(after.shopID)
    b.append(after.sku)
    b.append(limit)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> OfferRow {
    OfferRow(
      shopID: try r.string(0), shopSKU: try r.string(1), wanted: try r.int64OrNil(2),
      told: try r.int64OrNil(3), seen: try r.int64OrNil(4), seenAt: try r.timestampOrNil(5),
      problem: try r.stringOrNil(6))
  }
}
