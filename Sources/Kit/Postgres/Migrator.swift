import Kit

/// Applies migrations under an advisory lock, each in a transaction of its own, and keeps a ledger
/// of them with checksums in `quayside_migrations`.
public struct Migrator: Sendable {
  /// For one migration, waiting for another process that migrates included. One that rewrites a large
  /// table takes as long as reading and writing it.
  static let deadline = Duration.hours(6)
  static let readDeadline = Duration.seconds(10)

  let migrations: [Migration]
  /// For a lock that another process holds; meanwhile whoever wants the same table waits behind us.
  let lockPatience: Duration

  public init(_ migrations: [Migration], lockPatience: Duration = .seconds(300)) {
    self.lockPatience = lockPatience
    self.migrations = migrations.sorted { $0.number < $1.number }
  }

  /// What of ours has been applied and what not.
  public struct Status: Sendable, Equatable {
    public var applied: [String]
    public var pending: [String]
    /// What keeps this program from working with the schema; `nil` when nothing does.
    public var problem: SchemaProblem?
  }

  public func status(on connection: PostgresConnection) async throws(PostgresError) -> Status {
    let hasLedger = try await connection.query(HasLedger(), deadline: Self.readDeadline).first
    guard hasLedger == true else {
      return Status(applied: [], pending: migrations.map(\.title), problem: .missing)
    }
    return status(with: try await connection.query(ReadLedger(), deadline: Self.readDeadline))
  }

  /// - Returns: what keeps this program from working with the schema; `nil` when nothing does.
  public func problem(
    on connection: PostgresConnection
  ) async throws(PostgresError) -> SchemaProblem? {
    try await status(on: connection).problem
  }

  /// Brings the schema up to date; any number of processes may do so at once. One that fails leaves
  /// those before it applied and nothing of itself.
  ///
  /// - Returns: the migrations that were applied now, as "1 foundation".
  /// - Throws: `SchemaProblem.unknown`, or the `PostgresError` of the migration that failed.
  public func migrate(on connection: PostgresConnection) async throws -> [String] {
    if try await status(on: connection).problem == nil { return [] }
    var done: [String] = []
    while let title = try await applyNext(on: connection) { done.append(title) }
    return done
  }

  /// One transaction: lock, look what is applied, apply the first that is not.
  private func applyNext(on connection: PostgresConnection) async throws -> String? {
    try await connection.transaction(deadline: Self.deadline) { connection -> String? in
      _ = try await connection.query(LockSchema(), deadline: Self.deadline)
      try await connection.script(Self.ledger, deadline: Self.deadline)
      let applied = try await connection.query(ReadLedger(), deadline: Self.readDeadline)
      if let problem = status(with: applied).problem, case .unknown = problem { throw problem }
      let numbers = Set(applied.map(\.number))
      guard let next = migrations.first(where: { !numbers.contains($0.number) }) else { return nil }
      try await connection.script(
        "set local lock_timeout = \(lockPatience.milliseconds)", deadline: Self.readDeadline)
      do throws(PostgresError) {
        try await connection.script(next.sql, deadline: Self.deadline)
      } catch {
        var error = error
        error.statement = "migration \(next.title)"
        throw error
      }
      _ = try await connection.query(NoteApplied(migration: next), deadline: Self.readDeadline)
      return next.title
    }
  }

  private func status(with applied: [Applied]) -> Status {
    let numbers = Set(applied.map(\.number))
    let pending = migrations.filter { !numbers.contains($0.number) }.map(\.title)
    var status = Status(
      applied: applied.map { "\($0.number) \($0.name)" }, pending: pending, problem: nil)
    for row in applied {
      guard let ours = migrations.first(where: { $0.number == row.number }) else {
        status.problem = .unknown("migration \(row.number) \(row.name)")
        return status
      }
      guard ours.checksum == row.checksum else {
        status.problem = .unknown("migration \(ours.title) differs from what was applied")
        return status
      }
    }
    if !pending.isEmpty { status.problem = applied.isEmpty ? .missing : .older(pending: pending) }
    return status
  }

  // MARK: Statements

  private static let ledger = """
    create table if not exists quayside_migrations (
      number integer primary key, name text not null, checksum text not null,
      applied_at timestamptz not null default now())
    """

  private struct Applied: Sendable {
    let number: Int
    let name: String
    let checksum: String
  }

  /// One at a time for each schema; dropped with the transaction.
  private struct LockSchema: PostgresStatement {
    static let sql = """
      select pg_advisory_xact_lock(7126001, hashtext(coalesce(current_schema(), '')))::text
      """
  }

  private struct HasLedger: PostgresStatement {
    static let sql = "select to_regclass('quayside_migrations') is not null"
    static func row(_ r: PostgresRow) throws(PostgresError) -> Bool { try r.bool(0) }
  }

  private struct ReadLedger: PostgresStatement {
    static let sql = "select number, name, checksum from quayside_migrations order by number"
    static func row(_ r: PostgresRow) throws(PostgresError) -> Applied {
      Applied(number: try r.int(0), name: try r.string(1), checksum: try r.string(2))
    }
  }

  private struct NoteApplied: PostgresStatement {
    static let sql = """
      insert into quayside_migrations (number, name, checksum) values ($1, $2, $3)
      """
    let migration: Migration
    func bind(_ b: inout PostgresBindings) {
      b.append(migration.number)
      b.append(migration.name)
      b.append(migration.checksum)
    }
  }
}
