import Synchronization

/// What all callbacks of one daemon share: the handler, the limits and the open connections.
final class ServerContext: Sendable {
  let quick: HTTPServer.QuickHandler
  let handler: HTTPServer.Handler
  let limits: HTTPServerLimits
  let bell: PollerBell

  private struct State {
    var connections: [ObjectIdentifier: ServerConnection] = [:]
    var isSweeping = false
  }

  private let state = Mutex(State())
  private let stopping = Atomic(false)
  /// Of bodies under way, beyond the small ones.
  private let bodyBytes = Atomic(0)

  init(
    quick: @escaping HTTPServer.QuickHandler, handler: @escaping HTTPServer.Handler,
    limits: HTTPServerLimits, bell: PollerBell
  ) {
    self.quick = quick
    self.handler = handler
    self.limits = limits
    self.bell = bell
  }

  var isStopping: Bool { stopping.load(ordering: .acquiring) }

  func beginStopping() { stopping.store(true, ordering: .releasing) }

  /// - Returns: whether there is room for so many more.
  func takesBody(of count: Int) -> Bool {
    let after = bodyBytes.add(count, ordering: .relaxed).newValue
    if after <= limits.allBodyBytes { return true }
    bodyBytes.subtract(count, ordering: .relaxed)
    return false
  }

  func lostBody(of count: Int) { bodyBytes.subtract(count, ordering: .relaxed) }

  var connections: [ServerConnection] { state.withLock { Array($0.connections.values) } }

  func add(_ connection: ServerConnection) {
    let startsSweeper = state.withLock { state in
      state.connections[ObjectIdentifier(connection)] = connection
      defer { state.isSweeping = true }
      return !state.isSweeping
    }
    if startsSweeper { Task { await Sweeper(context: self).run() } }
  }

  func remove(_ connection: ServerConnection) {
    state.withLock { _ = $0.connections.removeValue(forKey: ObjectIdentifier(connection)) }
  }

  /// Whether the sweeper may go home: no connection is left. The next one starts another.
  func endsSweeping() -> Bool {
    state.withLock { state in
      guard state.connections.isEmpty else { return false }
      state.isSweeping = false
      return true
    }
  }
}

/// Looks after what libmicrohttpd does not: clients that leave while their handler works, and
/// clients that trickle. Runs only while there are connections.
struct Sweeper {
  static let pause = Duration.milliseconds(200)

  let context: ServerContext

  func run() async {
    while !context.endsSweeping() {
      try? await Task.sleep(for: Self.pause)
      let now = ContinuousClock.now
      for connection in context.connections { connection.sweep(at: now, context.limits) }
    }
  }
}
