internal import CCurl
import HTTP
import Kit

/// One request on its way. The driver's thread alone touches it from `Driver.add` on, until its
/// continuation is resumed, which happens exactly once.
final class Transfer: @unchecked Sendable {
  static let responseHeadersMax = 200

  enum Place { case nowhere, waiting, underWay(EasyHandle), finished }

  let request: HTTPClientRequest
  let origin: Origin
  let deadline: ContinuousClock.Instant
  /// When it may be begun at the latest.
  let lastBegin: ContinuousClock.Instant
  private(set) var objection: HTTPClient.Objection?
  var continuation: UnsafeContinuation<Result<HTTPClientResponse, HTTPClientError>, Never>?
  var place = Place.nowhere
  var isCancelled = false

  /// How often libcurl was about to send the request. It repeats one silently when a kept-alive
  /// connection turns out to be dead: the second time is stopped before a byte goes out.
  private(set) var sends = 0
  private var headers: [(String, String)] = []
  private var body: [UInt8] = []
  private var isTooLarge = false

  init(
    _ request: HTTPClientRequest, to origin: Origin, objection: HTTPClient.Objection? = nil
  ) {
    self.request = request
    self.origin = origin
    self.objection = objection
    let now = ContinuousClock.now
    deadline = now + request.deadline
    lastBegin = now + request.deadline / 2
  }

  func finish(_ result: Result<HTTPClientResponse, HTTPClientError>) {
    place = .finished
    // A queue may keep it for a while.
    (headers, body, objection) = ([], [], nil)
    let waiting = continuation
    continuation = nil
    waiting?.resume(returning: result)
  }

  func fail(_ code: HTTPClientError.Code, _ words: String) {
    let mayHaveReached = sends > 0
    finish(.failure(HTTPClientError(code, mayHaveReachedServer: mayHaveReached, words)))
  }

  func failForWantOfAConnection() {
    fail(.timedOut, "no connection within half of \(request.deadline)")
  }

  /// libcurl's result. Whatever went wrong after the request was let go leaves its outcome open,
  /// also "cannot connect": that was the second connection.
  func finish(_ code: CURLcode, status: Int, _ words: String) {
    if code == CURLE_OK, status >= 200 {
      finish(
        .success(HTTPClientResponse(status: status, headers: HTTPHeaders(headers), body: body)))
    } else if isTooLarge || code == CURLE_FILESIZE_EXCEEDED {
      fail(.responseTooLarge, "the answer is longer than \(request.maxResponseBytes) bytes")
    } else if code == CURLE_OPERATION_TIMEDOUT {
      fail(.timedOut, "no answer within \(request.deadline)")
    } else if sends > 0 {
      let lost = sends > 1 || code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST
      fail(.connectionLost, lost ? "the connection was closed before an answer" : words)
    } else {
      fail(Transfer.beforeSending(code), words)
    }
  }

  private static func beforeSending(_ code: CURLcode) -> HTTPClientError.Code {
    switch code {
    case CURLE_COULDNT_CONNECT: .cannotConnect
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .nameNotFound
    case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: .invalidURL
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
      CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CRL_BADFILE,
      CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS, CURLE_USE_SSL_FAILED:
      .tls
    default: .cannotConnect
    }
  }

  // MARK: What libcurl reports

  /// - Returns: whether the request may go out.
  func isAboutToSend() -> Bool {
    sends += 1
    return sends == 1
  }

  func receive(_ piece: UnsafeRawBufferPointer) -> Bool {
    guard body.count + piece.count <= request.maxResponseBytes else {
      isTooLarge = true
      return false
    }
    body.append(contentsOf: piece)
    return true
  }

  /// One line of the head; each answer, also a preliminary one, starts anew.
  func receive(line: UnsafeRawBufferPointer) {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
      if line.starts(with: "HTTP/".utf8) { headers = [] }
      return
    }
    guard headers.count < Transfer.responseHeadersMax, !line.starts(with: "HTTP/".utf8) else {
      return
    }
    var start = colon + 1
    var end = line.count
    while start < end, line[start] <= 32 { start += 1 }
    while end > start, line[end - 1] <= 32 { end -= 1 }
    headers.append(
      (
        String(decoding: line[..<colon], as: UTF8.self),
        String(decoding: line[start..<end], as: UTF8.self)
      ))
  }
}
