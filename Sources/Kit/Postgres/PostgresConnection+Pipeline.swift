internal import CPostgres
import Glibc
import Kit
import Synchronization

extension PostgresConnection {
  /// - Throws: `PostgresError`; see `run`.
  @discardableResult
  public func query<S: PostgresStatement>(
    _ statement: S, deadline: Duration
  ) async throws(PostgresError) -> [S.Row] {
    var batch = PostgresBatch()
    let key = batch.add(statement)
    return try await run(batch, deadline: deadline)[key]
  }

  /// All statements in one round trip and, outside of `transaction`, in one implicit transaction:
  /// all of them or none.
  ///
  /// - Throws: `PostgresError` of the first statement that failed, or `.timedOut` and `.cancelled`,
  ///   after which nothing is stored; with `commitMayHaveHappened` nobody knows. A batch that was
  ///   complete before the cancellation took hold is a success.
  @discardableResult
  public func run(
    _ batch: PostgresBatch, deadline: Duration
  ) async throws(PostgresError) -> PostgresBatchResults {
    guard !batch.isEmpty else { return PostgresBatchResults(results: []) }
    if let problem = batch.bindings.problem {
      let words = problem == .invalidText ? "U+0000 in a text" : "a batch of more than 512 MiB"
      throw PostgresError(problem, words, statement: "\(batch.entries[0].statement)")
    }
    let ends = ContinuousClock.now + deadline
    return try await cancellable { () throws(PostgresError) in
      do throws(PostgresError) {
        return try roundTrip(batch, ends)
      } catch {
        // Outside a transaction nothing has happened, so it can be asked again at once.
        guard forgetsPlans(after: error), !isBroken, !isInTransaction else { throw error }
        return try roundTrip(batch, ends)
      }
    }
  }

  /// A migration changed what a prepared statement returns, or somebody deallocated it.
  private func forgetsPlans(after error: PostgresError) -> Bool {
    guard error.sqlState == "0A000" || error.sqlState == "26000", !prepared.isEmpty else {
      return false
    }
    prepared.removeAll()
    return true
  }

  private func roundTrip(
    _ batch: PostgresBatch, _ ends: ContinuousClock.Instant
  ) throws(PostgresError) -> PostgresBatchResults {
    try checkAlive()
    guard ContinuousClock.now < ends else { throw PostgresError(.timedOut, "no time to ask") }
    guard PQenterPipelineMode(handle) == 1 else { throw lost(wasNotSent: true) }
    isUnreplicated.pointee = false
    var trip = RoundTrip(batch: batch, ends: ends)
    trip.mayCommit = batch.commits || !(isInTransaction || batch.begins)
    try send(&trip)
    guard PQpipelineSync(handle) == 1 else { throw lost(during: trip) }
    return try collect(&trip)
  }

  // MARK: Sending

  private func send(_ trip: inout RoundTrip) throws(PostgresError) {
    // Prepared by this very batch.
    var fresh: [ObjectIdentifier: Prepared] = [:]
    for (i, entry) in trip.batch.entries.enumerated() {
      let types = trip.batch.bindings.types[entry.parameters]
      let id = ObjectIdentifier(entry.statement)
      var name: String?
      if entry.prepares {
        if let known = fresh[id] ?? prepared[id], known.types[...] == types {
          name = known.name
        } else {
          let new = Prepared(name: newName(of: entry.statement), types: Array(types))
          guard
            PQsendPrepare(handle, new.name, entry.statement.sql, Int32(types.count), new.types) == 1
          else { throw unsendable(trip) }
          trip.steps.append(.prepare(i, new))
          fresh[id] = new
          name = new.name
        }
      }
      guard send(entry, of: trip.batch, as: name) else { throw unsendable(trip) }
      trip.steps.append(.execute(i))
    }
  }

  private func newName(of statement: any PostgresStatement.Type) -> String {
    preparedCount += 1
    // PostgreSQL keeps 63 bytes of a name.
    return "\(preparedCount)_\(String("\(statement)".utf8.prefix(40)) ?? "")"
  }

  private func send(
    _ entry: PostgresBatch.Entry, of batch: PostgresBatch, as name: String?
  ) -> Bool {
    let count = entry.parameters.count
    return batch.bindings.bytes.withBytes { base in
      withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { values in
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * count) { numbers in
          for (i, place) in batch.bindings.places[entry.parameters].enumerated() {
            values[i] =
              place.length < 0 ? nil : (base + place.offset).assumingMemoryBound(to: CChar.self)
            numbers[i] = max(0, place.length)
            // Binary.
            numbers[count + i] = 1
          }
          let formats = numbers.baseAddress.map { $0 + count }
          if let name {
            return PQsendQueryPrepared(
              handle, name, Int32(count), values.baseAddress, numbers.baseAddress, formats, 1) == 1
          }
          let types = Array(batch.bindings.types[entry.parameters])
          return PQsendQueryParams(
            handle, entry.statement.sql, Int32(count), types, values.baseAddress,
            numbers.baseAddress, formats, 1) == 1
        }
      }
    }
  }

  /// libpq took only a part of the batch: without its end nothing of it can have been committed,
  /// but the connection is no good any more.
  private func unsendable(_ trip: RoundTrip) -> PostgresError {
    var error = lost()
    if PQstatus(handle) == CONNECTION_OK { error.code = .misuse }
    error.commitMayHaveHappened = trip.batch.commits
    return error
  }

  // MARK: Receiving

  /// Reads every result up to the sync; the first error is the batch's error.
  private func collect(_ trip: inout RoundTrip) throws(PostgresError) -> PostgresBatchResults {
    var next = 0
    while true {
      switch nextResult(until: trip.ends, heedsBell: trip.interruption == nil) {
      case .interrupted(let code):
        try interrupt(&trip, code)
      case .lost:
        throw lost(during: trip)
      case .end:
        continue
      case .result(let result):
        let status = PQresultStatus(result.pointer)
        if status == PGRES_PIPELINE_SYNC { return try finish(trip) }
        guard next < trip.steps.count else { throw lost(during: trip) }
        trip.note(result, status, trip.steps[next])
        if case .prepare(let i, let new) = trip.steps[next], status == PGRES_COMMAND_OK {
          prepared[ObjectIdentifier(trip.batch.entries[i].statement)] = new
        }
        next += 1
        if PQstatus(handle) == CONNECTION_BAD { throw lost(during: trip) }
      }
    }
  }

  private func finish(_ trip: RoundTrip) throws(PostgresError) -> PostgresBatchResults {
    trip.canceller?.waitUntilDone()
    guard PQexitPipelineMode(handle) == 1, trip.canceller?.isDone != false else {
      var error = lost(during: trip)
      error.message += " (leaving a pipeline)"
      throw error
    }
    noteTransactionState()
    if let failure = trip.failure {
      // 57014 is the answer to our own request to stop.
      if let interruption = trip.interruption, failure.sqlState == "57014" {
        throw PostgresError(interruption, "stopped at our request", statement: failure.statement)
      }
      if failure.endsSession { health.store(.broken, ordering: .relaxed) }
      throw failure
    }
    if isUnreplicated.pointee { throw .unreplicated(trip.interruption) }
    guard trip.results.count == trip.batch.entries.count else {
      health.store(.broken, ordering: .relaxed)
      throw PostgresError(.misuse, "another number of results than of statements")
    }
    return PostgresBatchResults(results: trip.results)
  }

  /// The first time the server is asked to stop; when even that takes too long the connection is
  /// given up.
  private func interrupt(
    _ trip: inout RoundTrip, _ code: PostgresError.Code
  ) throws(PostgresError) {
    guard trip.interruption == nil else { throw lost(during: trip) }
    trip.interruption = code
    trip.canceller = Canceller.start(handle)
    trip.ends = .now + Self.drainPatience
  }

  private func lost(during trip: RoundTrip) -> PostgresError {
    var error = lost()
    if let failure = trip.failure {
      error = failure
    } else if let interruption = trip.interruption {
      error.code = interruption
    }
    error.commitMayHaveHappened = trip.mayCommit && (error.sqlState == nil || error.endsSession)
    return error
  }

  // MARK: One result after the other

  enum Next {
    case result(ResultHandle)
    /// The present statement has no more results.
    case end
    case interrupted(PostgresError.Code)
    case lost
  }

  func nextResult(until ends: ContinuousClock.Instant, heedsBell: Bool) -> Next {
    while true {
      let flushed = PQflush(handle)
      // Even when nothing can be sent any more, what the server said before is still to be read.
      if PQisBusy(handle) == 0 {
        guard let result = PQgetResult(handle) else {
          return PQstatus(handle) == CONNECTION_BAD ? .lost : .end
        }
        return .result(ResultHandle(result))
      }
      switch wait(for: flushed > 0 ? POLLIN | POLLOUT : POLLIN, until: ends, heedsBell: heedsBell) {
      case .timedOut: return .interrupted(.timedOut)
      case .cancelled: return .interrupted(.cancelled)
      case .ready: break
      }
      if PQconsumeInput(handle) != 1, PQisBusy(handle) != 0 { return .lost }
    }
  }
}

/// What is under way between the first byte of a batch and its sync.
private struct RoundTrip {
  enum Step {
    case prepare(Int, PostgresConnection.Prepared)
    case execute(Int)
  }

  let batch: PostgresBatch
  var ends: ContinuousClock.Instant
  /// A connection that breaks leaves it open whether this was stored.
  var mayCommit = true
  var steps: [Step] = []
  var results: [ResultHandle] = []
  var failure: PostgresError?
  /// Why we told the server to stop.
  var interruption: PostgresError.Code?
  var canceller: Canceller?

  mutating func note(_ result: ResultHandle, _ status: ExecStatusType, _ step: Step) {
    let index =
      switch step {
      case .prepare(let i, _), .execute(let i): i
      }
    let entry = batch.entries[index]
    switch status {
    case PGRES_TUPLES_OK, PGRES_COMMAND_OK:
      guard case .execute = step else { return }
      results.append(result)
      if result.tag == "ROLLBACK", entry.statement.sql.isCommit {
        failure = failure ?? .rolledBack(entry.statement)
      }
    case PGRES_FATAL_ERROR:
      failure = failure ?? result.error(in: "\(entry.statement)")
    case PGRES_PIPELINE_ABORTED:
      break
    default:
      failure = failure ?? PostgresError(.misuse, "no statement for a batch: \(status)")
    }
  }
}

extension PostgresError {
  /// Stored on the primary, but no standby has confirmed it: to be treated as if unheard.
  static func unreplicated(_ interruption: Code?) -> PostgresError {
    var error = PostgresError(
      interruption ?? .timedOut, "committed on the primary alone: its standby did not confirm it")
    error.commitMayHaveHappened = true
    return error
  }

  /// PostgreSQL answers `commit` in a transaction that has failed by rolling it back, as a success.
  static func rolledBack(_ statement: any PostgresStatement.Type) -> PostgresError {
    PostgresError(
      .sqlState("25P02"), "the transaction had failed and was rolled back",
      statement: "\(statement)")
  }
}

extension PostgresBatch {
  fileprivate var begins: Bool { entries.first?.statement.sql.isBegin ?? false }
  fileprivate var commits: Bool { entries.contains { $0.statement.sql.isCommit } }
}

extension String {
  fileprivate var isBegin: Bool { startsWith("begin") || startsWith("start transaction") }
  fileprivate var isCommit: Bool { startsWith("commit") || startsWith("end") }

  private func startsWith(_ word: StaticString) -> Bool {
    let mine = utf8.prefix(word.utf8CodeUnitCount)
    guard mine.count == word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { letters in
      zip(mine, letters).allSatisfy { $0 | 0x20 == $1 || $0 == $1 }
    }
  }
}
