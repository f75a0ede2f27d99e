public import Kit
public import Postgres

/// A wish to have a label on paper. The client's number of the event makes it unique.
struct BeginPackingPrint: PostgresStatement {
  static let sql = """
    insert into packing_prints (client_id, seq, session_id, printer, state, created_at)
    values ($1, $2, $3, $4, 'sending', coalesce($5::timestamptz, clock_timestamp()))
    on conflict (client_id, seq) do update set state = 'sending', printer = excluded.printer
      where packing_prints.state = 'failed' and packing_prints.session_id = excluded.session_id
    returning state
    """
  let client: UUIDv7
  let seq: Int64
  let session: UUIDv7
  let printer: String
  let now: Timestamp?
  func bind(_ b: inout PostgresBindings) {
    b.append(client)
    b.append(seq)
    b.append(session)
    b.append(printer)
    b.append(now)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> String { try r.string(0) }
}

struct EndPackingPrint: PostgresStatement {
  static let sql = """
    update packing_prints set state = $3, detail = $4 where client_id = $1 and seq = $2
    """
  let client: UUIDv7
  let seq: Int64
  let isSent: Bool
  let detail: String
  func bind(_ b: inout PostgresBindings) {
    b.append(client)
    b.append(seq)
    b.append(isSent ? "sent" : "failed")
    b.append(Plain.text(detail))
  }
}

extension Ledger {
  /// - Returns: whether this wish is to be sent to the printer: not when it was before.
  public func beginPrint(
    client: UUIDv7, seq: Int64, session: UUIDv7, printer: String
  ) async throws(PostgresError) -> Bool {
    try await !pool.query(
      BeginPackingPrint(
        client: client, seq: seq, session: session, printer: printer, now: clock()),
      deadline: limits.queryDeadline
    ).isEmpty
  }

  public func endPrint(
    client: UUIDv7, seq: Int64, isSent: Bool, detail: String
  ) async throws(PostgresError) {
    _ = try await pool.query(
      EndPackingPrint(client: client, seq: seq, isSent: isSent, detail: detail),
      deadline: limits.queryDeadline)
  }
}
