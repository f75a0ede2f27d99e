import Kit
import Packing
import Postgres

/// The lines of an order, with the variant whose parts were frozen, else the one that the SKU means.
struct ReadPackingLines: PostgresStatement {
  static let sql = """
    select l.order_line_id, coalesce(l.title, ''), coalesce(l.sku, ''), coalesce(l.quantity, 0),
      v.internal_sku, b.id, b.model_name, b.barcode is not null, b.asks_serial
    from order_lines l
    join orders o using (order_id)
    left join lateral (
      select m.variant_id from shop_sku_map m
      where m.shop_sku = l.sku and m.shop_id in ('', o.shop_id) order by m.shop_id desc limit 1
    ) mapped on true
    left join lateral (
      select p.variant_id from order_line_parts p
      where p.order_id = l.order_id and p.order_line_id = l.order_line_id limit 1
    ) frozen on true
    left join product_variants v on v.id = coalesce(frozen.variant_id, mapped.variant_id)
    left join base_products b on b.id = v.base_product_id
    where l.order_id = $1 and coalesce(l.quantity, 0) > 0 order by l.line_index
    """
  struct Row: Sendable {
    var line: PackingLine
    var base: (id: Int64, name: String, asksSerial: Bool)?
  }

  let orderID: String
  func bind(_ b: inout PostgresBindings) { b.append(orderID) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Row {
    let model = try r.stringOrNil(6)
    var row = Row(
      line: PackingLine(
        lineID: try r.string(0), title: try r.string(1), sku: try r.string(2),
        quantity: try r.int(3), model: model, variant: try r.stringOrNil(4)))
    if let id = try r.int64OrNil(5), try r.bool(7) {
      row.base = (id, model ?? "", try r.bool(8))
    }
    return row
  }
}

/// The parts of an order's lines: as they were frozen when the order was taken on; for a line that has
/// none, what its variant needs today.
struct ReadPackingParts: PostgresStatement {
  static let sql = """
    select p.order_line_id, p.component_id, p.name, p.type, p.code,
      p.per_unit::bigint * p.units, p.asks_serial
    from order_parts p where p.order_id = $1
    union all
    select l.order_line_id, c.id, c.name, c.type, c.code, vc.quantity::bigint * l.quantity,
      c.asks_serial
    from order_lines l
    join orders o using (order_id)
    join lateral (
      select m.variant_id from shop_sku_map m
      where m.shop_sku = l.sku and m.shop_id in ('', o.shop_id) order by m.shop_id desc limit 1
    ) mapped on true
    join variant_components vc on vc.variant_id = mapped.variant_id
    join components c on c.id = vc.component_id
    where l.order_id = $1 and l.quantity > 0 and not exists (
      select from order_line_parts f
      where f.order_id = l.order_id and f.order_line_id = l.order_line_id)
    order by 1, 4, 2
    """
  let orderID: String
  func bind(_ b: inout PostgresBindings) { b.append(orderID) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> PackingItem {
    PackingItem(
      lineID: try r.string(0), kind: .part(try r.int64(1)), name: try r.string(2),
      detail: "\(try r.string(3)) · \(try r.string(4))", needed: try r.int(5),
      asksSerial: try r.bool(6))
  }
}

extension PackingBill {
  /// Line by line: the machine, then its parts; a line of which nothing is known is one thing.
  init(_ lines: [ReadPackingLines.Row], parts: [PackingItem]) {
    var items: [PackingItem] = []
    for row in lines {
      let line = row.line
      if let base = row.base {
        items.append(
          PackingItem(
            lineID: line.lineID, kind: .base(base.id), name: base.name, detail: "machine",
            needed: line.quantity, asksSerial: base.asksSerial))
      }
      let own = parts.filter { $0.lineID == line.lineID }
      items += own
      if own.isEmpty, row.base == nil {
        items.append(
          PackingItem(
            lineID: line.lineID, kind: .whole, name: line.title.isEmpty ? line.sku : line.title,
            detail: line.sku, needed: line.quantity,
            codes: [line.sku, line.variant ?? ""].filter { !$0.isEmpty }))
      }
    }
    self.init(lines: lines.map(\.line), items: items)
  }
}
