internal import CPostgres
internal import CShims
import Glibc
import Kit

/// One connection, on a thread of its own.
///
/// Every statement has a deadline; when it passes, or the task is cancelled, the server is told to
/// stop, the answer is drained and the connection can be used again, or it is broken and thrown away.
public actor PostgresConnection {
  /// How long a cancelled statement's end is waited for before the connection counts as broken.
  static let drainPatience = Duration.seconds(5)

  private let thread: ConnectionThread
  // Only ever touched on `thread` after `open`, and by `deinit`, when nobody is left.
  private nonisolated(unsafe) let handle: OpaquePointer
  /// Rung by a cancelled task; the owner thread polls it beside the socket.
  private let cancelBell: Int32
  private var prepared: [String: Int] = [:]
  public private(set) var isBroken = false

  public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  private init(thread: ConnectionThread, handle: OpaquePointer) {
    self.thread = thread
    self.handle = handle
    cancelBell = qs_eventfd()
  }

  deinit {
    PQfinish(handle)
    Glibc.close(cancelBell)
    thread.close()
  }

  /// - Throws: `PostgresError` `.connectionLost` when no host answers in time.
  public static func open(
    _ configuration: PostgresConfiguration, deadline: Duration
  ) async throws(PostgresError) -> PostgresConnection {
    let thread = ConnectionThread()
    thread.start()
    var keys: [UnsafeMutablePointer<CChar>?] = []
    var values: [UnsafeMutablePointer<CChar>?] = []
    defer {
      for pointer in keys + values { free(pointer) }
    }
    for (key, value) in configuration.parameters {
      keys.append(strdup(key))
      values.append(strdup(value))
    }
    let handle = (keys.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer { keys in
      (values.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer { values in
        PQconnectStartParams(keys.baseAddress, values.baseAddress, 0)
      }
    }
    guard let started = handle else {
      thread.close()
      throw PostgresError(.connectionLost, "out of memory")
    }
    nonisolated(unsafe) let owned = started
    let connection = PostgresConnection(thread: thread, handle: owned)
    try await connection.connect(deadline: deadline)
    return connection
  }

  private func connect(deadline: Duration) throws(PostgresError) {
    let ends = ContinuousClock.now + deadline
    guard PQstatus(handle) != CONNECTION_BAD else { throw lost() }
    var next = PGRES_POLLING_WRITING
    while true {
      if next == PGRES_POLLING_OK { break }
      if next == PGRES_POLLING_FAILED { throw lost() }
      // The socket may change between steps when several hosts are tried.
      let wanted = next == PGRES_POLLING_READING ? POLLIN : POLLOUT
      switch wait(for: Int16(wanted), until: ends, cancellable: true) {
      case .ready: break
      case .timedOut: throw PostgresError(.connectionLost, "no connection within \(deadline)")
      case .cancelled: throw PostgresError(.cancelled, "cancelled while connecting")
      }
      next = PQconnectPoll(handle)
    }
    guard PQsetnonblocking(handle, 1) == 0 else { throw lost() }
    PQsetNoticeReceiver(handle, ignoreNotice, nil)
  }

  // MARK: Asking

  public func query<S: PostgresStatement>(
    _ statement: S, deadline: Duration
  ) async throws(PostgresError) -> [S.Row] {
    var batch = PostgresBatch()
    let key = batch.add(statement)
    return try await run(batch, deadline: deadline)[key]
  }

  /// All statements in one round trip and one implicit transaction: all of them or none.
  public func run(
    _ batch: PostgresBatch, deadline: Duration
  ) async throws(PostgresError) -> PostgresBatchResults {
    guard !batch.isEmpty else { return PostgresBatchResults(results: []) }
    if let invalid = batch.entries.first(where: \.bindings.hasInvalidText) {
      throw PostgresError(.invalidText, "U+0000 in a text", statement: invalid.name)
    }
    let bell = cancelBell
    qs_eventfd_clear(bell)
    do {
      return try await withTaskCancellationHandler {
        try runPipeline(batch, ends: ContinuousClock.now + deadline)
      } onCancel: {
        qs_eventfd_ring(bell)
      }
    } catch let error as PostgresError {
      throw error
    } catch {
      throw PostgresError(.misuse, "\(error)")
    }
  }

  private func runPipeline(
    _ batch: PostgresBatch, ends: ContinuousClock.Instant
  ) throws(PostgresError) -> PostgresBatchResults {
    guard !isBroken else { throw PostgresError(.connectionLost, "the connection is broken") }
    guard PQenterPipelineMode(handle) == 1 else { throw lost() }
    var preparing: [Bool] = []
    var names: [String] = []
    for entry in batch.entries {
      let (name, isNew) = preparedName(of: entry)
      names.append(name)
      preparing.append(isNew)
      if isNew {
        let sent = PQsendPrepare(
          handle, name, entry.sql, Int32(entry.bindings.types.count), entry.bindings.types)
        guard sent == 1 else { throw lost() }
      }
      guard send(entry, name) else { throw lost() }
    }
    guard PQpipelineSync(handle) == 1 else { throw lost() }
    return try collect(batch, names, preparing, ends)
  }

  private func preparedName(of entry: PostgresBatch.Entry) -> (String, isNew: Bool) {
    if let number = prepared[entry.sql] { return ("q\(number)", false) }
    let number = prepared.count
    prepared[entry.sql] = number
    return ("q\(number)", true)
  }

  private func send(_ entry: PostgresBatch.Entry, _ name: String) -> Bool {
    let count = entry.bindings.places.count
    return entry.bindings.bytes.withUnsafeBufferPointer { bytes in
      // An empty array has no base; libpq still wants a pointer for an empty, non-NULL value.
      let base = bytes.baseAddress.map { UnsafeRawPointer($0) } ?? emptyValue
      let values: [UnsafePointer<CChar>?] = entry.bindings.places.map { place in
        place.length < 0 ? nil : (base + place.offset).assumingMemoryBound(to: CChar.self)
      }
      let lengths = entry.bindings.places.map { Int32(max(0, $0.length)) }
      let formats = [Int32](repeating: 1, count: count)
      return PQsendQueryPrepared(handle, name, Int32(count), values, lengths, formats, 1) == 1
    }
  }

  /// Reads every result up to the sync; the first error is the batch's error.
  private func collect(
    _ batch: PostgresBatch, _ names: [String], _ preparing: [Bool], _ ends: ContinuousClock.Instant
  ) throws(PostgresError) -> PostgresBatchResults {
    var results: [ResultHandle] = []
    var failure: PostgresError?
    var stopped: PostgresError?
    var expected = preparing.flatMap { $0 ? [true, false] : [false] }[...]
    var entry = 0
    var patience = ends
    while true {
      let next = nextResult(until: patience, cancellable: stopped == nil)
      switch next {
      case .trouble(let error):
        if stopped != nil || !(error.code == .timedOut || error.code == .cancelled) {
          isBroken = true
          var error = stopped ?? error
          error.commitMayHaveHappened = true
          throw error
        }
        stopped = error
        cancelOnServer()
        patience = .now + Self.drainPatience
      case .end: continue
      case .result(let result):
        let status = PQresultStatus(result.pointer)
        if status == PGRES_PIPELINE_SYNC {
          return try finish(batch, results, failure, stopped)
        }
        let isPrepare = expected.popFirst() ?? false
        if status == PGRES_FATAL_ERROR {
          failure = failure ?? error(of: result, batch.entries[min(entry, batch.entries.count - 1)].name)
          if isPrepare { expected = expected.dropFirst(0) }
        }
        if status == PGRES_FATAL_ERROR || status == PGRES_PIPELINE_ABORTED {
          // What was to be prepared from here on is not.
          if isPrepare { prepared[batch.entries[entry].sql] = nil }
        }
        if !isPrepare {
          if status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK { results.append(result) }
          entry += 1
        }
      }
    }
  }

  private func finish(
    _ batch: PostgresBatch, _ results: [ResultHandle], _ failure: PostgresError?,
    _ stopped: PostgresError?
  ) throws(PostgresError) -> PostgresBatchResults {
    guard PQexitPipelineMode(handle) == 1 else {
      isBroken = true
      throw failure ?? stopped ?? lost()
    }
    if let stopped, failure == nil || failure?.sqlState == "57014" { throw stopped }
    if let failure {
      // A statement prepared in a transaction that failed is still prepared, but be sure.
      if failure.sqlState == "26000" || failure.sqlState == "42P05" { isBroken = true }
      throw failure
    }
    guard results.count == batch.entries.count else {
      isBroken = true
      throw PostgresError(.misuse, "\(results.count) results for \(batch.entries.count) statements")
    }
    return PostgresBatchResults(results: results)
  }

  /// Many statements as one text: migrations, `rollback`.
  public func script(_ sql: String, deadline: Duration) async throws(PostgresError) {
    guard !isBroken else { throw PostgresError(.connectionLost, "the connection is broken") }
    guard PQsendQuery(handle, sql) == 1 else { throw lost() }
    let ends = ContinuousClock.now + deadline
    var failure: PostgresError?
    while true {
      switch nextResult(until: ends, cancellable: false) {
      case .trouble(let error):
        isBroken = true
        throw error
      case .end:
        if let failure { throw failure }
        return
      case .result(let result):
        if PQresultStatus(result.pointer) == PGRES_FATAL_ERROR {
          failure = failure ?? error(of: result, "script")
        }
      }
    }
  }

  /// Begins, runs `body`, commits; rolls back when it throws.
  public func transaction<Value>(
    deadline: Duration, _ body: (isolated PostgresConnection) async throws -> Value
  ) async throws -> Value {
    try await script("begin", deadline: deadline)
    do {
      let value = try await body(self)
      try await script("commit", deadline: deadline)
      return value
    } catch {
      try? await script("rollback", deadline: deadline)
      throw error
    }
  }

  /// Waits for notifications; empty when the time is up.
  func notifications(within duration: Duration) throws(PostgresError) -> [PostgresNotification] {
    let ends = ContinuousClock.now + duration
    while true {
      guard PQconsumeInput(handle) == 1 else { throw lost() }
      var all: [PostgresNotification] = []
      while let note = PQnotifies(handle) {
        all.append(
          PostgresNotification(
            channel: String(cString: note.pointee.relname), payload: String(cString: note.pointee.extra)))
        PQfreemem(note)
      }
      if !all.isEmpty { return all }
      switch wait(for: Int16(POLLIN), until: ends, cancellable: false) {
      case .ready: continue
      case .timedOut, .cancelled: return []
      }
    }
  }

  // MARK: Waiting

  private enum Readiness { case ready, timedOut, cancelled }

  private func wait(
    for events: Int16, until ends: ContinuousClock.Instant, cancellable: Bool
  ) -> Readiness {
    while true {
      let left = ends - ContinuousClock.now
      if left <= .zero { return .timedOut }
      var polled = [
        pollfd(fd: PQsocket(handle), events: events, revents: 0),
        pollfd(fd: cancelBell, events: Int16(POLLIN), revents: 0),
      ]
      let milliseconds = Int32(clamping: min(left.milliseconds + 1, 60_000))
      let count = poll(&polled, cancellable ? 2 : 1, milliseconds)
      if count < 0, errno != EINTR { return .ready }
      if cancellable, polled[1].revents != 0 { return .cancelled }
      if polled[0].revents != 0 { return .ready }
    }
  }

  private enum Next {
    case result(ResultHandle)
    /// `PQgetResult` answered NULL: the present statement is complete.
    case end
    case trouble(PostgresError)
  }

  private func nextResult(until ends: ContinuousClock.Instant, cancellable: Bool) -> Next {
    while true {
      let flushing = PQflush(handle)
      if flushing < 0 { return .trouble(lost()) }
      if flushing == 0, PQisBusy(handle) == 0 {
        guard let result = PQgetResult(handle) else { return .end }
        return .result(ResultHandle(result))
      }
      let events = Int16(flushing > 0 ? POLLIN | POLLOUT : POLLIN)
      switch wait(for: events, until: ends, cancellable: cancellable) {
      case .timedOut: return .trouble(PostgresError(.timedOut, "the deadline passed"))
      case .cancelled: return .trouble(PostgresError(.cancelled, "the task was cancelled"))
      case .ready: break
      }
      guard PQconsumeInput(handle) == 1 else { return .trouble(lost()) }
    }
  }

  private func cancelOnServer() {
    guard let cancel = PQgetCancel(handle) else { return }
    defer { PQfreeCancel(cancel) }
    var reason = [CChar](repeating: 0, count: 256)
    _ = PQcancel(cancel, &reason, 256)
  }

  private func lost() -> PostgresError {
    isBroken = true
    return PostgresError(.connectionLost, PQerrorMessage(handle).map { String(cString: $0) } ?? "?")
  }

  private func error(of result: ResultHandle, _ statement: String) -> PostgresError {
    func field(_ code: Int32) -> String? { PQresultErrorField(result.pointer, code).map { String(cString: $0) } }
    guard let state = field(qs_diag_sqlstate()) else {
      isBroken = true
      return PostgresError(
        .connectionLost, PQresultErrorMessage(result.pointer).map { String(cString: $0) } ?? "?",
        statement: statement)
    }
    var error = PostgresError(
      .sqlState(state), field(qs_diag_message()) ?? "?", detail: field(qs_diag_detail()),
      statement: statement)
    error.constraint = field(qs_diag_constraint())
    if error.isConnectionTrouble { isBroken = true }
    return error
  }
}

/// Where an empty value points.
private nonisolated(unsafe) let emptyValue = UnsafeRawPointer(
  UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 8))

private func ignoreNotice(_: UnsafeMutableRawPointer?, _: OpaquePointer?) {}

public struct PostgresNotification: Sendable {
  public var channel: String
  public var payload: String
}
