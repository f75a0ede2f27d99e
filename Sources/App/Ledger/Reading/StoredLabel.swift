import Kit
import Orders
public import Postgres

/// A label's file as it was stored.
public struct StoredLabel: Sendable {
  public var orderID: String
  public var path: String
  public var sha256: String
  public var bytes: Int
}

/// The orders are made an array first: each is looked up by its key, and a worker that starts reads no
/// more with ten million parcels than with ten.
struct ReadLatestLabels: PostgresStatement {
  static let sql = """
    select order_id, label_pdf_path, label_sha256, label_bytes from shipments
    where order_id = any(array(
        select order_id from order_status_history where status = 'label_created' and created_at
          > coalesce($1::timestamptz, clock_timestamp()) - make_interval(secs => $2 / 1e6)))
      and label_sha256 is not null and status in ('label_created', 'tracking_updated')
    """
  let now: Timestamp?
  let age: Duration
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(age.microseconds)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> StoredLabel {
    StoredLabel(
      orderID: try r.string(0), path: try r.string(1), sha256: try r.string(2),
      bytes: Int(try r.int32(3)))
  }
}

struct FetchLabelsAgain: PostgresStatement {
  static let sql = """
    update effects set state = 'planned', due_at = coalesce($1::timestamptz, clock_timestamp()),
      outcome = 'to be fetched again',
      updated_at = coalesce($1::timestamptz, clock_timestamp())
    where subject = any($2) and kind = 'fetch_label' and state = 'confirmed' and ordinal = (
      select generation from shipments s where s.order_id = subject)
    returning effect_id
    """
  let now: Timestamp?
  let orderIDs: [String]
  func bind(_ b: inout PostgresBindings) {
    b.append(now)
    b.append(orderIDs)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

extension Ledger {
  /// Labels that were stored this short a time ago.
  public func latestLabels(within age: Duration) async throws(PostgresError) -> [StoredLabel] {
    try await pool.query(ReadLatestLabels(now: clock(), age: age), deadline: limits.queryDeadline)
  }

  /// Sets the fetching of these orders' labels going again.
  /// - Returns: how many.
  public func fetchAgain(_ orderIDs: [String]) async throws(PostgresError) -> Int {
    guard !orderIDs.isEmpty else { return 0 }
    return try await pool.query(
      FetchLabelsAgain(now: clock(), orderIDs: orderIDs), deadline: limits.queryDeadline
    ).count
  }
}
