// From our response to libmicrohttpd's.
internal import CMicroHTTPD
internal import CShims
import Glibc
import HTTP

private let streamBlockBytes = 16_384

/// A response that could smuggle something in is a bug of ours: it becomes a bare 500.
func queue(
  _ response: HTTPResponse, _ stream: StreamBody?, _ exchange: Exchange,
  _ connection: OpaquePointer, _ context: ServerContext
) -> MHD_Result {
  guard response.headers.areLegal, (200...599).contains(response.status) else {
    return queue(HTTPResponse(status: 500), nil, exchange, connection, context)
  }
  let made: OpaquePointer?
  switch response.body {
  case .abort: return qs_mhd_no()
  case .bytes(let bytes):
    made = bytes.withUnsafeBytes {
      MHD_create_response_from_buffer(
        $0.count, UnsafeMutableRawPointer(mutating: $0.baseAddress), qs_mhd_must_copy())
    }
  case .stream:
    guard let stream else { return qs_mhd_no() }
    let box = Unmanaged.passRetained(stream)
    made = MHD_create_response_from_callback(
      qs_mhd_size_unknown(), streamBlockBytes, readStream, box.toOpaque(), freeStream)
    if made == nil { box.release() }
  case .truncated(let bytes, let announced):
    let box = Unmanaged.passRetained(TruncatedBody(bytes, owner: exchange.owner))
    made = MHD_create_response_from_callback(
      UInt64(max(announced, bytes.count + 1)), max(1, bytes.count), readTruncated,
      box.toOpaque(), freeTruncated)
    if made == nil { box.release() }
  }
  guard let made else { return qs_mhd_no() }
  defer { MHD_destroy_response(made) }
  for (name, value) in response.headers where !isOurs(name) {
    MHD_add_response_header(made, name, value)
  }
  if context.isStopping { MHD_add_response_header(made, "Connection", "close") }
  return MHD_queue_response(connection, UInt32(response.status), made)
}

/// libmicrohttpd frames the body itself; a second opinion in the headers would be an attack.
private func isOurs(_ name: String) -> Bool {
  HTTPHeaders.areSame(name, "Content-Length") || HTTPHeaders.areSame(name, "Transfer-Encoding")
}

private func readStream(
  _ cls: UnsafeMutableRawPointer?, _: UInt64, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int
) -> Int {
  guard let cls, let buffer else { return qs_mhd_end_with_error() }
  return Unmanaged<StreamBody>.fromOpaque(cls).takeUnretainedValue().read(into: buffer, size)
}

/// The answer is out, or never will be.
private func freeStream(_ cls: UnsafeMutableRawPointer?) {
  guard let cls else { return }
  Unmanaged<StreamBody>.fromOpaque(cls).takeRetainedValue().fail()
}

private func readTruncated(
  _ cls: UnsafeMutableRawPointer?, _ position: UInt64, _ buffer: UnsafeMutablePointer<CChar>?,
  _ size: Int
) -> Int {
  guard let cls, let buffer else { return qs_mhd_end_with_error() }
  let body = Unmanaged<TruncatedBody>.fromOpaque(cls).takeUnretainedValue()
  return body.read(at: Int(position), into: buffer, size)
}

private func freeTruncated(_ cls: UnsafeMutableRawPointer?) {
  guard let cls else { return }
  Unmanaged<TruncatedBody>.fromOpaque(cls).release()
}
