import Kit
public import Postgres

/// Keeps a file until it is applied; files of yesterday go.
struct StageFile: PostgresStatement {
  static let sql = """
    with old as (
      delete from stock_files where created_at < coalesce($4, clock_timestamp()) - interval '1 day')
    insert into stock_files (file_name, content, actor, created_at)
    values ($1, $2, $3, coalesce($4, clock_timestamp())) returning file_id
    """
  let name: String
  let bytes: [UInt8]
  let actor: String
  let now: Timestamp?
  func bind(_ b: inout PostgresBindings) {
    b.append(Plain.text(name))
    b.append(bytes)
    b.append(actor)
    b.append(now)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

struct ReadStagedFile: PostgresStatement {
  static let sql = "select file_name, content from stock_files where file_id = $1"
  let id: Int64
  func bind(_ b: inout PostgresBindings) { b.append(id) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> (name: String, bytes: [UInt8]) {
    (try r.string(0), try r.bytes(1))
  }
}

struct ForgetFile: PostgresStatement {
  static let sql = "delete from stock_files where file_id = $1"
  let id: Int64
  func bind(_ b: inout PostgresBindings) { b.append(id) }
}

extension Ledger {
  /// Keeps a file that somebody looked at, for a day at most.
  public func stageFile(
    _ name: String, _ bytes: [UInt8], by actor: String
  ) async throws(PostgresError) -> Int64 {
    try await pool.query(
      StageFile(name: name, bytes: bytes, actor: actor, now: clock()),
      deadline: limits.queryDeadline * 3
    ).first ?? 0
  }

  public func stagedFile(
    _ id: Int64
  ) async throws(PostgresError) -> (name: String, bytes: [UInt8])? {
    try await pool.query(ReadStagedFile(id: id), deadline: limits.queryDeadline * 3).first
  }

  public func forgetFile(_ id: Int64) async throws(PostgresError) {
    _ = try await pool.query(ForgetFile(id: id), deadline: limits.queryDeadline)
  }
}
