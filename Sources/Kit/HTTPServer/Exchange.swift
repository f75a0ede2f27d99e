internal import CMicroHTTPD
import HTTP
import Synchronization

/// One request on its way to its answer. libmicrohttpd holds one reference from the request line to
/// the completed callback; the handler's task another while it works.
///
/// Whoever takes it out of a suspended phase resumes the connection, and nobody else does: resuming
/// a connection that is not suspended, or is gone, would be a fault.
final class Exchange: @unchecked Sendable {
  private enum Phase {
    case arriving
    /// The connection is suspended.
    case working(Task<Void, Never>?)
    case answered(HTTPResponse)
    case sending(StreamBody?)
  }

  let target: String
  let owner: ServerConnection
  /// Not touched after `sending`, nor by anyone but libmicrohttpd's thread unless suspended.
  private let connection: OpaquePointer
  private let phase = Mutex(Phase.arriving)

  // On libmicrohttpd's thread only.
  var isKnown = false
  var request: HTTPRequest?
  var body: [UInt8] = []
  /// Set when the body is read only to be thrown away.
  var refusal: HTTPResponse?
  /// Bytes of the body that count against those of all.
  var counted = 0
  /// Bytes thrown away so far.
  var drained = 0

  init(target: String, connection: OpaquePointer, owner: ServerConnection) {
    self.target = target
    self.connection = connection
    self.owner = owner
  }

  /// Suspends the connection and lets the handler work.
  func work(on request: HTTPRequest, _ handler: @escaping HTTPServer.Handler) {
    phase.withLock { $0 = .working(nil) }
    MHD_suspend_connection(connection)
    let task = Task { finish(with: await handler(request)) }
    phase.withLock { if case .working = $0 { $0 = .working(task) } }
  }

  /// The answer is here without any work: nothing was suspended.
  func answer(_ response: HTTPResponse) { phase.withLock { $0 = .answered(response) } }

  private func finish(with response: HTTPResponse) {
    let isMine = phase.withLock { phase in
      guard case .working = phase else { return false }
      phase = .answered(response)
      return true
    }
    guard isMine else { return }
    MHD_resume_connection(connection)
    owner.bell.ring()
  }

  /// The answer, once: the next phase is sending it.
  func takeAnswer() -> (HTTPResponse, StreamBody?)? {
    phase.withLock { phase in
      guard case .answered(let response) = phase else { return nil }
      var stream: StreamBody?
      if case .stream(let pieces) = response.body {
        stream = StreamBody(pieces, connection: connection, owner: owner)
      }
      phase = .sending(stream)
      return (response, stream)
    }
  }

  var isArriving: Bool { phase.withLock { if case .arriving = $0 { true } else { false } } }

  var isBusy: Bool { !isArriving }

  var isSuspended: Bool {
    phase.withLock { phase in
      switch phase {
      case .working: true
      case .sending(let stream): stream?.isSuspended ?? false
      case .arriving, .answered: false
      }
    }
  }

  func clientLeft() {
    cancelTask()
    endStream()
  }

  func cancelTask() {
    let task = phase.withLock { phase -> Task<Void, Never>? in
      if case .working(let task) = phase { task } else { nil }
    }
    task?.cancel()
  }

  func endStream() {
    let stream = phase.withLock { phase -> StreamBody? in
      if case .sending(let stream) = phase { stream } else { nil }
    }
    stream?.fail()
  }

  /// Takes the connection away from a handler that does not end.
  func abandon() {
    cancelTask()
    finish(with: HTTPResponse(status: 503, body: .abort))
    endStream()
  }
}
