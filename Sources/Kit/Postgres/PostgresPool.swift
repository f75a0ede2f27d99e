import Kit
import Synchronization

/// A few connections, opened when needed, given out in the order of asking. A broken one is replaced;
/// while the server is away, whoever asks waits for it until their deadline.
public final class PostgresPool: Sendable {
  private struct State {
    var idle: [PostgresConnection] = []
    var open = 0
    var isClosed = false
    var nextTicket = 0
    var waiting: [(ticket: Int, continuation: CheckedContinuation<Turn, Never>)] = []
  }

  private enum Turn: Sendable {
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

  /// Lends a connection to `body`. It is for one user at a time and comes back by itself.
  public func withConnection<Value: Sendable>(
    deadline: Duration,
    _ body: (PostgresConnection) async throws(PostgresError) -> Value
  ) async throws(PostgresError) -> Value {
    let connection = try await take(until: .now + deadline)
    do {
      let value = try await body(connection)
      await give(back: connection)
      return value
    } catch {
      await give(back: connection)
      throw error
    }
  }

  public func query<S: PostgresStatement>(
    _ statement: S, deadline: Duration
  ) async throws(PostgresError) -> [S.Row] {
    try await withConnection(deadline: deadline) {
      (connection) async throws(PostgresError) -> [S.Row] in
      try await connection.query(statement, deadline: deadline)
    }
  }

  public func run(
    _ batch: PostgresBatch, deadline: Duration
  ) async throws(PostgresError) -> PostgresBatchResults {
    try await withConnection(deadline: deadline) {
      (connection) async throws(PostgresError) -> PostgresBatchResults in
      try await connection.run(batch, deadline: deadline)
    }
  }

  /// Idle connections are closed now, lent ones when they come back.
  public func close() async {
    let (idle, waiting) = state.withLock { state in
      state.isClosed = true
      defer {
        state.idle = []
        state.waiting = []
      }
      return (state.idle, state.waiting)
    }
    for waiter in waiting { waiter.continuation.resume(returning: .closed) }
    _ = idle
  }

  // MARK: Lending

  private func take(until ends: ContinuousClock.Instant) async throws(PostgresError) -> PostgresConnection {
    var delay = Duration.milliseconds(20)
    while true {
      switch await turn(until: ends) {
      case .use(let connection):
        if await !connection.isBroken { return connection }
        discard()
      case .closed: throw PostgresError(.poolClosed, "the pool is closed")
      case .gaveUp: throw PostgresError(.timedOut, "no connection became free in time")
      case .open:
        do {
          return try await PostgresConnection.open(
            configuration, deadline: min(.seconds(10), max(ends - .now, .milliseconds(1))))
        } catch {
          discard()
          // The server may be restarting.
          guard error.isConnectionTrouble, ContinuousClock.now + delay < ends, !Task.isCancelled
          else { throw error }
          try? await Task.sleep(for: delay)
          delay = min(delay * 2, .milliseconds(500))
        }
      }
    }
  }

  private func turn(until ends: ContinuousClock.Instant) async -> Turn {
    let (now, ticket) = state.withLock { state -> (Turn?, Int) in
      if state.isClosed { return (.closed, 0) }
      if let connection = state.idle.popLast() { return (.use(connection), 0) }
      if state.open < size {
        state.open += 1
        return (.open, 0)
      }
      state.nextTicket += 1
      return (nil, state.nextTicket)
    }
    if let now { return now }
    let timer = Task {
      try? await Task.sleep(until: ends, clock: .continuous)
      self.giveUp(ticket)
    }
    defer { timer.cancel() }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer = state.withLock { state -> Turn? in
          if state.isClosed { return .closed }
          if Task.isCancelled { return .gaveUp }
          // One may have come back since we looked.
          if let connection = state.idle.popLast() { return .use(connection) }
          if state.open < size {
            state.open += 1
            return .open
          }
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
    if await connection.isBroken {
      discard()
      return
    }
    let waiter = state.withLock { state -> CheckedContinuation<Turn, Never>? in
      if state.isClosed {
        state.open -= 1
        return nil
      }
      if state.waiting.isEmpty {
        state.idle.append(connection)
        return nil
      }
      return state.waiting.removeFirst().continuation
    }
    waiter?.resume(returning: .use(connection))
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
