// What libmicrohttpd calls, on its polling thread. Only these functions know its calling order:
// connection, request line, headers, body pieces, end, (handler), answer, completed, closed.
internal import CMicroHTTPD
internal import CShims
import Glibc
import HTTP

/// A body that is too long by less than this is read and thrown away before the 413, since most
/// clients only listen once they have spoken; a longer one is answered and cut off.
private let drainedBytesMax = 8 << 20

func noteConnection(
  _ cls: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
  _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ code: MHD_ConnectionNotificationCode
) {
  guard let cls, let connection, let slot else { return }
  let context = Unmanaged<ServerContext>.fromOpaque(cls).takeUnretainedValue()
  if qs_mhd_is_start(code) != 0 {
    let made = ServerConnection(
      socket: qs_mhd_socket(connection),
      remoteAddress: Listener.text(of: qs_mhd_address(connection)), bell: context.bell)
    slot.pointee = Unmanaged.passRetained(made).toOpaque()
    context.add(made)
  } else if let pointer = slot.pointee {
    slot.pointee = nil
    let owner = Unmanaged<ServerConnection>.fromOpaque(pointer).takeRetainedValue()
    owner.closes()
    context.remove(owner)
  }
}

func beginExchange(
  _: UnsafeMutableRawPointer?, _ uri: UnsafePointer<CChar>?, _ connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
  guard let connection, let pointer = qs_mhd_context(connection) else { return nil }
  let owner = Unmanaged<ServerConnection>.fromOpaque(pointer).takeUnretainedValue()
  let exchange = Exchange(
    target: uri.map { String(cString: $0) } ?? "/", connection: connection, owner: owner)
  owner.begin(exchange)
  return Unmanaged.passRetained(exchange).toOpaque()
}

func endExchange(
  _ cls: UnsafeMutableRawPointer?, _: OpaquePointer?,
  _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _: MHD_RequestTerminationCode
) {
  guard let cls, let slot, let pointer = slot.pointee else { return }
  slot.pointee = nil
  let exchange = Unmanaged<Exchange>.fromOpaque(pointer).takeRetainedValue()
  Unmanaged<ServerContext>.fromOpaque(cls).takeUnretainedValue().lostBody(of: exchange.counted)
  exchange.owner.end()
  exchange.clientLeft()
}

func handleAccess(
  _ cls: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _: UnsafePointer<CChar>?,
  _ method: UnsafePointer<CChar>?, _: UnsafePointer<CChar>?, _ upload: UnsafePointer<CChar>?,
  _ uploadSize: UnsafeMutablePointer<Int>?,
  _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
  guard let cls, let connection, let method, let pointer = slot?.pointee, let uploadSize else {
    return qs_mhd_no()
  }
  let context = Unmanaged<ServerContext>.fromOpaque(cls).takeUnretainedValue()
  let exchange = Unmanaged<Exchange>.fromOpaque(pointer).takeUnretainedValue()
  if !exchange.isKnown {
    exchange.isKnown = true
    return take(exchange, String(cString: method), connection, context)
  }
  if uploadSize.pointee > 0 {
    let taken = take(upload, uploadSize.pointee, exchange, context)
    if taken { uploadSize.pointee = 0 }
    return taken ? qs_mhd_yes() : qs_mhd_no()
  }
  if let refusal = exchange.refusal { return queue(refusal, nil, exchange, connection, context) }
  if let (response, stream) = exchange.takeAnswer() {
    return queue(response, stream, exchange, connection, context)
  }
  guard var request = exchange.request else { return qs_mhd_yes() }
  exchange.request = nil
  swap(&request.body, &exchange.body)
  if let response = context.quick(request) {
    exchange.answer(response)
    guard let (response, stream) = exchange.takeAnswer() else { return qs_mhd_no() }
    return queue(response, stream, exchange, connection, context)
  }
  exchange.work(on: request, context.handler)
  return qs_mhd_yes()
}

/// The headers are here. An answer given now refuses the body.
private func take(
  _ exchange: Exchange, _ method: String, _ connection: OpaquePointer, _ context: ServerContext
) -> MHD_Result {
  var fields: [(String, String)] = []
  withUnsafeMutablePointer(to: &fields) {
    _ = MHD_get_connection_values(connection, qs_mhd_header_kind(), collectHeader, $0)
  }
  let headers = HTTPHeaders(fields)
  let lengths = headers.all("Content-Length")
  let isChunked = headers["Transfer-Encoding"] != nil
  // Two lengths, or a length and chunks: the next hop could see another request than we do.
  if lengths.count > 1 || isChunked && !lengths.isEmpty {
    return queue(.refusal("contradictory lengths", 400), nil, exchange, connection, context)
  }
  let length = lengths.first.map { Int($0) ?? .max } ?? 0
  if context.limits.requiresLength, lengths.isEmpty, !isChunked,
    method == "POST" || method == "PUT" || method == "PATCH"
  {
    return queue(.refusal("length required", 411), nil, exchange, connection, context)
  }
  if length > context.limits.bodyBytes {
    exchange.refusal = .tooLong
    guard length - context.limits.bodyBytes <= drainedBytesMax else {
      return queue(.tooLong, nil, exchange, connection, context)
    }
    return qs_mhd_yes()
  }
  if context.isStopping {
    return queue(.refusal("stopping", 503), nil, exchange, connection, context)
  }
  // The handler begins at the next call, body or not: an answer to this call ends the connection.
  exchange.request = HTTPRequest(
    method: method, target: exchange.target, headers: headers,
    remoteAddress: exchange.owner.remoteAddress)
  exchange.body.reserveCapacity(min(length, 1 << 20))
  return qs_mhd_yes()
}

/// A piece of the body. `false` closes the connection.
private func take(
  _ upload: UnsafePointer<CChar>?, _ size: Int, _ exchange: Exchange, _ context: ServerContext
) -> Bool {
  guard let upload else { return false }
  if exchange.refusal == nil {
    exchange.refusal = refusal(of: size, exchange, context)
    if exchange.refusal == nil {
      exchange.body.append(contentsOf: UnsafeRawBufferPointer(start: upload, count: size))
      return true
    }
    context.lostBody(of: exchange.counted)
    exchange.counted = 0
    exchange.body = []
  }
  exchange.drained += size
  return exchange.drained <= drainedBytesMax + context.limits.bodyBytes
}

/// Why so many bytes more are not taken. Chunks do not announce their sum: what is too much is thrown
/// away, up to a limit.
private func refusal(
  of size: Int, _ exchange: Exchange, _ context: ServerContext
) -> HTTPResponse? {
  let length = exchange.body.count + size
  if length > context.limits.bodyBytes { return .tooLong }
  let more = length - HTTPServerLimits.smallBodyBytes - exchange.counted
  if more > 0 {
    guard context.takesBody(of: more) else { return .busy }
    exchange.counted += more
  }
  return nil
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

extension HTTPResponse {
  static let tooLong = refusal("request body too long", 413)

  static let busy = refusal("too many long requests at once", 503)

  /// Ends the connection too: what follows on it could be anything.
  static func refusal(_ words: String, _ status: Int) -> HTTPResponse {
    var response = HTTPResponse.text(words + "\n", status: status)
    response.headers["Connection"] = "close"
    return response
  }
}
