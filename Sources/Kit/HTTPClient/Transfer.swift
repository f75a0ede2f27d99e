internal import CCurl
internal import CShims
import Glibc
import HTTP
import Kit

/// One request on its way. Handed to the driver's thread by `add`, touched only there until its
/// continuation is resumed.
final class Transfer: @unchecked Sendable {
  let request: HTTPClientRequest
  var continuation: CheckedContinuation<Result<HTTPClientResponse, HTTPClientError>, Never>?
  var easy: OpaquePointer?
  var headerList: UnsafeMutablePointer<curl_slist>?
  var headers: [(String, String)] = []
  var body: [UInt8] = []
  /// How often libcurl was about to send the request: the second time would be a hidden resend.
  var sends = 0
  var isTooLarge = false
  var isCancelled = false

  init(_ request: HTTPClientRequest) { self.request = request }

  /// Sets everything of this request on a reused handle.
  func prepare(_ easy: UnsafeMutableRawPointer, _ configuration: HTTPClient.Configuration) {
    curl_easy_reset(easy)
    qs_easy_text(easy, CURLOPT_URL, request.url)
    qs_easy_text(easy, CURLOPT_PROTOCOLS_STR, "http,https")
    qs_easy_long(easy, CURLOPT_FOLLOWLOCATION, 0)
    qs_easy_long(easy, CURLOPT_NOSIGNAL, 1)
    qs_easy_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    qs_easy_long(easy, CURLOPT_MAXAGE_CONN, 15)
    qs_easy_long(easy, CURLOPT_TCP_NODELAY, 1)
    qs_easy_long(easy, CURLOPT_TIMEOUT_MS, max(1, Int(request.deadline.milliseconds)))
    qs_easy_long(easy, CURLOPT_CONNECTTIMEOUT_MS, max(1, min(10_000, Int(request.deadline.milliseconds))))
    qs_easy_text(easy, CURLOPT_USERAGENT, configuration.userAgent)
    if let file = configuration.caFile { qs_easy_text(easy, CURLOPT_CAINFO, file) }
    qs_easy_text(easy, CURLOPT_CUSTOMREQUEST, request.method)
    if request.method == "HEAD" { qs_easy_long(easy, CURLOPT_NOBODY, 1) }
    let body = request.body ?? (request.method == "PUT" || request.method == "POST" ? [] : nil)
    if let body {
      qs_easy_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
      // Copied by libcurl; an empty body still needs a pointer.
      (body + [0]).withUnsafeBufferPointer {
        _ = qs_easy_pointer(easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: $0.baseAddress))
      }
      qs_easy_text(easy, CURLOPT_CUSTOMREQUEST, request.method)
    }
    var list: UnsafeMutablePointer<curl_slist>?
    for (name, value) in request.headers {
      list = curl_slist_append(list, value.isEmpty ? "\(name);" : "\(name): \(value)")
    }
    list = curl_slist_append(list, "Expect:")
    if body != nil, request.headers["Content-Type"] == nil { list = curl_slist_append(list, "Content-Type:") }
    headerList = list
    qs_easy_list(easy, CURLOPT_HTTPHEADER, list)
    let context = Unmanaged.passUnretained(self).toOpaque()
    qs_easy_on_write(easy, receiveBody)
    qs_easy_pointer(easy, CURLOPT_WRITEDATA, context)
    qs_easy_on_header(easy, receiveHeader)
    qs_easy_pointer(easy, CURLOPT_HEADERDATA, context)
    qs_easy_on_prereq(easy, aboutToSend)
    qs_easy_pointer(easy, CURLOPT_PREREQDATA, context)
    qs_easy_pointer(easy, CURLOPT_PRIVATE, context)
  }

  func finish(_ code: CURLcode, status: Int) {
    curl_slist_free_all(headerList)
    headerList = nil
    let result = result(of: code, status: status)
    continuation?.resume(returning: result)
    continuation = nil
  }

  private func result(
    of code: CURLcode, status: Int
  ) -> Result<HTTPClientResponse, HTTPClientError> {
    if code == CURLE_OK {
      return .success(HTTPClientResponse(status: status, headers: HTTPHeaders(headers), body: body))
    }
    let words = String(cString: curl_easy_strerror(code))
    let reached = sends > 0
    if isTooLarge {
      return .failure(
        HTTPClientError(
          .responseTooLarge, mayHaveReachedServer: true,
          "the answer is longer than \(request.maxResponseBytes) bytes"))
    }
    if isCancelled {
      return .failure(HTTPClientError(.cancelled, mayHaveReachedServer: reached, "cancelled"))
    }
    switch code {
    case CURLE_COULDNT_CONNECT:
      return .failure(HTTPClientError(.cannotConnect, mayHaveReachedServer: false, "cannot connect"))
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
      return .failure(HTTPClientError(.nameNotFound, mayHaveReachedServer: false, "host not found"))
    case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL:
      return .failure(HTTPClientError(.invalidURL, mayHaveReachedServer: false, words))
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE:
      return .failure(HTTPClientError(.tls, mayHaveReachedServer: reached, words))
    case CURLE_OPERATION_TIMEDOUT:
      return .failure(
        HTTPClientError(.timedOut, mayHaveReachedServer: reached, "no answer within \(request.deadline)"))
    case CURLE_ABORTED_BY_CALLBACK:
      return .failure(
        HTTPClientError(
          .connectionLost, mayHaveReachedServer: true, "the connection was closed before an answer"))
    default:
      return .failure(HTTPClientError(.connectionLost, mayHaveReachedServer: reached, words))
    }
  }
}

private func transfer(_ context: UnsafeMutableRawPointer?) -> Transfer? {
  context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
}

private func receiveBody(
  _ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let transfer = transfer(context), let data else { return 0 }
  let length = size * count
  if transfer.body.count + length > transfer.request.maxResponseBytes {
    transfer.isTooLarge = true
    return 0
  }
  transfer.body.append(contentsOf: UnsafeRawBufferPointer(start: data, count: length))
  return length
}

private func receiveHeader(
  _ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let transfer = transfer(context), let data else { return 0 }
  let length = size * count
  let line = String(decoding: UnsafeRawBufferPointer(start: data, count: length), as: UTF8.self)
  if line.hasPrefix("HTTP/") {
    transfer.headers = []
  } else if let colon = line.firstIndex(of: ":"), transfer.headers.count < 200 {
    var value = line[line.index(after: colon)...]
    while let first = value.first, first == " " || first == "\t" { value = value.dropFirst() }
    while let last = value.last, last.isWhitespace { value = value.dropLast() }
    transfer.headers.append((String(line[..<colon]), String(value)))
  }
  return length
}

/// Called when a connection stands and the request is about to go out. libcurl repeats a request
/// silently when a kept-alive connection turns out to be dead; the second call stops that.
private func aboutToSend(
  _ context: UnsafeMutableRawPointer?, _: UnsafeMutablePointer<CChar>?,
  _: UnsafeMutablePointer<CChar>?, _: Int32, _: Int32
) -> Int32 {
  guard let transfer = transfer(context) else { return 1 }
  transfer.sends += 1
  return transfer.sends > 1 ? 1 : 0
}
