import Glibc
import Kit
import Synchronization

/// A server that does to each connection what the test says, and keeps what arrived.
final class RawServer: Sendable {
  /// A script gets the connection, its number from 0 on, and where to note a whole request.
  typealias Script = @Sendable (RawSocket, Int, RawServer) -> Void

  let port: Int
  private let listener: Int32
  private let threads = BlockingThreads(count: 12)
  private let seen = Mutex<(connections: Int, closed: Int, requests: [String])>((0, 0, []))

  init(_ script: @escaping Script) throws {
    (listener, port) = try RawSocket.listener(backlog: 64)
    Task { await threads.run { self.accept(script) } }
  }

  var url: String { "http://127.0.0.1:\(port)" }
  var connections: Int { seen.withLock { $0.connections } }
  /// Connections that this side has closed.
  var closed: Int { seen.withLock { $0.closed } }
  var requests: [String] { seen.withLock { $0.requests } }

  /// The next whole request on a connection, noted.
  func take(_ socket: RawSocket) -> String? {
    guard let request = socket.receiveRequest() else { return nil }
    seen.withLock { $0.requests.append(request) }
    return request
  }

  /// Refuses newcomers; the accepting thread closes the socket, whose number it still uses.
  func stop() { shutdown(listener, 2) }

  private func accept(_ script: @escaping Script) {
    while true {
      let descriptor = Glibc.accept(listener, nil, nil)
      guard descriptor >= 0 else {
        close(listener)
        return
      }
      let number = seen.withLock { seen in
        defer { seen.connections += 1 }
        return seen.connections
      }
      Task {
        await threads.run {
          let socket = RawSocket(descriptor)
          script(socket, number, self)
          socket.close()
          self.seen.withLock { $0.closed += 1 }
        }
      }
    }
  }
}

/// A signal between a server's side and the test.
final class Signal: Sendable {
  private let fired = Mutex(false)

  func fire() { fired.withLock { $0 = true } }
  var hasFired: Bool { fired.withLock { $0 } }

  /// Whether it came in time.
  func wait(_ limit: Duration = .seconds(30)) async -> Bool {
    await eventually(limit) { self.hasFired }
  }
}

/// Whether something became true in time.
func eventually(_ limit: Duration = .seconds(30), _ holds: () -> Bool) async -> Bool {
  let end = ContinuousClock.now + limit
  while ContinuousClock.now < end {
    if holds() { return true }
    try? await Task.sleep(for: .milliseconds(5))
  }
  return holds()
}
