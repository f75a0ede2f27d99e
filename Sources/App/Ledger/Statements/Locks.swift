import Effects
import Kit
import Orders
import Postgres

struct Begin: PostgresStatement {
  static let sql = "begin"
  func bind(_ b: inout PostgresBindings) {}
}

struct Commit: PostgresStatement {
  static let sql = "commit"
  func bind(_ b: inout PostgresBindings) {}
}

/// The clock of a decision: the test's, else the database's.
struct ReadClock: PostgresStatement {
  static let sql = "select coalesce($1::timestamptz, clock_timestamp())"
  let now: Timestamp?
  func bind(_ b: inout PostgresBindings) { b.append(now) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Timestamp { try r.timestamp(0) }
}

/// Locks the orders in the order of their ids, whoever asks: no two batches can deadlock.
struct LockOrders: PostgresStatement {
  static let sql = """
    select o.order_id, o.shop_id, o.status, o.status_since, o.parked_reason, o.marketplace_state,
      o.marketplace_updated_at, o.marketplace_seen_at, o.accept_by, o.ship_by, o.raw_order_digest,
      o.has_address, o.is_held, o.has_parts
    from orders o
    where o.order_id = any($1)
    order by o.order_id
    for no key update
    """
  let orderIDs: [String]
  func bind(_ b: inout PostgresBindings) { b.append(orderIDs) }

  static func row(_ r: PostgresRow) throws(PostgresError) -> OrderSnapshot {
    var order = OrderSnapshot(
      orderID: try r.string(0), shopID: try r.string(1),
      status: OrderStatus(rawValue: try r.string(2)) ?? .parked, statusSince: try r.timestamp(3),
      parkedReason: try r.stringOrNil(4), marketplaceState: try r.stringOrNil(5),
      marketplaceUpdatedAt: try r.timestampOrNil(6), marketplaceSeenAt: try r.timestamp(7),
      acceptBy: try r.timestampOrNil(8), shipBy: try r.timestampOrNil(9),
      rawDigest: try r.bytes(10), hasAddress: try r.bool(11), isHeld: try r.bool(12))
    order.hasParts = try r.bool(13)
    return order
  }
}

/// The parcels of orders whose lock is held. A statement of its own: joined to the one that waits for
/// the locks, they would be shown as they were before whoever held them wrote.
struct ReadLockedShipments: PostgresStatement {
  static let sql = """
    select order_id, status, generation, request_id, tracking_pin, tracking_posted_at,
      packed_generation
    from shipments where order_id = any($1)
    """
  let orderIDs: [String]
  func bind(_ b: inout PostgresBindings) { b.append(orderIDs) }

  static func row(
    _ r: PostgresRow
  ) throws(PostgresError) -> (orderID: String, shipment: ShipmentSnapshot) {
    let generation = try r.int(2)
    return (
      try r.string(0),
      ShipmentSnapshot(
        status: ShipmentStatus(rawValue: try r.string(1)) ?? .labelCreationInitiated,
        generation: generation, requestID: try r.string(3), trackingPIN: try r.stringOrNil(4),
        isTrackingPosted: try r.timestampOrNil(5) != nil,
        isPacked: try r.intOrNil(6) == generation)
    )
  }
}

/// Read without a lock of their own: whoever writes them says which lease they were read under.
struct ReadEffectStates: PostgresStatement {
  static let columns = """
    select effect_id, kind, state, lease, subject, order_id, request_key from effects
    """
  static let sql = columns + " where effect_id = any($1)"
  let effectIDs: [Int64]
  func bind(_ b: inout PostgresBindings) { b.append(effectIDs) }

  static func row(_ r: PostgresRow) throws(PostgresError) -> LockedEffect {
    LockedEffect(
      effectID: try r.int64(0), deed: Deed(rawValue: try r.string(1)) ?? .refundLabel,
      state: EffectState(rawValue: try r.string(2)) ?? .needsPerson, lease: try r.uuidOrNil(3),
      subject: try r.string(4), orderID: try r.stringOrNil(5), requestKey: try r.string(6))
  }
}

/// After the locks: what was planned until then is seen, nothing more can be.
struct ReadEffectsOfOrders: PostgresStatement {
  static let sql = ReadEffectStates.columns + " where subject = any($1)"
  let orderIDs: [String]
  func bind(_ b: inout PostgresBindings) { b.append(orderIDs) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> LockedEffect {
    try ReadEffectStates.row(r)
  }
}
