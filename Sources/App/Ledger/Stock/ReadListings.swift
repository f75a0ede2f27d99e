import Kit
import Postgres
import Stock

/// What a shop's SKUs stand for: a row for each that nobody has mapped, one with an empty SKU when
/// the shop has a catalogue at all, and one for each part or price of those that are mapped.
///
/// `locks`: the parts are locked first, those of the orders concerned with them, in the order of
/// their ids; what is free is then what stays free until this transaction ends.
struct ReadListings: PostgresStatement {
  static let sql = """
    with listing as materialized (
      select s, m.variant_id, m.price::text as price, vc.component_id, c.code, vc.quantity,
        c.asks_serial
      from unnest($2::text[]) s
      join lateral (
        select variant_id, price from shop_sku_map where shop_sku = s and shop_id in ('', $1)
        order by shop_id desc limit 1) m on true
      left join variant_components vc using (variant_id)
      left join components c on c.id = vc.component_id
      where vc.component_id is not null or m.price is not null
    ), held as materialized (
      select component_id, on_hand - reserved as free from component_stock
      where $4 and component_id in (
        select component_id from listing where component_id is not null
        union all
        select component_id from order_line_parts where order_id = any($3) and reserved > 0)
      order by component_id for update
    )
    select s, null::bigint, null::text, null::bigint, null::text, null::integer, null::boolean,
      null::bigint
    from unnest($2::text[]) s
    where not exists (
      select 1 from shop_sku_map m where m.shop_sku = s and m.shop_id in ('', $1))
    union all
    select '', null, null, null, null, null, null, null
    where exists (select 1 from shop_sku_map where shop_id in ('', $1))
    union all
    select listing.*, held.free from listing left join held using (component_id)
    """
  struct Row: Sendable {
    let sku: String
    let variantID: Int64?
    let price: String?
    let need: Listing.Need?
    let free: Int64?
  }
  let shopID: String
  let skus: [String]
  let orderIDs: [String]
  let locks: Bool

  func bind(_ b: inout PostgresBindings) {
    b.append(shopID)
    b.append(skus)
    b.append(orderIDs)
    b.append(locks)
  }

  static func row(_ r: PostgresRow) throws(PostgresError) -> Row {
    var need: Listing.Need?
    if let part = try r.int64OrNil(3) {
      need = Listing.Need(
        componentID: part, code: try r.string(4), perUnit: try r.int(5),
        asksSerial: try r.bool(6))
    }
    return Row(
      sku: try r.string(0), variantID: try r.int64OrNil(1), price: try r.stringOrNil(2),
      need: need, free: try r.int64OrNil(7))
  }
}

extension Locked {
  /// Takes in what was read of the catalogue.
  mutating func learn(_ rows: [ReadListings.Row], locks: Bool) {
    if locks { freeParts = [:] }
    for row in rows {
      guard let variant = row.variantID else {
        if row.sku.isEmpty { hasCatalogue = true } else { unmappedSKUs.insert(row.sku) }
        continue
      }
      var listing =
        listings[row.sku] ?? Listing(variantID: variant, price: Amount.hundredths(row.price))
      if let need = row.need {
        listing.needs.append(need)
        if let free = row.free { freeParts?[need.componentID] = free }
      }
      listings[row.sku] = listing
    }
  }
}
