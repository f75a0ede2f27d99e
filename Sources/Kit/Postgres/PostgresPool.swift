import Kit
import Synchronization

/// A few connections, opened when needed, lent in the order of asking. A broken one is replaced;
/// while the server is away, whoever asks waits for it until their deadline.
public final class PostgresPool: Sendable {
  static let firstDelay = Duration.milliseconds(20)
  static let longestDelay = Duration.milliseconds(500)

  fileprivate struct State {
    var idle: [PostgresConnection] = []
    /// Idle, lent and being opened.
    var open = 0
    var isClosed = false
    var nextTicket = 0
    var waiting: [(ticket: Int, continuation: CheckedContinuation<Turn, Never>)] = []
  }

  fileprivate enum Turn: Sendable {
    case use(PostgresConnection)
    /// There is room: open a connection.
    case open
    case closed
    case gaveUp
  }

  private let configuration: PostgresConfiguration
  private let size: Int
  private let state = Mutex(State())

  public init(_ configuration: PostgresConfiguration, size: Int) {
    self.configuration = configuration
    self.size = max(1, size)
  }

  // MARK: Asking

  /// Lends a connection to `body`. It is for one user at a time and comes back by itself; a
  /// transaction that `body` left open is rolled back.
  ///
  /// - Parameter deadline: for getting the connection; what `body` asks has its own.
  public func withConnection<Value: Sendable>(
    deadline: Duration, _ body: (PostgresConnection) async throws(PostgresError) -> Value
  ) async throws(PostgresError) -> Value {
    let connection = try await take(until: .now + deadline)
    do throws(PostgresError) {
      let value = try await body(connection)
      await give(back: connection)
      return value
    } catch {
      await give(back: connection)
      throw error
    }
  }

  /// Asks once more, on another connection, when one is found dead before anything was sent.
  @discardableResult
  public func query<S: PostgresStatement>(
    _ statement: S, deadline: Duration
  ) async throws(PostgresError) -> [S.Row] {
    var batch = PostgresBatch()
    let key = batch.add(statement)
    return try await run(batch, deadline: deadline)[key]
  }

  /// Asks once more, on another connection, when one is found dead before anything was sent.
  @discardableResult
  public func run(
    _ batch: PostgresBatch, deadline: Duration
  ) async throws(PostgresError) -> PostgresBatchResults {
    let ends = ContinuousClock.now + deadline
    while true {
      do throws(PostgresError) {
        return try await withConnection(deadline: ends - .now) {
          (connection) async throws(PostgresError) -> PostgresBatchResults in
          try await connection.run(batch, deadline: ends - .now)
        }
      } catch {
        guard error.wasNotSent, error.code == .connectionLost, ContinuousClock.now < ends
        else { throw error }
      }
    }
  }

  /// Begins, runs `body`, commits; rolls back when it throws. Never repeated.
  ///
  /// - Parameter deadline: for getting the connection, and again for each of begin and commit.
  public func transaction<Value: Sendable>(
    deadline: Duration, _ body: (PostgresConnection) async throws -> Value
  ) async throws -> Value {
    let connection = try await take(until: .now + deadline)
    do {
      let value = try await connection.transaction(deadline: deadline, body)
      await give(back: connection)
      return value
    } catch {
      await give(back: connection)
      throw error
    }
  }

  /// Nobody gets a connection any more. Idle ones are closed now, lent ones when they come back.
  public func close() async {
    let (idle, waiting) = state.withLock { state in
      state.isClosed = true
      state.open -= state.idle.count
      defer {
        state.idle = []
        state.waiting = []
      }
      return (state.idle, state.waiting)
    }
    for waiter in waiting { waiter.continuation.resume(returning: .closed) }
    for connection in idle { await connection.close() }
  }

  /// For metrics: connections open, those of them idle, and who waits for one.
  public var counts: (open: Int, idle: Int, waiting: Int) {
    state.withLock { ($0.open, $0.idle.count, $0.waiting.count) }
  }

  // MARK: Lending

  private func take(
    until ends: ContinuousClock.Instant
  ) async throws(PostgresError) -> PostgresConnection {
    while true {
      switch await turn(until: ends) {
      case .use(let connection):
        if await isGood(connection) { return connection }
        discard()
      case .open: return try await open(until: ends)
      case .closed: throw PostgresError(.poolClosed, "the pool is closed")
      case .gaveUp:
        if Task.isCancelled { throw PostgresError(.cancelled, "cancelled while waiting") }
        throw PostgresError(.timedOut, "no connection became free in time")
      }
    }
  }

  /// A server that went away said goodbye to each of its idle connections.
  private func isGood(_ connection: PostgresConnection) async -> Bool {
    if connection.isBroken { return false }
    guard connection.hasUnreadInput else { return true }
    do {
      try await connection.checkAlive()
      return true
    } catch {
      return false
    }
  }

  /// Keeps its turn while the server is away. A refusal (credentials, no such database) is final.
  private func open(
    until ends: ContinuousClock.Instant
  ) async throws(PostgresError) -> PostgresConnection {
    var delay = Self.firstDelay
    while true {
      do throws(PostgresError) {
        return try await PostgresConnection.open(configuration, deadline: ends - .now)
      } catch {
        let isClosed = state.withLock { $0.isClosed }
        guard error.isConnectionTrouble, !isClosed, !Task.isCancelled,
          ContinuousClock.now + delay < ends
        else {
          discard()
          // Tried often enough.
          var error = error
          error.wasNotSent = false
          throw error
        }
        try? await Task.sleep(for: delay)
        delay = min(delay * 2, Self.longestDelay)
      }
    }
  }

  private func turn(until ends: ContinuousClock.Instant) async -> Turn {
    let (now, ticket) = state.withLock { state -> (Turn?, Int) in
      if let turn = state.free(size) { return (turn, 0) }
      state.nextTicket += 1
      return (nil, state.nextTicket)
    }
    if let now { return now }
    let timer = Task {
      try await Task.sleep(until: ends, clock: .continuous)
      self.giveUp(ticket)
    }
    defer { timer.cancel() }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer = state.withLock { state -> Turn? in
          // One may have come back since we looked; and who is cancelled or late already would
          // never be woken.
          if let turn = state.free(size) { return turn }
          if Task.isCancelled || ContinuousClock.now >= ends { return .gaveUp }
          state.waiting.append((ticket, continuation))
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      self.giveUp(ticket)
    }
  }

  private func giveUp(_ ticket: Int) {
    let waiter = state.withLock { state -> CheckedContinuation<Turn, Never>? in
      guard let i = state.waiting.firstIndex(where: { $0.ticket == ticket }) else { return nil }
      return state.waiting.remove(at: i).continuation
    }
    waiter?.resume(returning: .gaveUp)
  }

  private func give(back connection: PostgresConnection) async {
    await connection.rollBack()
    if connection.isBroken { return discard() }
    let (waiter, isClosed) = state.withLock {
      state -> (CheckedContinuation<Turn, Never>?, Bool) in
      if state.isClosed {
        state.open -= 1
        return (nil, true)
      }
      if state.waiting.isEmpty {
        state.idle.append(connection)
        return (nil, false)
      }
      return (state.waiting.removeFirst().continuation, false)
    }
    waiter?.resume(returning: .use(connection))
    if isClosed { await connection.close() }
  }

  /// A connection is gone: there is room for another.
  private func discard() {
    let waiter = state.withLock { state -> CheckedContinuation<Turn, Never>? in
      state.open -= 1
      guard !state.waiting.isEmpty, state.open < size else { return nil }
      state.open += 1
      return state.waiting.removeFirst().continuation
    }
    waiter?.resume(returning: .open)
  }
}

extension PostgresPool.State {
  /// What somebody who asks now gets at once. Nobody waits while there is an idle connection or
  /// room for one, so nobody is overtaken.
  fileprivate mutating func free(_ size: Int) -> PostgresPool.Turn? {
    if isClosed { return .closed }
    if let connection = idle.popLast() { return .use(connection) }
    guard open < size else { return nil }
    open += 1
    return .open
  }
}
