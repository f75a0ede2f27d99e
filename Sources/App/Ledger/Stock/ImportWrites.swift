import Kit
import Postgres

struct InsertImport: PostgresStatement {
  static let sql = """
    insert into stock_imports (file_name, sha256, row_count, applied, refused, actor, created_at)
    values ($1, $2, $3, $4, $5, $6, $7) returning import_id
    """
  let file: StockImport
  let actor: String
  let now: Timestamp
  func bind(_ b: inout PostgresBindings) {
    b.append(Plain.text(file.fileName))
    b.append(file.sha256)
    b.append(Int32(clamping: file.rows.count + file.refused))
    b.append(Int32(clamping: file.rows.count))
    b.append(Int32(clamping: file.refused))
    b.append(actor)
    b.append(now)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

/// Takes the locks of all parts of a file at once, in the order of their ids.
struct LockComponents: PostgresStatement {
  static let sql = """
    select lock_stock(array(select id from components where code = any($1)))::text
    """
  let codes: [String]
  func bind(_ b: inout PostgresBindings) { b.append(codes) }
}

/// The changes of stock of some rows; whoever calls holds the locks.
struct ImportStock: PostgresStatement {
  static let sql = """
    insert into stock_movements (component_id, delta, kind, reason, import_id, actor, created_at,
      set_to)
    select c.id, coalesce(u.change, u.target - s.on_hand), 'imported', u.reason, $5, $6, $7,
      u.target
    from unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[]) as u (code, change, target, reason)
    join components c using (code)
    join component_stock s on s.component_id = c.id
    where coalesce(u.change, u.target - s.on_hand) <> 0
    """
  let rows: [StockImport.Row]
  let importID: Int64
  let actor: String
  let now: Timestamp
  func bind(_ b: inout PostgresBindings) {
    b.append(rows.map(\.draft.code))
    b.append(rows.map(\.change))
    b.append(rows.map(\.onHand))
    b.append(rows.map { $0.reason.map(Plain.text) })
    b.append(importID)
    b.append(actor)
    b.append(now)
  }
}

/// Books the opposite of everything that an import booked, once.
struct UndoImport: PostgresStatement {
  static let sql = """
    with was as (
      select component_id, sum(delta) as delta from stock_movements where import_id = $1
      group by component_id having sum(delta) <> 0)
    insert into stock_movements (component_id, delta, kind, reason, actor, request_key, created_at)
    select component_id, -delta, 'adjusted', 'import ' || $1 || ' undone', $2,
      'undo-import/' || $1 || '/' || component_id, coalesce($3, clock_timestamp())
    from was order by component_id
    on conflict (request_key) where request_key is not null do nothing
    returning movement_id
    """
  let importID: Int64
  let actor: String
  let now: Timestamp?
  func bind(_ b: inout PostgresBindings) {
    b.append(importID)
    b.append(actor)
    b.append(now)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}
