internal import CPostgres
internal import CShims
import Glibc
import Kit
import Synchronization

/// One connection, on a thread of its own; for one user at a time.
///
/// Everything asked has a deadline. When it passes, or the task is cancelled, the server is told to
/// stop, what it still answers is drained, and the connection can be used again; a connection that
/// does not come to rest is broken, and all further questions fail at once.
public actor PostgresConnection {
  /// How long a cancelled statement's end is waited for before the connection counts as broken.
  static let drainPatience = Duration.seconds(5)

  /// What the pool has to know without waiting for the thread.
  enum Health: UInt8, AtomicRepresentable {
    case idle, inTransaction, broken
  }

  struct Prepared {
    let name: String
    let types: [UInt32]
  }

  let thread: ConnectionThread
  // Owner: this actor. Touched on `thread` only, and by `deinit`, when nobody is left.
  nonisolated(unsafe) var handle: OpaquePointer?
  /// Rung by a cancelled task; the thread polls it beside the socket.
  let bell: Int32
  /// Whether a commit of the present question is on the primary alone. Owner: this actor, as `handle`.
  nonisolated(unsafe) let isUnreplicated: UnsafeMutablePointer<Bool>
  /// For looking from outside whether the server said goodbye.
  nonisolated let socket = Atomic<Int32>(-1)
  nonisolated let health = Atomic<Health>(.broken)
  var prepared: [ObjectIdentifier: Prepared] = [:]
  var preparedCount = 0

  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    thread.asUnownedSerialExecutor()
  }

  private init(thread: ConnectionThread, bell: Int32) {
    self.thread = thread
    self.bell = bell
    isUnreplicated = .allocate(capacity: 1)
    isUnreplicated.initialize(to: false)
  }

  deinit {
    PQfinish(handle)
    isUnreplicated.deallocate()
    Glibc.close(bell)
    thread.close()
  }

  /// Tries the configured hosts in order.
  ///
  /// - Throws: `PostgresError` `.connectionLost` when no host answers within `deadline`,
  ///   `.serverStarting`, or the `.sqlState` with which the server refused.
  public static func open(
    _ configuration: PostgresConfiguration, deadline: Duration
  ) async throws(PostgresError) -> PostgresConnection {
    let bell = qs_eventfd()
    guard bell >= 0 else { throw PostgresError(.connectionLost, "no file descriptor left") }
    guard let thread = ConnectionThread.start() else {
      Glibc.close(bell)
      throw PostgresError(.connectionLost, "no thread left")
    }
    let connection = PostgresConnection(thread: thread, bell: bell)
    try await connection.connect(configuration, until: .now + deadline)
    return connection
  }

  /// Ends the session now instead of with the last reference.
  public func close() {
    health.store(.broken, ordering: .relaxed)
    socket.store(-1, ordering: .relaxed)
    PQfinish(handle)
    handle = nil
  }

  /// The connection cannot be used any more; throw it away.
  public nonisolated var isBroken: Bool { health.load(ordering: .relaxed) == .broken }

  /// A transaction was begun and not ended.
  public nonisolated var isInTransaction: Bool { health.load(ordering: .relaxed) == .inTransaction }

  // MARK: Connecting

  private func connect(
    _ configuration: PostgresConfiguration, until ends: ContinuousClock.Instant
  ) async throws(PostgresError) {
    try await cancellable { () throws(PostgresError) in
      let attempts = configuration.attempts
      var failure = PostgresError(.timedOut, "no time to connect")
      for (i, options) in attempts.enumerated() where ContinuousClock.now < ends {
        let patience = i + 1 < attempts.count ? PostgresConfiguration.hostPatience : ends - .now
        do throws(PostgresError) {
          return try connect(options, until: min(ends, .now + patience))
        } catch {
          if error.code == .cancelled { throw error }
          failure = error
        }
      }
      throw failure
    }
  }

  private func connect(
    _ options: [(keyword: String, value: String)], until ends: ContinuousClock.Instant
  ) throws(PostgresError) {
    PQfinish(handle)
    handle = start(options)
    guard let handle, PQstatus(handle) != CONNECTION_BAD else { throw refused() }
    // So that a refusal comes with its SQLSTATE.
    PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
    PQsetNoticeReceiver(handle, hearNotice, isUnreplicated)
    var next = PGRES_POLLING_WRITING
    while next != PGRES_POLLING_OK {
      if next == PGRES_POLLING_FAILED { throw refused() }
      // The socket may be another one after each step.
      socket.store(PQsocket(handle), ordering: .relaxed)
      switch wait(for: next == PGRES_POLLING_READING ? POLLIN : POLLOUT, until: ends) {
      case .ready: break
      case .timedOut: throw PostgresError(.connectionLost, "no answer to a new connection in time")
      case .cancelled: throw PostgresError(.cancelled, "cancelled while connecting")
      }
      next = PQconnectPoll(handle)
    }
    guard PQsetnonblocking(handle, 1) == 0 else { throw refused() }
    PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
    socket.store(PQsocket(handle), ordering: .relaxed)
    health.store(.idle, ordering: .relaxed)
  }

  private func start(_ options: [(keyword: String, value: String)]) -> OpaquePointer? {
    let keywords = options.map { strdup($0.keyword) }
    let values = options.map { strdup($0.value) }
    defer { for text in keywords + values { free(text) } }
    return PQconnectStartParams(
      keywords.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], 0)
  }

  /// Why there is no connection: the server's own SQLSTATE where it gave one.
  private func refused() -> PostgresError {
    let message = lastMessage
    var error = PostgresError(.connectionLost, message)
    // "FATAL:  57P03: the database system is starting up"
    for word in message.split(separator: " ") where word.utf8.count == 6 && word.last == ":" {
      let state = String(word.dropLast())
      let isState = state.utf8.allSatisfy { 48...57 ~= $0 || 65...90 ~= $0 }
      guard isState, state.contains(where: \.isNumber) else { continue }
      error.code = state == "57P03" ? .serverStarting : .sqlState(state)
      break
    }
    error.wasNotSent = true
    return error
  }

  // MARK: Waiting

  enum Readiness { case ready, timedOut, cancelled }

  /// Blocks the connection's thread until the socket is ready.
  func wait(
    for events: Int32, until ends: ContinuousClock.Instant, heedsBell: Bool = true
  ) -> Readiness {
    withUnsafeTemporaryAllocation(of: pollfd.self, capacity: 2) { polled in
      while true {
        let left = ends - ContinuousClock.now
        if left <= .zero { return .timedOut }
        polled[0] = pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0)
        polled[1] = pollfd(fd: bell, events: Int16(POLLIN), revents: 0)
        let milliseconds = Int32(clamping: min(left.milliseconds + 1, 60_000))
        let count = poll(polled.baseAddress, heedsBell ? 2 : 1, milliseconds)
        if count < 0, errno != EINTR { return .ready }
        if count <= 0 { continue }
        if heedsBell, polled[1].revents != 0 { return .cancelled }
        if polled[0].revents != 0 { return .ready }
      }
    }
  }

  /// Runs `work` so that the task's cancellation rings the bell.
  func cancellable<Value>(
    _ work: () throws(PostgresError) -> Value
  ) async throws(PostgresError) -> Value {
    qs_eventfd_clear(bell)
    let bell = bell
    let result = await withTaskCancellationHandler {
      // By way of `self`: a closure that does not capture it would not run on its thread.
      self.result(of: work)
    } onCancel: {
      qs_eventfd_ring(bell)
    }
    return try result.get()
  }

  private func result<Value>(
    of work: () throws(PostgresError) -> Value
  ) -> Result<Value, PostgresError> {
    Result { () throws(PostgresError) in try work() }
  }

  // MARK: Being broken

  var lastMessage: String {
    PQerrorMessage(handle).map { String(cString: $0) } ?? "no connection"
  }

  func lost(wasNotSent: Bool = false) -> PostgresError {
    health.store(.broken, ordering: .relaxed)
    var error = PostgresError(.connectionLost, lastMessage)
    error.wasNotSent = wasNotSent
    return error
  }

  func noteTransactionState() {
    let status = PQtransactionStatus(handle)
    let isBad = PQstatus(handle) == CONNECTION_BAD || status == PQTRANS_UNKNOWN
    health.store(
      isBad ? .broken : status == PQTRANS_IDLE ? .idle : .inTransaction, ordering: .relaxed)
  }

  /// Whether the server has something to say on an idle connection, which is mostly goodbye.
  nonisolated var hasUnreadInput: Bool {
    var polled = pollfd(fd: socket.load(ordering: .relaxed), events: Int16(POLLIN), revents: 0)
    return poll(&polled, 1, 0) > 0
  }

  /// Reads what came while the connection was idle; fails when that was its end.
  func checkAlive() throws(PostgresError) {
    guard !isBroken else {
      var error = PostgresError(.connectionLost, "the connection is broken")
      error.wasNotSent = true
      throw error
    }
    while hasUnreadInput {
      guard PQconsumeInput(handle) == 1 else { throw lost(wasNotSent: true) }
      _ = PQisBusy(handle)
      guard PQstatus(handle) == CONNECTION_OK else { throw lost(wasNotSent: true) }
    }
  }
}

/// With a synchronous standby, a commit that is told to stop waiting for it answers as a success, with
/// a warning from the function that waits. After a failover such a commit may be gone.
private func hearNotice(_ isUnreplicated: UnsafeMutableRawPointer?, _ notice: OpaquePointer?) {
  guard let text = PQresultErrorField(notice, qs_diag_function()),
    strcmp(text, "SyncRepWaitForLSN") == 0
  else { return }
  isUnreplicated?.assumingMemoryBound(to: Bool.self).pointee = true
}
