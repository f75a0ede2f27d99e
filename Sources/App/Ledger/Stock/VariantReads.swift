public import Kit
import Postgres

/// A variant with how many could be built if only it were built.
public struct VariantRow: Sendable, Equatable {
  public let id: Int64
  public let internalSKU: String
  public let title: String?
  public let baseModel: String?
  public let partCount: Int
  /// `nil` without a bill of materials.
  public let buildable: Int64?
}

struct ReadVariants: PostgresStatement {
  static let sql = """
    select v.id, v.internal_sku, v.title, b.model_name, count(vc.component_id)::bigint,
      min(div(greatest(s.on_hand - s.reserved, 0), vc.quantity))::bigint
    from (
      select * from product_variants
      where internal_sku > $2 and ($1 = '' or position(lower($1) in lower(internal_sku)) > 0
        or position(lower($1) in lower(coalesce(title, ''))) > 0)
      order by internal_sku limit $3) v
    left join base_products b on b.id = v.base_product_id
    left join variant_components vc on vc.variant_id = v.id
    left join component_stock s using (component_id)
    group by v.id, v.internal_sku, v.title, b.model_name order by v.internal_sku
    """
  let text: String
  let after: String
  let limit: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(text)
    b.append(after)
    b.append(limit)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> VariantRow {
    VariantRow(
      id: try r.int64(0), internalSKU: try r.string(1), title: try r.stringOrNil(2),
      baseModel: try r.stringOrNil(3), partCount: try r.int(4), buildable: try r.int64OrNil(5))
  }
}

struct ReadVariant: PostgresStatement {
  static let sql = """
    select v.id, v.internal_sku, v.title, b.model_name, count(vc.component_id)::bigint,
      min(div(greatest(s.on_hand - s.reserved, 0), vc.quantity))::bigint
    from product_variants v
    left join base_products b on b.id = v.base_product_id
    left join variant_components vc on vc.variant_id = v.id
    left join component_stock s using (component_id)
    where v.internal_sku = $1 group by v.id, v.internal_sku, v.title, b.model_name
    """
  let internalSKU: String
  func bind(_ b: inout PostgresBindings) { b.append(internalSKU) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> VariantRow {
    try ReadVariants.row(r)
  }
}

/// One part of a variant's bill of materials.
public struct BillLine: Sendable, Equatable {
  public let componentID: Int64
  public let code: String
  public let name: String
  public let type: String
  public let pieces: Int
  /// Pieces that nothing holds; negative where more is promised than there is.
  public let free: Int64
}

struct ReadBill: PostgresStatement {
  static let sql = """
    select c.id, c.code, c.name, c.type, vc.quantity, s.on_hand - s.reserved
    from variant_components vc
    join components c on c.id = vc.component_id
    join component_stock s using (component_id)
    where vc.variant_id = $1 order by c.type, c.code
    """
  let variantID: Int64
  func bind(_ b: inout PostgresBindings) { b.append(variantID) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> BillLine {
    BillLine(
      componentID: try r.int64(0), code: try r.string(1), name: try r.string(2),
      type: try r.string(3), pieces: try r.int(4), free: try r.int64(5))
  }
}

/// What a shop's SKU is mapped to.
public struct MappingRow: Sendable, Equatable {
  public let shopSKU: String
  /// Empty: every shop.
  public let shopID: String
  public let internalSKU: String
  public let title: String?
  /// Decimal text.
  public let price: String?
  public let buffer: Int
}

struct ReadMappings: PostgresStatement {
  static let sql = """
    select m.shop_sku, m.shop_id, v.internal_sku, v.title, m.price::text, m.buffer
    from shop_sku_map m join product_variants v on v.id = m.variant_id
    where (m.shop_sku, m.shop_id) > ($2, $3)
      and ($1 = '' or position(lower($1) in lower(m.shop_sku)) > 0
        or position(lower($1) in lower(v.internal_sku)) > 0)
    order by m.shop_sku, m.shop_id limit $4
    """
  let text: String
  let after: (sku: String, shopID: String)
  let limit: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(text)
    b.append(after.sku)
    b.append(after.shopID)
    b.append(limit)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> MappingRow {
    MappingRow(
      shopSKU: try r.string(0), shopID: try r.string(1), internalSKU: try r.string(2),
      title: try r.stringOrNil(3), price: try r.stringOrNil(4), buffer: try r.int(5))
  }
}

/// A SKU that open orders brought and nobody has mapped.
public struct UnmappedSKU: Sendable, Equatable {
  public let shopID: String
  public let sku: String
  public let lines: Int
  public let firstSeen: Timestamp
  /// Of the newest line that names one.
  public let title: String?
}

struct ReadUnmapped: PostgresStatement {
  static let sql = """
    select u.shop_id, u.sku, u.lines, u.first_seen, (
      select title from order_lines l where l.sku = u.sku and title is not null limit 1)
    from unmapped_skus u order by u.lines desc, u.shop_id, u.sku limit $1
    """
  let limit: Int
  func bind(_ b: inout PostgresBindings) { b.append(limit) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> UnmappedSKU {
    UnmappedSKU(
      shopID: try r.string(0), sku: try r.string(1), lines: try r.int(2),
      firstSeen: try r.timestamp(3), title: try r.stringOrNil(4))
  }
}
