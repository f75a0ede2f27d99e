import Kit
import Postgres

/// A sellable configuration, as somebody wants it; `nil` keeps what is there.
public struct VariantDraft: Sendable, Equatable {
  public var internalSKU: String
  public var title: String?
  /// Made when it is new.
  public var baseModel: String?
  /// Pieces of each component, by its code; `nil` keeps the bill, empty empties it.
  public var bill: [(code: String, pieces: Int)]?

  public init(
    internalSKU: String, title: String? = nil, baseModel: String? = nil,
    bill: [(code: String, pieces: Int)]? = nil
  ) {
    self.internalSKU = internalSKU
    self.title = title
    self.baseModel = baseModel
    self.bill = bill
  }

  public static func == (a: VariantDraft, b: VariantDraft) -> Bool {
    a.internalSKU == b.internalSKU && a.title == b.title && a.baseModel == b.baseModel
      && a.bill?.map(\.code) == b.bill?.map(\.code)
      && a.bill?.map(\.pieces) == b.bill?.map(\.pieces)
  }
}

struct SaveVariant: PostgresStatement {
  static let sql = """
    with base as (
      insert into base_products (model_name) select $3 where $3 is not null
      on conflict (model_name) do update set model_name = excluded.model_name returning id)
    insert into product_variants (internal_sku, title, base_product_id)
    values ($1, $2, (select id from base))
    on conflict (internal_sku) do update
      set title = coalesce(excluded.title, product_variants.title),
        base_product_id = coalesce(excluded.base_product_id, product_variants.base_product_id)
    returning id
    """
  let draft: VariantDraft
  func bind(_ b: inout PostgresBindings) {
    b.append(draft.internalSKU)
    b.append(draft.title.map(Plain.text))
    b.append(draft.baseModel.map(Plain.text))
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

/// Replaces a variant's bill of materials. Orders that were taken on keep theirs.
/// Row: how many of the codes are components.
struct WriteBill: PostgresStatement {
  static let sql = """
    with bill as materialized (
      select c.id, u.pieces from unnest($2::text[], $3::bigint[]) as u (code, pieces)
      join components c using (code)
    ), gone as (
      delete from variant_components v where v.variant_id = $1
        and not exists (select from bill where bill.id = v.component_id)
    ), written as (
      insert into variant_components (variant_id, component_id, quantity)
      select $1, id, pieces from bill
      on conflict (variant_id, component_id) do update set quantity = excluded.quantity
    )
    select count(*) from bill
    """
  let variantID: Int64
  let bill: [(code: String, pieces: Int)]
  func bind(_ b: inout PostgresBindings) {
    b.append(variantID)
    b.append(bill.map(\.code))
    b.append(bill.map(\.pieces))
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int { try r.int(0) }
}

/// Maps a shop's SKU; shop '' stands for every shop. No row when there is no such variant.
struct WriteMapping: PostgresStatement {
  static let sql = """
    insert into shop_sku_map (shop_sku, shop_id, variant_id, price, buffer, created_by)
    select $1, $2, id, $4::text::numeric, coalesce($5, 0), $6
    from product_variants where internal_sku = $3
    on conflict (shop_sku, shop_id) do update set variant_id = excluded.variant_id,
      price = coalesce(excluded.price, shop_sku_map.price),
      buffer = coalesce($5, shop_sku_map.buffer), created_by = excluded.created_by
    returning variant_id
    """
  let mapping: MappingDraft
  let actor: String
  func bind(_ b: inout PostgresBindings) {
    b.append(mapping.shopSKU)
    b.append(mapping.shopID)
    b.append(mapping.internalSKU)
    b.append(mapping.price.map(Amount.text))
    b.append(mapping.buffer)
    b.append(actor)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

/// A listing's SKU, to what we call it.
public struct MappingDraft: Sendable, Equatable {
  public var shopSKU: String
  /// Empty: every shop.
  public var shopID: String
  public var internalSKU: String
  /// Hundredths; `nil` keeps what is there.
  public var price: Int64?
  /// Units kept back from the marketplace.
  public var buffer: Int?

  public init(
    shopSKU: String, shopID: String = "", internalSKU: String, price: Int64? = nil,
    buffer: Int? = nil
  ) {
    self.shopSKU = shopSKU
    self.shopID = shopID
    self.internalSKU = internalSKU
    self.price = price
    self.buffer = buffer
  }
}

struct TakeOpenParts: PostgresStatement {
  static let sql = "select take_open_parts($1, $2, coalesce($3, clock_timestamp()))"
  let shopID: String
  let sku: String
  let now: Timestamp?
  func bind(_ b: inout PostgresBindings) {
    b.append(shopID)
    b.append(sku)
    b.append(now)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int { try r.int(0) }
}

struct ReadMappingsOf: PostgresStatement {
  static let sql = "select shop_sku, shop_id from shop_sku_map where variant_id = $1 order by 1, 2"
  let variantID: Int64
  func bind(_ b: inout PostgresBindings) { b.append(variantID) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> (sku: String, shopID: String) {
    (try r.string(0), try r.string(1))
  }
}
