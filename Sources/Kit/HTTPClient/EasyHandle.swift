internal import CCurl
internal import CShims
import HTTP
import Kit

/// Owner of one of libcurl's easy handles and of the memory that it points at. Used over and over:
/// what is the same for every request is set once.
final class EasyHandle {
  static let connectSecondsMax = 10
  /// libcurl does not use a connection again that was idle for longer.
  static let idleSecondsMax = 15

  let pointer: UnsafeMutableRawPointer
  private(set) var transfer: Transfer?
  private var headerList: UnsafeMutablePointer<curl_slist>?
  private var body: UnsafeMutableRawBufferPointer?
  private let words = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

  init?(_ configuration: HTTPClient.Configuration) {
    guard let pointer = curl_easy_init() else {
      words.deallocate()
      return nil
    }
    self.pointer = pointer
    let context = Unmanaged.passUnretained(self).toOpaque()
    qs_easy_text(pointer, CURLOPT_PROTOCOLS_STR, "http,https")
    qs_easy_text(pointer, CURLOPT_PROXY, "")
    qs_easy_text(pointer, CURLOPT_USERAGENT, configuration.userAgent)
    if let file = configuration.caFile { qs_easy_text(pointer, CURLOPT_CAINFO, file) }
    for (option, value) in [
      (CURLOPT_NOSIGNAL, 1), (CURLOPT_FOLLOWLOCATION, 0), (CURLOPT_PATH_AS_IS, 1),
      (CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1)),
      (CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
      (CURLOPT_MAXAGE_CONN, Self.idleSecondsMax), (CURLOPT_TCP_NODELAY, 1),
      // A name look-up that was given up must not hold the thread.
      (CURLOPT_QUICK_EXIT, 1),
    ] {
      qs_easy_long(pointer, option, value)
    }
    qs_easy_pointer(pointer, CURLOPT_ERRORBUFFER, words)
    qs_easy_on_write(pointer, receiveBody)
    qs_easy_pointer(pointer, CURLOPT_WRITEDATA, context)
    qs_easy_on_header(pointer, receiveHeader)
    qs_easy_pointer(pointer, CURLOPT_HEADERDATA, context)
    qs_easy_on_prereq(pointer, prepareToSend)
    qs_easy_pointer(pointer, CURLOPT_PREREQDATA, context)
  }

  deinit {
    curl_easy_cleanup(pointer)
    free()
    words.deallocate()
  }

  /// Takes up a request with `left` of its time.
  func take(_ transfer: Transfer, left: Duration) {
    self.transfer = transfer
    let request = transfer.request
    let milliseconds = max(1, Int(clamping: left.milliseconds))
    words.pointee = 0
    // GET first: it undoes what the last request left.
    qs_easy_long(pointer, CURLOPT_HTTPGET, 1)
    qs_easy_text(pointer, CURLOPT_CUSTOMREQUEST, request.method)
    qs_easy_text(pointer, CURLOPT_URL, request.url)
    qs_easy_long(pointer, CURLOPT_TIMEOUT_MS, milliseconds)
    qs_easy_long(
      pointer, CURLOPT_CONNECTTIMEOUT_MS, min(milliseconds, Self.connectSecondsMax * 1_000))
    qs_easy_size(
      pointer, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(max(1, request.maxResponseBytes)))
    if request.method == "HEAD" { qs_easy_long(pointer, CURLOPT_NOBODY, 1) }
    let isWriting = ["PUT", "POST", "PATCH"].contains(request.method)
    if let bytes = request.body ?? (isWriting ? [] : nil) { send(bytes) }
    for (name, value) in request.headers {
      headerList = curl_slist_append(headerList, value.isEmpty ? "\(name);" : "\(name): \(value)")
    }
    if request.body != nil || isWriting {
      headerList = curl_slist_append(headerList, "Expect:")
      if request.headers["Content-Type"] == nil {
        headerList = curl_slist_append(headerList, "Content-Type:")
      }
    }
    qs_easy_list(pointer, CURLOPT_HTTPHEADER, headerList)
  }

  /// libcurl only borrows a body.
  private func send(_ bytes: [UInt8]) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count + 1, alignment: 1)
    copy.copyBytes(from: bytes)
    body = copy
    qs_easy_pointer(pointer, CURLOPT_POSTFIELDS, copy.baseAddress)
    qs_easy_size(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count))
  }

  /// Gives the transfer back; the handle may take up another one.
  func drop() -> Transfer? {
    qs_easy_list(pointer, CURLOPT_HTTPHEADER, nil)
    qs_easy_pointer(pointer, CURLOPT_POSTFIELDS, nil)
    free()
    defer { transfer = nil }
    return transfer
  }

  private func free() {
    curl_slist_free_all(headerList)
    headerList = nil
    body?.deallocate()
    body = nil
  }

  func explanation(of code: CURLcode) -> String {
    words.pointee != 0 ? String(cString: words) : String(cString: curl_easy_strerror(code))
  }
}

private func transfer(of context: UnsafeMutableRawPointer?) -> Transfer? {
  context.flatMap { Unmanaged<EasyHandle>.fromOpaque($0).takeUnretainedValue().transfer }
}

private func receiveBody(
  _ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  let piece = UnsafeRawBufferPointer(start: data, count: size * count)
  guard let transfer = transfer(of: context), transfer.receive(piece) else { return 0 }
  return piece.count
}

private func receiveHeader(
  _ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  let line = UnsafeRawBufferPointer(start: data, count: size * count)
  guard let transfer = transfer(of: context) else { return 0 }
  transfer.receive(line: line)
  return line.count
}

private func prepareToSend(
  _ context: UnsafeMutableRawPointer?, _: UnsafeMutablePointer<CChar>?,
  _: UnsafeMutablePointer<CChar>?, _: Int32, _: Int32
) -> Int32 {
  let mayGo = transfer(of: context)?.isAboutToSend() ?? false
  return mayGo ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}
