import Glibc
import Synchronization

/// One socket of a client, from its acceptance to just before it is closed.
final class ServerConnection: Sendable {
  let remoteAddress: String
  /// To be rung when this connection was resumed.
  let bell: PollerBell

  private struct State {
    /// -1 once it is about to be closed: the number may then be somebody else's.
    var socket: Int32
    var exchange: Exchange?
    /// When the last thing happened: connected, or a request began or ended.
    var since = ContinuousClock.now
  }

  private let state: Mutex<State>

  init(socket: Int32, remoteAddress: String, bell: PollerBell) {
    self.remoteAddress = remoteAddress
    self.bell = bell
    state = Mutex(State(socket: socket))
  }

  func begin(_ exchange: Exchange) {
    state.withLock {
      $0.exchange = exchange
      $0.since = ContinuousClock.now
    }
  }

  func end() {
    state.withLock {
      $0.exchange = nil
      $0.since = ContinuousClock.now
    }
  }

  /// Ends both directions now; what was sent still arrives. libmicrohttpd then notices a failed
  /// body at once, where its own error can leave the connection open until it falls silent.
  func hangUp() {
    state.withLock { if $0.socket >= 0 { shutdown($0.socket, Listener.bothWays) } }
  }

  /// Called before the socket is closed.
  func closes() { state.withLock { $0.socket = -1 } }

  /// Whether a handler works or an answer is not yet out.
  var isBusy: Bool { exchange?.isBusy ?? false }

  func endStream() { exchange?.endStream() }
  func cancelTask() { exchange?.cancelTask() }
  func abandon() { exchange?.abandon() }

  private var exchange: Exchange? { state.withLock { $0.exchange } }

  func sweep(at now: ContinuousClock.Instant, _ limits: HTTPServerLimits) {
    let left = state.withLock { state -> Exchange? in
      guard state.socket >= 0 else { return nil }
      if let exchange = state.exchange, exchange.isSuspended {
        return Self.isHungUp(state.socket) ? exchange : nil
      }
      let isArriving = state.exchange?.isArriving ?? false
      // Silence ends a connection after `idleSeconds`: without a request for longer, it trickles.
      let limit = isArriving ? limits.requestSeconds : 2 * limits.idleSeconds + 1
      if isArriving || state.exchange == nil, now - state.since > .seconds(limit) {
        shutdown(state.socket, Listener.bothWays)
      }
      return nil
    }
    left?.clientLeft()
  }

  private static func isHungUp(_ socket: Int32) -> Bool {
    var watched = pollfd(fd: socket, events: Int16(hangUp), revents: 0)
    guard poll(&watched, 1, 0) > 0 else { return false }
    return Int32(watched.revents) & (hangUp | POLLHUP | POLLERR) != 0
  }

  /// POLLRDHUP, which Swift's Glibc does not show.
  private static let hangUp: Int32 = 0x2000
}
