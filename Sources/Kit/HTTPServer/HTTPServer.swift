internal import CMicroHTTPD
internal import CShims
import Glibc
public import HTTP
import Kit
import Synchronization

public struct HTTPServerLimits: Sendable {
  /// Of a request's body; a longer one is answered with 413 and not kept.
  public var bodyBytes: Int
  public var connections: Int
  /// Seconds after which an idle connection is closed.
  public var idleSeconds: Int
  /// Of a request's line and headers.
  public var headerBytes: Int

  public init(
    bodyBytes: Int = 1 << 20, connections: Int = 2_000, idleSeconds: Int = 60,
    headerBytes: Int = 32_768
  ) {
    self.bodyBytes = bodyBytes
    self.connections = connections
    self.idleSeconds = idleSeconds
    self.headerBytes = headerBytes
  }
}

/// libmicrohttpd behind an async handler: its own thread polls; while a handler works, the
/// connection is suspended and costs nothing.
public final class HTTPServer: Sendable {
  public typealias Handler = @Sendable (HTTPRequest) async -> HTTPResponse

  /// The port, also when 0 was asked for.
  public let port: Int
  private let daemon: Mutex<DaemonHandle?>

  /// - Throws: `HTTPServerError` when the address is taken or no address of this machine.
  public static func start(
    host: String = "127.0.0.1", port: Int, limits: HTTPServerLimits = HTTPServerLimits(),
    handler: @escaping Handler
  ) throws(HTTPServerError) -> HTTPServer {
    let context = ServerContext(handler: handler, limits: limits)
    guard
      let daemon = qs_mhd_start(
        host == "localhost" ? "127.0.0.1" : host, UInt16(clamping: port),
        UInt32(limits.connections), UInt32(limits.idleSeconds), limits.headerBytes, handleAccess,
        Unmanaged.passUnretained(context).toOpaque(), beginExchange, endExchange)
    else { throw HTTPServerError(host: host, port: port, code: errno) }
    return HTTPServer(DaemonHandle(pointer: daemon, context: context))
  }

  private init(_ handle: DaemonHandle) {
    port = Int(qs_mhd_port(handle.pointer))
    daemon = Mutex(handle)
  }

  /// Closes the port, lets the handlers that are at work finish, then closes the connections.
  public func stop() async {
    guard let handle = daemon.withLock({ handle in
      defer { handle = nil }
      return handle
    }) else { return }
    MHD_quiesce_daemon(handle.pointer)
    while handle.context.underWay.withLock({ $0 }) > 0 {
      try? await Task.sleep(for: .milliseconds(2))
    }
    MHD_stop_daemon(handle.pointer)
  }
}

/// Owner of a running daemon and of what its callbacks point at.
private struct DaemonHandle: @unchecked Sendable {
  let pointer: OpaquePointer
  let context: ServerContext
}

public struct HTTPServerError: Error, CustomStringConvertible {
  public var host: String
  public var port: Int
  public var code: Int32

  public var description: String {
    "cannot listen on \(host):\(port): \(code == 0 ? "not an address of this machine" : String(cString: strerror(code)))"
  }
}

final class ServerContext: Sendable {
  let handler: HTTPServer.Handler
  let limits: HTTPServerLimits
  /// Handlers at work.
  let underWay = Mutex(0)

  init(handler: @escaping HTTPServer.Handler, limits: HTTPServerLimits) {
    self.handler = handler
    self.limits = limits
  }
}
