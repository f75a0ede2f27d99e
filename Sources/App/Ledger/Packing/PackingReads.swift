import Kit
import Orders
import Packing
import Postgres

/// The answer to an event that was taken before.
struct ReadPackingAnswer: PostgresStatement {
  static let sql = """
    select kind, text, session_id, answer from packing_scans
    where client_id = $1 and seq = $2
    """
  struct Row: Sendable {
    var kind: String
    var text: String
    var session: UUIDv7?
    var answer: [UInt8]
  }

  let request: PackingRequest
  func bind(_ b: inout PostgresBindings) {
    b.append(request.client)
    b.append(request.seq)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Row {
    Row(
      kind: try r.string(0), text: try r.string(1), session: try r.uuidOrNil(2),
      answer: try r.bytes(3))
  }
}

/// Locks the session's order, as every change of an order does first.
struct LockSessionsOrder: PostgresStatement {
  static let sql = """
    select order_id from orders
    where order_id = (select order_id from packing_sessions where session_id = $1)
    for no key update
    """
  let session: UUIDv7
  func bind(_ b: inout PostgresBindings) { b.append(session) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> String { try r.string(0) }
}

/// A session, or the sessions of an order, the latest first.
struct ReadPackingSessions: PostgresStatement {
  static let sql = """
    select session_id, order_id, state, packer, version, content, created_at, ended_at
    from packing_sessions
    where session_id = $1 or order_id = $2 order by created_at desc, session_id desc limit 1
    """
  struct Row: Sendable {
    var session: PackingSession
    var openedAt: Timestamp
    var endedAt: Timestamp?
  }

  let session: UUIDv7?
  let orderID: String?
  func bind(_ b: inout PostgresBindings) {
    b.append(session)
    b.append(orderID)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Row {
    guard let content = try? JSONValue.parse(Array(try r.string(5).utf8)),
      let state = PackingSession.State(rawValue: try r.string(2))
    else { throw PostgresError(.decoding, "a packing session that cannot be read") }
    return Row(
      session: PackingSession(
        id: try r.uuid(0), orderID: try r.string(1), state: state, packer: try r.string(3),
        version: try r.int(4), content: content),
      openedAt: try r.timestamp(6), endedAt: try r.timestampOrNil(7))
  }
}

/// Where the order and its label stand; its row is locked meanwhile.
struct ReadStanding: PostgresStatement {
  static let sql = """
    select o.order_id, o.shop_id, o.status, o.marketplace_state, s.generation, s.status,
      s.label_sha256 is not null, s.tracking_pin, s.packed_generation, h.reason,
      exists (
        select 1 from effects e where e.subject = o.order_id and e.ordinal = s.generation
          and e.kind in ('void_label', 'refund_label') and e.state not in ('refused', 'cancelled')),
      s.label_pdf_path, s.label_bytes, s.label_sha256, o.ship_by
    from orders o
    left join shipments s using (order_id)
    left join order_holds h using (order_id)
    where o.order_id = coalesce($1,
      (select order_id from packing_sessions where session_id = $2))
    """
  struct Row: Sendable {
    var orderID: String
    var shopID: String
    var standing: OrderStanding
    var label: StoredLabel?
    var shipBy: Timestamp?
  }

  var orderID: String?
  var session: UUIDv7?
  func bind(_ b: inout PostgresBindings) {
    b.append(orderID)
    b.append(session)
  }

  static func row(_ r: PostgresRow) throws(PostgresError) -> Row {
    let orderID = try r.string(0)
    let status = OrderStatus(rawValue: try r.string(2))
    let state = MarketplaceState(try r.stringOrNil(3) ?? "")
    let parcel = try r.stringOrNil(5).flatMap(ShipmentStatus.init)
    var standing = OrderStanding(
      holdReason: try r.stringOrNil(9), generation: try r.intOrNil(4) ?? 0,
      hasLabel: false, isLabelVoid: try r.bool(10), trackingPIN: try r.stringOrNil(7))
    if status == .cancelled || state.isOff {
      standing.offReason =
        state == .refused ? "Order \(orderID) was refused" : "Order \(orderID) is cancelled"
    }
    switch parcel {
    case .labelCreated, .trackingUpdated: standing.hasLabel = try r.bool(6)
    case .voidPending, .voided, .refundRequested: standing.isLabelVoid = true
    case .labelCreationInitiated, .labelBought, nil: break
    }
    switch status {
    case .accepted, .labelCreated: break
    case .shipped where parcel != nil: break
    case .shipped: standing.waitReason = "it was shipped outside Quayside"
    case .received, .parked, .pendingAcceptance, .acceptanceFailed, .cancelled:
      standing.waitReason = "it is not accepted yet"
    case nil: standing.waitReason = "it is no marketplace order"
    }
    var label: StoredLabel?
    if let path = try r.stringOrNil(11), let bytes = try r.int32OrNil(12),
      let sha256 = try r.stringOrNil(13)
    {
      label = StoredLabel(orderID: orderID, path: path, sha256: sha256, bytes: Int(bytes))
    }
    return Row(
      orderID: orderID, shopID: try r.string(1), standing: standing, label: label,
      shipBy: try r.timestampOrNil(14))
  }
}

/// What codes mean: parts by their barcodes and codes, machines, orders by id and tracking number. The
/// test carrier gives one number to every parcel; it names none.
struct FindMeanings: PostgresStatement {
  static let sql = """
    select b.barcode, 'part', c.id, c.name, c.asks_serial
    from component_barcodes b join components c on c.id = b.component_id where b.barcode = any($1)
    union all
    select c.code, 'part', c.id, c.name, c.asks_serial from components c where c.code = any($1)
    union all
    select barcode, 'base', id, model_name, asks_serial from base_products where barcode = any($1)
    union all
    select order_id, 'order', 0, order_id, false from orders where order_id = any($1)
    union all
    select tracking_pin, 'order', 0, order_id, false from shipments
    where tracking_pin = any($1) and tracking_pin <> '123456789012'
    """
  let codes: [String]

  init(_ scan: ScannedText?) { codes = Self.codes(scan) }

  /// As they came, and in capitals.
  static func codes(_ scan: ScannedText?) -> [String] {
    var codes = scan?.candidates ?? []
    for code in codes where !codes.contains(code.uppercased()) { codes.append(code.uppercased()) }
    return codes.map(Plain.text)
  }

  func bind(_ b: inout PostgresBindings) { b.append(codes) }

  static func row(
    _ r: PostgresRow
  ) throws(PostgresError) -> (code: String, meaning: CodeMeaning) {
    let (id, name) = (try r.int64(2), try r.string(3))
    let meaning: CodeMeaning =
      switch try r.string(1) {
      case "part": .part(KnownPart(id: id, name: name, asksSerial: try r.bool(4)))
      case "base": .base(id: id, name: name)
      default: .order(name)
      }
    return (try r.string(0), meaning)
  }

  /// The likeliest first, each once.
  func sorted(_ rows: [(code: String, meaning: CodeMeaning)]) -> [CodeMeaning] {
    var found: [CodeMeaning] = []
    for code in codes {
      for row in rows where row.code == code && !found.contains(row.meaning) {
        found.append(row.meaning)
      }
    }
    return found
  }
}

/// In which other order's parcel these serial numbers lie, and whether that left the house. The pieces of
/// this order's own earlier parcel are on the table again, and so are those of a cancelled order.
struct FindSerials: PostgresStatement {
  /// Of the order `o`: its parcel is on its way. Orders may be marked shipped before they are packed.
  static let hasLeft = """
    o.status = 'shipped' and not exists (
      select from packing_sessions s where s.order_id = o.order_id and s.state = 'open')
    """
  static let sql = """
    select p.serial, p.order_id, \(hasLeft)
    from packing_serials p join orders o using (order_id)
    where p.serial = any($1) and p.released_at is null and o.status <> 'cancelled'
      and p.order_id <> (select order_id from packing_sessions where session_id = $2)
    """
  let serials: [String]
  let session: UUIDv7

  init(_ scan: ScannedText?, session: UUIDv7) {
    serials = [scan?.plain, scan?.serial].compactMap { $0.flatMap(PackingSession.serial) }
    self.session = session
  }

  func bind(_ b: inout PostgresBindings) {
    b.append(serials)
    b.append(session)
  }
  static func row(
    _ r: PostgresRow
  ) throws(PostgresError) -> (serial: String, orderID: String, hasLeft: Bool) {
    (try r.string(0), try r.string(1), try r.bool(2))
  }
}
