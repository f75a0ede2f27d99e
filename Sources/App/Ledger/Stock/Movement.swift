public import Kit
import Postgres
public import Stock

/// One change of a part's stock, as it was written down.
public struct Movement: Sendable, Equatable {
  public let id: Int64
  public let code: String
  public let name: String
  public let delta: Int64
  public let kind: MovementKind
  public let reason: String?
  public let orderID: String?
  public let actor: String
  public let at: Timestamp
}

/// Newest first, of one component or of all.
struct ReadMovements: PostgresStatement {
  static let sql = """
    select m.movement_id, c.code, c.name, m.delta, m.kind, m.reason, m.order_id, m.actor,
      m.created_at
    from stock_movements m join components c on c.id = m.component_id
    where m.movement_id < $1 order by m.movement_id desc limit $2
    """
  let before: Int64
  let limit: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(before)
    b.append(limit)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Movement {
    Movement(
      id: try r.int64(0), code: try r.string(1), name: try r.string(2), delta: try r.int64(3),
      kind: MovementKind(rawValue: try r.string(4)) ?? .adjusted, reason: try r.stringOrNil(5),
      orderID: try r.stringOrNil(6), actor: try r.string(7), at: try r.timestamp(8))
  }
}

struct ReadMovementsOf: PostgresStatement {
  static let sql = """
    select m.movement_id, c.code, c.name, m.delta, m.kind, m.reason, m.order_id, m.actor,
      m.created_at
    from stock_movements m join components c on c.id = m.component_id
    where m.component_id = $3 and m.movement_id < $1 order by m.movement_id desc limit $2
    """
  let before: Int64
  let limit: Int
  let componentID: Int64
  func bind(_ b: inout PostgresBindings) {
    b.append(before)
    b.append(limit)
    b.append(componentID)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Movement { try ReadMovements.row(r) }
}

/// On hand at a moment, from the movements alone.
struct ReadOnHandAt: PostgresStatement {
  static let sql = """
    select coalesce(sum(delta), 0)::bigint from stock_movements
    where component_id = $1 and created_at <= $2
    """
  let componentID: Int64
  let at: Timestamp
  func bind(_ b: inout PostgresBindings) {
    b.append(componentID)
    b.append(at)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}
