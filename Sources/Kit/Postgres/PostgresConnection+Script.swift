internal import CPostgres
import Kit
import Synchronization

extension PostgresConnection {
  /// Many statements as one text, in one implicit transaction unless the text says otherwise:
  /// migrations, `rollback`. What they return is dropped.
  public func script(_ sql: String, deadline: Duration) async throws(PostgresError) {
    _ = try await tags(of: sql, deadline: deadline)
  }

  /// Begins, runs `body`, commits; rolls back when it throws.
  ///
  /// - Parameter deadline: of each step; what `body` asks has deadlines of its own.
  /// - Throws: what `body` throws; `PostgresError` with `commitMayHaveHappened` when the connection
  ///   broke while committing.
  public nonisolated func transaction<Value: Sendable>(
    deadline: Duration, _ body: (PostgresConnection) async throws -> Value
  ) async throws -> Value {
    try await script("begin", deadline: deadline)
    do {
      let value = try await body(self)
      try await commit(deadline: deadline)
      return value
    } catch {
      await rollBack()
      throw error
    }
  }

  func commit(deadline: Duration) async throws(PostgresError) {
    let tags = try await tags(of: "commit", deadline: deadline, commits: true)
    guard tags.last != "ROLLBACK" else {
      throw PostgresError(.sqlState("25P02"), "the transaction had failed and was rolled back")
    }
  }

  /// Ends a transaction if there is one, also for a task that was cancelled.
  nonisolated func rollBack() async {
    guard isInTransaction else { return }
    await rollBackOnThread()
  }

  private func rollBackOnThread() {
    do {
      _ = try simple("rollback", until: .now + Self.drainPatience, heedsBell: false, false)
    } catch {
      _ = lost()
    }
  }

  private func tags(
    of sql: String, deadline: Duration, commits: Bool = false
  ) async throws(PostgresError) -> [String] {
    try await cancellable { () throws(PostgresError) in
      try simple(sql, until: .now + deadline, heedsBell: true, commits)
    }
  }

  /// The simple protocol.
  private func simple(
    _ sql: String, until ends: ContinuousClock.Instant, heedsBell: Bool, _ commits: Bool
  ) throws(PostgresError) -> [String] {
    try checkAlive()
    if sql.utf8.contains(0) { throw PostgresError(.invalidText, "U+0000 in a script") }
    let mayCommit = commits || !isInTransaction
    isUnreplicated.pointee = false
    guard PQsendQuery(handle, sql) == 1 else { throw lost(wasNotSent: true) }
    var ends = ends
    var failure: PostgresError?
    var interruption: PostgresError.Code?
    var canceller: Canceller?
    var tags: [String] = []
    func broken() -> PostgresError {
      var error = lost()
      if let failure { error = failure } else if let interruption { error.code = interruption }
      error.commitMayHaveHappened = mayCommit
      return error
    }
    loop: while true {
      switch nextResult(until: ends, heedsBell: heedsBell && interruption == nil) {
      case .lost: throw broken()
      case .end: break loop
      case .interrupted(let code):
        guard interruption == nil else { throw broken() }
        interruption = code
        canceller = Canceller.start(handle)
        ends = .now + Self.drainPatience
      case .result(let result):
        switch PQresultStatus(result.pointer) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: tags.append(result.tag)
        case PGRES_FATAL_ERROR: failure = failure ?? result.error(in: "script")
        default:
          _ = lost()
          throw PostgresError(.misuse, "copy is not for scripts")
        }
        if PQstatus(handle) == CONNECTION_BAD { throw broken() }
      }
    }
    canceller?.waitUntilDone()
    if canceller?.isDone == false { throw broken() }
    noteTransactionState()
    guard let failure else {
      if isUnreplicated.pointee { throw .unreplicated(interruption) }
      return tags
    }
    if let interruption, failure.sqlState == "57014" {
      throw PostgresError(interruption, "stopped at our request", statement: "script")
    }
    if failure.endsSession { health.store(.broken, ordering: .relaxed) }
    throw failure
  }
}
