internal import CCurl
internal import CShims
import Glibc
import Kit
import Synchronization

/// The thread that owns libcurl's multi handle and every transfer under way.
final class MultiDriver: @unchecked Sendable {
  /// Easy handles kept for reuse.
  static let spareMax = 256

  private struct Inbox {
    var added: [Transfer] = []
    var cancelled: [Transfer] = []
    var isClosed = false
  }

  private let inbox = Mutex(Inbox())
  private let configuration: HTTPClient.Configuration
  // Touched on the thread only; `multi` also by `curl_multi_wakeup`, which any thread may call.
  private let multi: UnsafeMutableRawPointer
  private var spare: [UnsafeMutableRawPointer] = []
  private var underWay: [UnsafeMutableRawPointer: Transfer] = [:]

  init(_ configuration: HTTPClient.Configuration) {
    self.configuration = configuration
    _ = globalInit
    guard let multi = curl_multi_init() else { preconditionFailure("out of memory") }
    self.multi = multi
    qs_multi_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, configuration.maxConnectionsPerHost)
    qs_multi_long(multi, CURLMOPT_MAXCONNECTS, configuration.maxConnectionsPerHost * 2)
    qs_multi_long(multi, CURLMOPT_PIPELINING, 0)
  }

  /// The thread holds this object until `close`.
  func start() {
    var thread = pthread_t()
    let failed = pthread_create(&thread, nil, runDriver, Unmanaged.passRetained(self).toOpaque())
    precondition(failed == 0, "no thread to be had")
    pthread_detach(thread)
  }

  func add(_ transfer: Transfer) {
    let isClosed = inbox.withLock { inbox in
      if !inbox.isClosed { inbox.added.append(transfer) }
      return inbox.isClosed
    }
    if isClosed { transfer.finish(CURLE_ABORTED_BY_CALLBACK, status: 0) } else { curl_multi_wakeup(multi) }
  }

  func cancel(_ transfer: Transfer) {
    inbox.withLock { $0.cancelled.append(transfer) }
    curl_multi_wakeup(multi)
  }

  func close() {
    inbox.withLock { $0.isClosed = true }
    curl_multi_wakeup(multi)
  }

  fileprivate func work() {
    while true {
      let (added, cancelled, isClosed) = inbox.withLock { inbox in
        defer {
          inbox.added = []
          inbox.cancelled = []
        }
        return (inbox.added, inbox.cancelled, inbox.isClosed)
      }
      for transfer in added { begin(transfer) }
      for transfer in cancelled { stop(transfer) }
      if isClosed, underWay.isEmpty { break }
      var running: Int32 = 0
      curl_multi_perform(multi, &running)
      finishAll()
      curl_multi_poll(multi, nil, 0, 1_000, nil)
    }
    for easy in spare { curl_easy_cleanup(easy) }
    curl_multi_cleanup(multi)
  }

  private func begin(_ transfer: Transfer) {
    guard let easy = spare.popLast() ?? curl_easy_init() else {
      transfer.finish(CURLE_OUT_OF_MEMORY, status: 0)
      return
    }
    if transfer.isCancelled {
      spare.append(easy)
      transfer.finish(CURLE_ABORTED_BY_CALLBACK, status: 0)
      return
    }
    transfer.prepare(easy, configuration)
    underWay[easy] = transfer
    curl_multi_add_handle(multi, easy)
  }

  private func stop(_ transfer: Transfer) {
    transfer.isCancelled = true
    guard let easy = underWay.first(where: { $0.value === transfer })?.key else { return }
    curl_multi_remove_handle(multi, easy)
    underWay[easy] = nil
    curl_easy_cleanup(easy)
    transfer.finish(CURLE_ABORTED_BY_CALLBACK, status: 0)
  }

  private func finishAll() {
    var code = CURLE_OK
    while let easy = qs_multi_finished(multi, &code) {
      let status = qs_easy_status(easy)
      curl_multi_remove_handle(multi, easy)
      let transfer = underWay.removeValue(forKey: easy)
      if spare.count < Self.spareMax { spare.append(easy) } else { curl_easy_cleanup(easy) }
      transfer?.finish(code, status: status)
    }
  }
}

private let globalInit: CURLcode = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

private func runDriver(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let box { Unmanaged<MultiDriver>.fromOpaque(box).takeRetainedValue().work() }
  return nil
}
