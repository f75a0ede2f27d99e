import Kit
import Packing
import Postgres

struct InsertPackingScan: PostgresStatement {
  static let sql = """
    insert into packing_scans (client_id, seq, session_id, order_id, actor, kind, text, captured_at,
      outcome, tone, message, item_key, answer, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    """
  let now: Timestamp
  let request: PackingRequest
  let session: UUIDv7?
  let orderID: String?
  let outcome: PackingOutcome
  let answer: [UInt8]
  func bind(_ b: inout PostgresBindings) {
    b.append(request.client)
    b.append(request.seq)
    b.append(session)
    b.append(orderID)
    b.append(request.actor)
    b.append(request.event.kind)
    b.append(Plain.text(request.text))
    b.append(request.capturedAt)
    b.append(outcome.code.rawValue)
    b.append(outcome.tone.rawValue)
    b.append(Plain.text(outcome.message))
    b.append(outcome.itemKey)
    b.appendUTF8(answer)
    b.append(now)
  }
}

/// A new session or what became of one.
struct WritePackingSession: PostgresStatement {
  static let sql = """
    insert into packing_sessions (session_id, order_id, shop_id, state, packer, version, content,
      opened_by, created_at, updated_at, ended_at)
    values ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $5, $8, $8, case when $4 <> 'open' then $8 end)
    on conflict (session_id) do update set state = excluded.state, packer = excluded.packer,
      version = excluded.version, content = excluded.content, updated_at = excluded.updated_at,
      ended_at = coalesce(packing_sessions.ended_at, excluded.ended_at)
    """
  let now: Timestamp
  let session: PackingSession
  let shopID: String
  func bind(_ b: inout PostgresBindings) {
    b.append(session.id)
    b.append(session.orderID)
    b.append(shopID)
    b.append(session.state.rawValue)
    b.append(session.packer)
    b.append(Int32(clamping: session.version))
    b.appendUTF8(Plain.jsonb(session.content.bytes))
    b.append(now)
  }
}

struct InsertSerials: PostgresStatement {
  static let sql = """
    insert into packing_serials (serial, component_id, order_id, session_id, item_key, created_at)
    select serial, part, $1, $2, item, $3
    from unnest($4::text[], $5::bigint[], $6::text[]) as u (serial, part, item)
    """
  let now: Timestamp
  let session: PackingSession
  let placed: [PackingSession.Placement]
  func bind(_ b: inout PostgresBindings) {
    b.append(session.orderID)
    b.append(session.id)
    b.append(now)
    b.append(placed.map { $0.serial ?? "" })
    b.append(
      placed.map { placement -> Int64? in
        if case .part(let id)? = session.bill.item(placement.itemKey)?.kind { return id }
        return nil
      })
    b.append(placed.map(\.itemKey))
  }
}

/// These pieces are on the shelf again.
struct ReleaseSerials: PostgresStatement {
  static let sql = """
    update packing_serials set released_at = $1
    where serial = any($2) and released_at is null and ($3::text is null or order_id = $3)
    """
  let now: Timestamp
  let serials: [String]
  /// The order in whose parcels they lie; `nil` for what came out of a machine, whoever sold that.
  let orderID: String?
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(serials)
    b.append(orderID)
  }
}

/// These pieces are about to go out again: they lie no longer where `FindSerials` looked over them, or
/// where the packer said that they came back from. Whoever else has one meanwhile keeps it, and the new
/// row is refused.
struct ReleaseEarlierSerials: PostgresStatement {
  static let sql = """
    update packing_serials p set released_at = $1
    from orders o
    where o.order_id = p.order_id and p.serial = any($2) and p.released_at is null
      and (p.order_id = $3 or o.status = 'cancelled'
        or p.order_id = any($4) and \(FindSerials.hasLeft))
    """
  let now: Timestamp
  let serials: [String]
  let orderID: String
  /// Orders that pieces came back from.
  let from: [String]
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(serials)
    b.append(orderID)
    b.append(from)
  }
}

/// The part that goes in leaves the stock and the one that came out comes into it, once for this step
/// of this session. Where the order's parts have left already (it was marked shipped before it was
/// packed), the one that goes in is booked with them.
struct BookSwap: PostgresStatement {
  static let sql = """
    with line as (
      select not exists (
        select from order_line_parts p where p.order_id = $3 and p.order_line_id = $4
          and p.component_id = $5 and p.reserved = 0) as holds
    )
    select count(*)
    from line cross join lateral book_stock($1, $2, true,
      case when holds then array[$5, $6]::bigint[] else array[$6]::bigint[] end,
      case when holds then array[-1, 1]::bigint[] else array[1]::bigint[] end,
      case when holds then array['installed', 'removed'] else array['removed'] end,
      case when holds then array[$8, $8] else array[$8] end,
      case when holds then array[$3, $3] else array[$3] end,
      case when holds then array[$4, $4] else array[$4] end,
      case when holds then array[$7 || ':in', $7 || ':out'] else array[$7 || ':out'] end)
    """
  let now: Timestamp
  let actor: String
  let session: PackingSession
  let lineID: String
  let installed: Int64
  let removed: Int64
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append("person:" + actor)
    b.append(session.orderID)
    b.append(lineID)
    b.append(installed)
    b.append(removed)
    b.append("swap:\(session.id):\(session.version)")
    b.append("swapped at the bench")
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int { try r.int(0) }
}

struct MarkPacked: PostgresStatement {
  static let sql = """
    update shipments set packed_generation = $2, packed_at = $3, updated_at = $3
    where order_id = $1 and generation = $2 and packed_generation is distinct from $2
    """
  let now: Timestamp
  let orderID: String
  let generation: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(orderID)
    b.append(Int32(clamping: generation))
    b.append(now)
  }
}

struct LeavePackingQueue: PostgresStatement {
  static let sql = "update packing_queue set is_done = true where order_id = $1 and not is_done"
  let orderID: String
  func bind(_ b: inout PostgresBindings) { b.append(orderID) }
}
