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

/// Takes a file out that is to be applied, in the transaction that applies it: whoever comes second waits,
/// and finds none. Row: its number.
struct TakeFile: PostgresStatement {
  static let sql = "delete from stock_files where file_id = $1 returning file_id"
  let id: Int64
  func bind(_ b: inout PostgresBindings) { b.append(id) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
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

  /// The file that was to be applied was applied before, or is too old.
  public struct FileIsGone: Error {}

  /// First of all in the transaction that applies a file.
  func take(_ file: Int64?, on connection: PostgresConnection) async throws {
    guard let file else { return }
    let taken = try await connection.query(TakeFile(id: file), deadline: limits.queryDeadline)
    if taken.isEmpty { throw FileIsGone() }
  }
}
