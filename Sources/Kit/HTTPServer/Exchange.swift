internal import CMicroHTTPD
internal import CShims
import Glibc
import HTTP
import Synchronization

/// One request on its way to its answer. libmicrohttpd holds one reference from the request line to
/// the completed callback; the handler's task another while it works.
final class Exchange: @unchecked Sendable {
  // All but `response` is touched on libmicrohttpd's thread only; while the task works, the
  // connection is suspended and that thread keeps off.
  let target: String
  var isKnown = false
  var isSuspended = false
  var body: [UInt8] = []
  var isTooLong = false
  let response = Mutex<HTTPResponse?>(nil)

  init(target: String) { self.target = target }
}

func beginExchange(
  _: UnsafeMutableRawPointer?, _ uri: UnsafePointer<CChar>?, _: OpaquePointer?
) -> UnsafeMutableRawPointer? {
  let target = uri.map { String(cString: $0) } ?? "/"
  return Unmanaged.passRetained(Exchange(target: target)).toOpaque()
}

func endExchange(
  _: UnsafeMutableRawPointer?, _: OpaquePointer?, _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
  _: MHD_RequestTerminationCode
) {
  guard let slot, let pointer = slot.pointee else { return }
  slot.pointee = nil
  Unmanaged<Exchange>.fromOpaque(pointer).release()
}

func handleAccess(
  _ cls: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _: UnsafePointer<CChar>?,
  _ method: UnsafePointer<CChar>?, _: UnsafePointer<CChar>?, _ upload: UnsafePointer<CChar>?,
  _ uploadSize: UnsafeMutablePointer<Int>?, _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
  guard let cls, let connection, let pointer = slot?.pointee, let uploadSize else { return qs_mhd_no() }
  let context = Unmanaged<ServerContext>.fromOpaque(cls).takeUnretainedValue()
  let exchange = Unmanaged<Exchange>.fromOpaque(pointer).takeUnretainedValue()
  if !exchange.isKnown {
    exchange.isKnown = true
    // A body that is announced as too long is refused before it is read.
    if let length = header("Content-Length", connection).flatMap({ Int($0) }),
      length > context.limits.bodyBytes
    {
      return queue(.text("request body too long\n", status: 413), connection)
    }
    return qs_mhd_yes()
  }
  if uploadSize.pointee > 0 {
    if exchange.body.count + uploadSize.pointee > context.limits.bodyBytes {
      exchange.isTooLong = true
      exchange.body = []
    } else if !exchange.isTooLong, let upload {
      exchange.body.append(
        contentsOf: UnsafeRawBufferPointer(start: upload, count: uploadSize.pointee))
    }
    uploadSize.pointee = 0
    return qs_mhd_yes()
  }
  if exchange.isTooLong { return queue(.text("request body too long\n", status: 413), connection) }
  if let response = exchange.response.withLock({ $0 }) { return queue(response, connection) }
  guard !exchange.isSuspended else { return qs_mhd_yes() }
  exchange.isSuspended = true
  start(exchange, method: method.map { String(cString: $0) } ?? "", connection, context)
  return qs_mhd_yes()
}

private func start(
  _ exchange: Exchange, method: String, _ connection: OpaquePointer, _ context: ServerContext
) {
  var fields: [(String, String)] = []
  withUnsafeMutablePointer(to: &fields) {
    _ = MHD_get_connection_values(connection, qs_mhd_header_kind(), collectHeader, $0)
  }
  var address = [CChar](repeating: 0, count: 64)
  let remote = qs_mhd_remote(connection, &address, 64) == 1
    ? String(decoding: address.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
  let request = HTTPRequest(
    method: method, target: exchange.target, headers: HTTPHeaders(fields), body: exchange.body,
    remoteAddress: remote)
  context.underWay.withLock { $0 += 1 }
  MHD_suspend_connection(connection)
  nonisolated(unsafe) let suspended = connection
  Task {
    let response = await context.handler(request)
    exchange.response.withLock { $0 = response }
    MHD_resume_connection(suspended)
    context.underWay.withLock { $0 -= 1 }
  }
}

private func header(_ name: String, _ connection: OpaquePointer) -> String? {
  MHD_lookup_connection_value(connection, qs_mhd_header_kind(), name).map { String(cString: $0) }
}

private func collectHeader(
  _ cls: UnsafeMutableRawPointer?, _: MHD_ValueKind, _ key: UnsafePointer<CChar>?,
  _ value: UnsafePointer<CChar>?
) -> MHD_Result {
  guard let cls, let key else { return qs_mhd_no() }
  cls.assumingMemoryBound(to: [(String, String)].self).pointee.append(
    (String(cString: key), value.map { String(cString: $0) } ?? ""))
  return qs_mhd_yes()
}

/// A response whose headers could smuggle something in is a bug: it becomes a bare 500.
private func queue(_ response: HTTPResponse, _ connection: OpaquePointer) -> MHD_Result {
  guard response.headers.areLegal else {
    return queue(HTTPResponse(status: 500), connection)
  }
  let made: OpaquePointer?
  switch response.body {
  case .abort: return qs_mhd_no()
  case .bytes(var bytes):
    let count = bytes.count
    made = bytes.withUnsafeMutableBytes {
      MHD_create_response_from_buffer(count, $0.baseAddress, qs_mhd_must_copy())
    }
  case .truncated(let bytes, let announced):
    made = MHD_create_response_from_callback(
      UInt64(max(announced, bytes.count + 1)), max(1, bytes.count), readTruncated,
      Unmanaged.passRetained(TruncatedBody(bytes)).toOpaque(), freeTruncated)
  }
  guard let made else { return qs_mhd_no() }
  defer { MHD_destroy_response(made) }
  for (name, value) in response.headers { MHD_add_response_header(made, name, value) }
  return MHD_queue_response(connection, UInt32(response.status), made)
}

private final class TruncatedBody {
  let bytes: [UInt8]
  init(_ bytes: [UInt8]) { self.bytes = bytes }
}

private func readTruncated(
  _ cls: UnsafeMutableRawPointer?, _ position: UInt64, _ buffer: UnsafeMutablePointer<CChar>?,
  _ room: Int
) -> Int {
  guard let cls, let buffer else { return qs_mhd_end_with_error() }
  let body = Unmanaged<TruncatedBody>.fromOpaque(cls).takeUnretainedValue()
  let count = min(room, body.bytes.count - Int(position))
  guard count > 0 else { return qs_mhd_end_with_error() }
  body.bytes.withUnsafeBytes {
    guard let base = $0.baseAddress else { return }
    memcpy(buffer, base + Int(position), count)
  }
  return count
}

private func freeTruncated(_ cls: UnsafeMutableRawPointer?) {
  guard let cls else { return }
  Unmanaged<TruncatedBody>.fromOpaque(cls).release()
}
