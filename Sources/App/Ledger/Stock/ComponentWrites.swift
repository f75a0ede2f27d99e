import Kit
import Postgres

/// Makes the components that are new and changes the others; rows: code and number of each, and whether
/// it is new. They are taken in the order of their codes' bytes, whoever saves them.
struct SaveComponents: PostgresStatement {
  static let sql = """
    with draft as materialized (
      select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[],
        $6::bigint[], $7::boolean[]) as u (code, name, type, barcode, serial, days, active)
    ), added as (
      insert into components (code, name, type, barcode, asks_serial, cover_days, is_active)
      select code, name, coalesce(type, 'part'), barcode, coalesce(serial, false),
        coalesce(days, 14), coalesce(active, true)
      from draft d where not exists (select from components c where c.code = d.code)
      order by code collate "C" returning id, code
    ), known as materialized (
      select c.id, c.code from components c join draft d on d.code = c.code
      order by c.code collate "C" for no key update of c
    ), changed as (
      update components c set name = coalesce(d.name, c.name), type = coalesce(d.type, c.type),
        barcode = coalesce(d.barcode, c.barcode),
        asks_serial = coalesce(d.serial, c.asks_serial),
        cover_days = coalesce(d.days, c.cover_days), is_active = coalesce(d.active, c.is_active)
      from known k join draft d on d.code = k.code where c.id = k.id returning c.id, c.code
    )
    select code, id, true from added union all select code, id, false from changed
    """
  let drafts: [ComponentDraft]
  func bind(_ b: inout PostgresBindings) {
    b.append(drafts.map(\.code))
    b.append(drafts.map { $0.name.map(Plain.text) })
    b.append(drafts.map { $0.type.map(Plain.text) })
    b.append(drafts.map(\.barcode))
    b.append(drafts.map(\.asksSerial))
    b.append(drafts.map { $0.coverDays.map(Int64.init) })
    b.append(drafts.map(\.isActive))
  }
  static func row(
    _ r: PostgresRow
  ) throws(PostgresError) -> (code: String, id: Int64, isNew: Bool) {
    (try r.string(0), try r.int64(1), try r.bool(2))
  }
}

struct AddBarcode: PostgresStatement {
  static let sql = """
    insert into component_barcodes (barcode, component_id)
    select $1, id from components where code = $2
    on conflict (barcode) do update set barcode = excluded.barcode
    returning component_id = (select id from components where code = $2)
    """
  let barcode: String
  let code: String
  func bind(_ b: inout PostgresBindings) {
    b.append(barcode)
    b.append(code)
  }
  /// Whether it is that component's now; another's stays another's.
  static func row(_ r: PostgresRow) throws(PostgresError) -> Bool { try r.bool(0) }
}

/// Takes a barcode off its component. Where it was the one that is printed, the oldest of the others is
/// from now on.
struct RemoveBarcode: PostgresStatement {
  static let sql = """
    with part as (
      select id from components where code = $2 for no key update
    ), gone as (
      delete from component_barcodes b using part
      where b.barcode = $1 and b.component_id = part.id returning b.component_id
    ), printed as (
      update components c set barcode = (
        select o.barcode from component_barcodes o
        where o.component_id = c.id and o.barcode <> $1 order by o.created_at, o.barcode limit 1)
      from gone where c.id = gone.component_id and c.barcode = $1
    )
    select exists (select from gone) from part
    """
  let barcode: String
  let code: String
  func bind(_ b: inout PostgresBindings) {
    b.append(barcode)
    b.append(code)
  }
  /// Whether it was that component's; no row where there is no such component.
  static func row(_ r: PostgresRow) throws(PostgresError) -> Bool { try r.bool(0) }
}

/// Which of these codes and barcodes exist: a code with its component, a barcode with its owner.
struct FindComponents: PostgresStatement {
  static let sql = """
    select c.code, c.id, '', s.on_hand
    from components c join component_stock s on s.component_id = c.id where c.code = any($1)
    union all
    select c.code, c.id, b.barcode, 0
    from component_barcodes b join components c on c.id = b.component_id where b.barcode = any($2)
    """
  let codes: [String]
  let barcodes: [String]
  func bind(_ b: inout PostgresBindings) {
    b.append(codes)
    b.append(barcodes)
  }
  static func row(
    _ r: PostgresRow
  ) throws(PostgresError) -> (code: String, id: Int64, barcode: String, onHand: Int64) {
    (try r.string(0), try r.int64(1), try r.string(2), try r.int64(3))
  }
}
