public import Kit
public import Postgres

/// A parcel that was closed and must not leave the house.
public struct ParcelToPull: Sendable, Equatable {
  public enum Why: Sendable, Equatable {
    case cancelled
    /// The label on it was voided, or is being voided.
    case labelVoid
    case held(reason: String)
  }

  public var orderID: String
  /// In which it was closed.
  public var session: UUIDv7
  public var why: Why
}

/// The clock runs from what happened to the parcel, not from its packing. A hold calls for as long as it
/// stands. Begins at what is rare: every scan at the bench asks.
struct ReadParcelsToPull: PostgresStatement {
  static let sql = """
    select order_id, session_id, why, reason from (
      select distinct on (p.order_id) p.order_id, p.session_id, coalesce(h.reason, '') as reason,
        case when o.status = 'cancelled' then 'cancelled' when v.since is not null then 'void'
          when h.order_id is not null then 'held' end as why,
        case when o.status = 'cancelled' then o.status_since else coalesce(v.since, h.since)
          end as since, h.order_id is not null as is_held
      from packing_sessions p
      join orders o using (order_id)
      join shipments s using (order_id)
      left join order_holds h using (order_id)
      cross join lateral (
        select min(e.created_at) as since from effects e
        where e.subject = p.order_id and e.ordinal = s.packed_generation
          and e.kind in ('void_label', 'refund_label') and e.state not in ('refused', 'cancelled')
      ) v
      where p.order_id = any(array(
          select order_id from order_holds
          union select h.order_id from order_status_history h where h.status = 'cancelled'
            and h.created_at > coalesce($1, clock_timestamp()) - $3 * interval '1 hour'
          union select e.subject from effects e where e.kind in ('void_label', 'refund_label')
            and e.created_at > coalesce($1, clock_timestamp()) - $3 * interval '1 hour'))
        and p.state = 'packed' and p.ended_at > coalesce($1, clock_timestamp()) - $2 * interval '1 hour'
      order by p.order_id, p.ended_at desc) parcels
    where is_held and why <> 'cancelled' or since > coalesce($1, clock_timestamp()) - $3 * interval '1 hour'
    order by since desc, order_id limit $4
    """
  /// A parcel that was closed longer ago is not in the house any more.
  static let packedHours = 7.0 * 24
  /// So long a cancellation or a void is told.
  static let toldHours = 48.0

  let now: Timestamp?
  let limit: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(Self.packedHours)
    b.append(Self.toldHours)
    b.append(limit)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> ParcelToPull {
    let why: ParcelToPull.Why =
      switch try r.string(2) {
      case "cancelled": .cancelled
      case "void": .labelVoid
      default: .held(reason: try r.string(3))
      }
    return ParcelToPull(orderID: try r.string(0), session: try r.uuid(1), why: why)
  }
}

extension Ledger {
  /// Parcels to pull that are told at once.
  static let parcelsToPullMax = 20

  /// Parcels that were closed before their order was cancelled or held, or their label voided; the latest
  /// first.
  public func parcelsToPull() async throws(PostgresError) -> [ParcelToPull] {
    try await pool.query(
      ReadParcelsToPull(now: clock(), limit: Self.parcelsToPullMax), deadline: limits.queryDeadline)
  }
}
