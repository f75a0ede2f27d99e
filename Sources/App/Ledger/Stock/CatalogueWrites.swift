import Kit
import Postgres

/// Makes the base products that are new. Of a whole file in one statement, in the order of their names,
/// before its first variant: two files at once then wait for each other in one direction only.
struct SaveBases: PostgresStatement {
  static let sql = """
    insert into base_products (model_name)
    select base from (select distinct base collate "C" as base from unnest($1::text[]) as u (base)) b
    order by base
    on conflict (model_name) do update set model_name = excluded.model_name
    """
  let models: [String]
  init?(_ drafts: [VariantDraft]) {
    models = drafts.compactMap { $0.baseModel.map(Plain.text) }
    if models.isEmpty { return nil }
  }
  func bind(_ b: inout PostgresBindings) { b.append(models) }
}

/// Makes the variants that are new and changes the others, in the order of their SKUs. Their base products
/// are there: see `SaveBases`.
struct SaveVariants: PostgresStatement {
  static let sql = """
    insert into product_variants (internal_sku, title, base_product_id)
    select r.sku, r.title, b.id from unnest($1::text[], $2::text[], $3::text[]) as r (sku, title, base)
    left join base_products b on b.model_name = r.base
    order by r.sku collate "C"
    on conflict (internal_sku) do update
      set title = coalesce(excluded.title, product_variants.title),
        base_product_id = coalesce(excluded.base_product_id, product_variants.base_product_id)
    """
  let drafts: [VariantDraft]
  func bind(_ b: inout PostgresBindings) {
    b.append(drafts.map(\.internalSKU))
    b.append(drafts.map { $0.title.map(Plain.text) })
    b.append(drafts.map { $0.baseModel.map(Plain.text) })
  }
}

/// Replaces the bills of those variants that say one. Orders that were taken on keep theirs.
/// Row: how many lines name a component.
struct WriteBills: PostgresStatement {
  static let sql = """
    with bill as materialized (
      select v.id as variant, c.id as component, u.pieces
      from unnest($2::text[], $3::text[], $4::bigint[]) as u (sku, code, pieces)
      join product_variants v on v.internal_sku = u.sku join components c using (code)
    ), gone as (
      delete from variant_components vc using product_variants v
      where v.internal_sku = any($1) and vc.variant_id = v.id and not exists (
        select from bill b where b.variant = v.id and b.component = vc.component_id)
    ), written as (
      insert into variant_components (variant_id, component_id, quantity)
      select variant, component, pieces from bill
      on conflict (variant_id, component_id) do update set quantity = excluded.quantity
    )
    select count(*) from bill
    """
  let drafts: [VariantDraft]
  private var lines: [(sku: String, code: String, pieces: Int)] {
    drafts.flatMap { draft in
      (draft.bill ?? []).map { (draft.internalSKU, $0.code, $0.pieces) }
    }
  }
  init(drafts: [VariantDraft]) { self.drafts = drafts.filter { $0.bill != nil } }
  func bind(_ b: inout PostgresBindings) {
    let lines = lines
    b.append(drafts.map(\.internalSKU))
    b.append(lines.map(\.sku))
    b.append(lines.map(\.code))
    b.append(lines.map(\.pieces))
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int { try r.int(0) }
}

/// Maps shops' SKUs; shop '' stands for every shop. Rows: those that were written, none for a variant that
/// does not exist.
struct WriteMappings: PostgresStatement {
  static let sql = """
    insert into shop_sku_map (shop_sku, shop_id, variant_id, price, buffer, created_by)
    select u.shop_sku, u.shop, v.id, u.price::numeric, coalesce(u.buffer, (
      select m.buffer from shop_sku_map m where m.shop_sku = u.shop_sku and m.shop_id = u.shop), 0), $6
    from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[])
      as u (shop_sku, shop, sku, price, buffer)
    join product_variants v on v.internal_sku = u.sku
    order by u.shop_sku collate "C", u.shop collate "C"
    on conflict (shop_sku, shop_id) do update set variant_id = excluded.variant_id,
      price = coalesce(excluded.price, shop_sku_map.price), buffer = excluded.buffer,
      created_by = excluded.created_by
    returning variant_id
    """
  let mappings: [MappingDraft]
  let actor: String
  func bind(_ b: inout PostgresBindings) {
    b.append(mappings.map(\.shopSKU))
    b.append(mappings.map(\.shopID))
    b.append(mappings.map(\.internalSKU))
    b.append(mappings.map { $0.price.map(Amount.text) })
    b.append(mappings.map { $0.buffer.map(Int64.init) })
    b.append(actor)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

/// Open orders whose lines wait for parts that are known now take them on. Row: how many did.
struct TakeWaitingParts: PostgresStatement {
  static let sql = """
    with t as materialized (select coalesce($1::timestamptz, clock_timestamp()) as now)
    select take_waiting_parts(now, now - make_interval(secs => $2::bigint / 1e6)) from t
    """
  let now: Timestamp?
  /// Only those whose status is younger; `nil` for all.
  var age: Duration?
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(age?.microseconds)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int { try r.int(0) }
}

/// Which of these there are.
struct FindVariants: PostgresStatement {
  static let sql = "select internal_sku from product_variants where internal_sku = any($1)"
  let skus: [String]
  func bind(_ b: inout PostgresBindings) { b.append(skus) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> String { try r.string(0) }
}

struct ReadShopIDs: PostgresStatement {
  static let sql = "select shop_id from shops"
  static func row(_ r: PostgresRow) throws(PostgresError) -> String { try r.string(0) }
}
