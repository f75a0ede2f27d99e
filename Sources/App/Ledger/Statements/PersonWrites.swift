import Effects
import Kit
import Orders
public import Postgres

struct ReadEffectSubject: PostgresStatement {
  static let sql = "select subject from effects where effect_id = $1"
  let effectID: Int64
  func bind(_ b: inout PostgresBindings) { b.append(effectID) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> String { try r.string(0) }
}

struct ResolveFailures: PostgresStatement {
  static let sql = """
    update process_failures set resolved_at = clock_timestamp(), resolved_by = $2
    where order_id = $1 and resolved_at is null
    """
  let orderID: String
  let actor: String
  func bind(_ b: inout PostgresBindings) {
    b.append(orderID)
    b.append(actor)
  }
}

/// A voided parcel's row begins anew: the old label's facts stay in `api_calls` and the effects.
struct RenewShipment: PostgresStatement {
  static let sql = """
    update shipments set generation = generation + 1, status = 'label_creation_initiated',
      request_id = $2, account_kind = $3, group_id = $4, cp_shipment_id = null, tracking_pin = null, cp_api_label_url = null,
      cp_label_type = null, cp_self_url = null, cp_refund_url = null, label_pdf_path = null,
      label_sha256 = null, label_bytes = null, tracking_posted_at = null,
      updated_at = clock_timestamp()
    where order_id = $1 and status in ('voided', 'refund_requested')
    returning generation
    """
  let shipment: NewShipment
  func bind(_ b: inout PostgresBindings) {
    b.append(shipment.orderID)
    b.append(shipment.requestID)
    b.append(shipment.accountKind)
    b.append(shipment.groupID)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int { try r.int(0) }
}

struct MapSKU: PostgresStatement {
  static let sql = """
    with variant as (
      insert into product_variants (internal_sku, title, weight_grams, length_mm, width_mm, height_mm)
      values ($2, $3, $4, $5, $6, $7)
      on conflict (internal_sku) do update set internal_sku = excluded.internal_sku returning id)
    insert into shop_sku_map (shop_sku, variant_id) select $1, id from variant
    on conflict (shop_sku, shop_id) do nothing
    """
  let shopSKU: String
  let internalSKU: String
  let title: String?
  let weightGrams: Int?
  let sizeMM: [Int]?
  func bind(_ b: inout PostgresBindings) {
    b.append(shopSKU)
    b.append(internalSKU)
    b.append(title)
    b.append(weightGrams.map(Int32.init))
    b.append(sizeMM.map { Int32($0[0]) })
    b.append(sizeMM.map { Int32($0[1]) })
    b.append(sizeMM.map { Int32($0[2]) })
  }
}

extension Ledger {
  public func orderID(ofEffect id: Int64) async throws(PostgresError) -> String? {
    try await pool.query(ReadEffectSubject(effectID: id), deadline: limits.queryDeadline).first
  }

  public func resolveFailures(of orderID: String, by actor: String) async throws(PostgresError) {
    _ = try await pool.query(
      ResolveFailures(orderID: orderID, actor: actor), deadline: limits.queryDeadline)
  }

  /// - Returns: the new generation; `nil` when the parcel is not voided.
  public func renew(_ shipment: NewShipment) async throws(PostgresError) -> Int? {
    try await pool.query(
      RenewShipment(shipment: shipment), deadline: limits.queryDeadline
    ).first
  }

  /// Tells what a marketplace SKU is, so that orders for it are understood.
  public func map(
    shopSKU: String, to internalSKU: String, title: String? = nil, weightGrams: Int? = nil,
    sizeMM: [Int]? = nil
  ) async throws(PostgresError) {
    _ = try await pool.query(
      MapSKU(
        shopSKU: shopSKU, internalSKU: internalSKU, title: title, weightGrams: weightGrams,
        sizeMM: sizeMM), deadline: limits.queryDeadline)
  }
}
