import Kit
public import Orders
public import Postgres

/// What carrying out an effect needs to know of its order, beside what the marketplace shows.
public struct OrderFacts: Sendable {
  public var orderID: String
  public var status: OrderStatus
  public var lineIDs: [String]
  public var parcel: ParcelFacts?
  /// Of all lines together, where the catalogue knows every one of them.
  public var weightGrams: Int?
  /// Of the largest variant, where the catalogue knows it: length, width, height.
  public var dimensionsMM: [Int]?
  /// A person holds it.
  public var isHeld = false
  /// By a call of ours within the last hour, which was answered so.
  public var wasJustAccepted = false

  /// Bought: nothing that a later step needs will change.
  public var isComplete: Bool { parcel?.trackingPIN != nil && parcel?.labelURL != nil }
}

public struct ParcelFacts: Sendable {
  public var requestID: String
  /// How often it was made anew, and one.
  public var generation: Int
  public var accountKind: String
  public var groupID: String?
  public var status: ShipmentStatus
  public var carrierID: String?
  public var trackingPIN: String?
  public var labelURL: String?
  public var labelType: String?
  public var selfURL: String?
  public var refundURL: String?
}

struct ReadOrderFacts: PostgresStatement {
  static let sql = """
    select o.order_id, o.status,
      (select array_agg(l.order_line_id order by l.line_index) from order_lines l
        where l.order_id = o.order_id),
      s.request_id, s.account_kind, s.group_id, s.status, s.cp_shipment_id,
      s.tracking_pin, s.cp_api_label_url, s.cp_label_type, s.cp_self_url, s.cp_refund_url,
      w.grams, w.length_mm, w.width_mm, w.height_mm, o.is_held,
      s.generation, exists (
        select from order_acceptance_attempts a where a.order_id = o.order_id
          and a.status = 'success' and a.created_at > clock_timestamp() - interval '1 hour')
    from orders o
    left join shipments s on s.order_id = o.order_id
    left join lateral (
      select case when count(*) = count(v.weight_grams)
          then least(sum(v.weight_grams::bigint * greatest(l.quantity, 1)), 999999)::bigint end as grams,
        max(v.length_mm)::bigint as length_mm, max(v.width_mm)::bigint as width_mm,
        max(v.height_mm)::bigint as height_mm
      from order_lines l
      left join lateral (
        select m.variant_id from shop_sku_map m
        where m.shop_sku = l.sku and m.shop_id in ('', o.shop_id)
        order by m.shop_id desc limit 1) m on true
      left join product_variants v on v.id = m.variant_id
      where l.order_id = o.order_id) w on o.status = 'accepted' and s.cp_shipment_id is null
    where o.order_id = any($1)
    """
  let orderIDs: [String]
  func bind(_ b: inout PostgresBindings) { b.append(orderIDs) }

  static func row(_ r: PostgresRow) throws(PostgresError) -> OrderFacts {
    var facts = OrderFacts(
      orderID: try r.string(0), status: OrderStatus(rawValue: try r.string(1)) ?? .parked,
      lineIDs: try r.stringArrayOrNil(2) ?? [])
    if let requestID = try r.stringOrNil(3) {
      facts.parcel = ParcelFacts(
        requestID: requestID, generation: try r.int(18), accountKind: try r.string(4),
        groupID: try r.stringOrNil(5),
        status: ShipmentStatus(rawValue: try r.string(6)) ?? .labelCreationInitiated,
        carrierID: try r.stringOrNil(7), trackingPIN: try r.stringOrNil(8),
        labelURL: try r.stringOrNil(9), labelType: try r.stringOrNil(10),
        selfURL: try r.stringOrNil(11), refundURL: try r.stringOrNil(12))
    }
    facts.weightGrams = try r.int64OrNil(13).map { Int($0) }
    if let length = try r.int64OrNil(14), let width = try r.int64OrNil(15),
      let height = try r.int64OrNil(16)
    {
      facts.dimensionsMM = [Int(length), Int(width), Int(height)]
    }
    facts.isHeld = try r.bool(17)
    facts.wasJustAccepted = try r.bool(19)
    return facts
  }
}

struct ReadRawOrder: PostgresStatement {
  static let sql = """
    select coalesce(newest_order_data, raw_order_data::text) from orders where order_id = $1
    """
  let orderID: String
  func bind(_ b: inout PostgresBindings) { b.append(orderID) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> String { try r.string(0) }
}

/// Whether this tracking number is of a label of ours: one of our calls brought it to the marketplace, or may have,
/// or the carrier gave it to us. The call may have been lost with its worker, and a person may have posted it.
struct ReadOwnNumber: PostgresStatement {
  static let sql = """
    select exists (select 1 from api_calls where related_id = $1
      and (endpoint = 'OR23' and request_payload ->> 'tracking_number' = $2
        or service = 'CanadaPost'
          and strpos(response_body, '<tracking-pin>' || $2 || '</tracking-pin>') > 0))
    """
  let orderID: String
  let number: String
  func bind(_ b: inout PostgresBindings) {
    b.append(orderID)
    b.append(number)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Bool { try r.bool(0) }
}

extension Ledger {
  /// Whether this tracking number is of a label that we bought for the order, now or before.
  public func isOurs(
    _ number: String, of orderID: String
  ) async throws(PostgresError) -> Bool {
    try await pool.query(
      ReadOwnNumber(orderID: orderID, number: number), deadline: limits.queryDeadline
    ).first ?? false
  }

  public func facts(of orderIDs: [String]) async throws(PostgresError) -> [OrderFacts] {
    try await pool.query(ReadOrderFacts(orderIDs: orderIDs), deadline: limits.queryDeadline)
  }

  /// The order as the marketplace showed it last; `nil` when we do not know it.
  public func rawOrder(_ orderID: String) async throws(PostgresError) -> [UInt8]? {
    let rows = try await pool.query(ReadRawOrder(orderID: orderID), deadline: limits.queryDeadline)
    return rows.first.map { Array($0.utf8) }
  }
}
