internal import CMicroHTTPD
internal import CShims
import Glibc
public import HTTP
import Kit
import Synchronization

/// libmicrohttpd behind an async handler. One thread polls (`Poller`); while a handler works the
/// connection is suspended and costs neither thread nor turn.
///
/// A handler's task is cancelled when its client goes (noticed within `Sweeper.pause`), and when
/// the server stops and the time of grace is over. HTTP/1.1 without TLS: that is the front proxy's.
public final class HTTPServer: Sendable {
  public typealias Handler = @Sendable (HTTPRequest) async -> HTTPResponse
  /// Answers at once, without waiting for anything, or not at all.
  public typealias QuickHandler = @Sendable (HTTPRequest) -> HTTPResponse?

  /// The port, also when 0 was asked for.
  public let port: Int
  private let daemon: Mutex<DaemonHandle?>

  /// - Parameter host: a numeric address (IPv4 or IPv6) or `localhost`.
  /// - Parameter port: 0 takes a free one.
  /// - Parameter quick: asked first, on the polling thread, which serves nobody else meanwhile: only
  ///   for what takes microseconds. What it leaves (`nil`) is the handler's.
  /// - Throws: `HTTPServerError` when the address is taken or no address of this machine.
  public static func start(
    host: String = "127.0.0.1", port: Int = 0, limits: HTTPServerLimits = HTTPServerLimits(),
    quick: @escaping QuickHandler = { _ in nil }, handler: @escaping Handler
  ) throws(HTTPServerError) -> HTTPServer {
    let listener = try Listener.open(host: host, port: port)
    let actual = Listener.port(of: listener)
    guard let bell = PollerBell() else {
      close(listener)
      throw HTTPServerError(host: host, port: port, code: EMFILE)
    }
    let context = ServerContext(quick: quick, handler: handler, limits: limits, bell: bell)
    let box = Unmanaged.passRetained(context)
    guard
      let daemon = qs_mhd_start(
        listener, UInt32(limits.connections),
        UInt32(limits.idleSeconds), limits.headerBytes, box.toOpaque(), handleAccess,
        beginExchange, endExchange, noteConnection)
    else {
      let code = errno
      box.release()
      close(listener)
      throw HTTPServerError(host: host, port: port, code: code == 0 ? ENOMEM : code)
    }
    guard let poller = Poller.start(daemon, bell) else {
      MHD_stop_daemon(daemon)
      box.release()
      throw HTTPServerError(host: host, port: port, code: EAGAIN)
    }
    return HTTPServer(
      DaemonHandle(pointer: daemon, poller: poller, context: context), port: actual)
  }

  private init(_ handle: DaemonHandle, port: Int) {
    self.port = port
    daemon = Mutex(handle)
  }

  deinit {
    guard let handle = daemon.withLock({ $0 }) else { return }
    Task { await handle.stop(grace: .zero) }
  }

  /// Closes the port, lets the handlers at work finish and their answers go out, then closes all
  /// connections. Streams end at once; handlers still at work after `grace` are cancelled, and
  /// their connections closed a second later. A second call does nothing.
  public func stop(grace: Duration = .seconds(10)) async {
    let handle = daemon.withLock { handle in
      defer { handle = nil }
      return handle
    }
    await handle?.stop(grace: grace)
  }
}

/// Owner of a running daemon, and of the reference to the context that its callbacks hold.
private struct DaemonHandle: @unchecked Sendable {
  static let afterCancel = Duration.seconds(1)
  static let poll = Duration.milliseconds(2)

  let pointer: OpaquePointer
  let poller: Poller
  let context: ServerContext

  func stop(grace: Duration) async {
    context.beginStopping()
    let listener = MHD_quiesce_daemon(pointer)
    // Refuses newcomers; closed only when no thread of the daemon can still be using the number.
    if listener >= 0 { shutdown(listener, Listener.bothWays) }
    context.connections.forEach { $0.endStream() }
    await settle(within: grace)
    context.connections.forEach { $0.cancelTask() }
    await settle(within: Self.afterCancel)
    context.connections.forEach { $0.abandon() }
    await poller.stop()
    let handle = self
    // Closes every connection, which may block: not on the cooperative pool.
    await BlockingThreads(count: 1).run { MHD_stop_daemon(handle.pointer) }
    if listener >= 0 { close(listener) }
    Unmanaged.passUnretained(context).release()
  }

  private func settle(within limit: Duration) async {
    let end = ContinuousClock.now + limit
    while context.connections.contains(where: \.isBusy), ContinuousClock.now < end {
      await withCheckedContinuation { continuation in
        Task.detached {
          try? await Task.sleep(for: Self.poll)
          continuation.resume()
        }
      }
    }
  }
}
