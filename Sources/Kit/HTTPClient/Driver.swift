internal import CCurl
internal import CShims
import Glibc
import Kit
import Synchronization

/// The thread that owns libcurl's multi handle and every transfer under way. Other threads only
/// put transfers into its inbox and wake it.
final class Driver: @unchecked Sendable {
  /// Easy handles kept for reuse.
  static let sparesMax = 256
  static let pollMillisecondsMax: Int64 = 1_000

  private struct Inbox {
    var added: [Transfer] = []
    var cancelled: [Transfer] = []
    var isClosed = false
    /// Somebody has woken the thread since it looked last.
    var isWoken = false
  }

  private let inbox = Mutex(Inbox())
  private let configuration: HTTPClient.Configuration
  // On the thread only; `multi` also by `curl_multi_wakeup`, which any thread may call.
  private let multi: UnsafeMutableRawPointer
  private var spares: [EasyHandle] = []
  private var underWay: [UnsafeMutableRawPointer: EasyHandle] = [:]
  private var lanes: [Origin: Lane] = [:]
  /// No transfer that waits has to be begun earlier.
  private var nextDeadline: ContinuousClock.Instant?

  init(_ configuration: HTTPClient.Configuration) {
    self.configuration = configuration
    _ = globalInit
    guard let multi = curl_multi_init() else { preconditionFailure("out of memory") }
    self.multi = multi
    qs_multi_long(
      multi, CURLMOPT_MAXCONNECTS,
      configuration.maxConnectionsPerHost * max(1, configuration.allowedOrigins.count))
    qs_multi_long(multi, CURLMOPT_PIPELINING, 0)
  }

  /// The thread holds this object until `close` has been called and all transfers are finished.
  func start() {
    var thread = pthread_t()
    let failed = pthread_create(&thread, nil, runDriver, Unmanaged.passRetained(self).toOpaque())
    precondition(failed == 0, "no thread to be had")
    pthread_detach(thread)
  }

  func add(_ transfer: Transfer) { post { $0.added.append(transfer) } }

  /// May come before the transfer was added, and after it finished.
  func cancel(_ transfer: Transfer) { post { $0.cancelled.append(transfer) } }

  func close() { post { $0.isClosed = true } }

  private func post(_ change: (inout Inbox) -> Void) {
    inbox.withLock { inbox in
      change(&inbox)
      // Inside the lock: once the thread has seen `isClosed`, `multi` may be gone.
      if !inbox.isWoken { curl_multi_wakeup(multi) }
      inbox.isWoken = true
    }
  }

  // MARK: On the thread

  fileprivate func work() {
    while true {
      let news = inbox.withLock { inbox in
        defer { inbox = Inbox(isClosed: inbox.isClosed) }
        return inbox
      }
      for transfer in news.added { enter(transfer) }
      for transfer in news.cancelled { cancelNow(transfer) }
      expire()
      var running: Int32 = 0
      curl_multi_perform(multi, &running)
      while finishOne() {}
      if news.isClosed, underWay.isEmpty, lanes.isEmpty, inbox.withLock({ $0.added.isEmpty }) {
        break
      }
      curl_multi_poll(multi, nil, 0, pollMilliseconds, nil)
    }
    spares = []
    curl_multi_cleanup(multi)
  }

  private func enter(_ transfer: Transfer) {
    if transfer.isCancelled {
      transfer.fail(.cancelled, "cancelled")
      return
    }
    if lanes[transfer.origin, default: Lane()].underWay < configuration.maxConnectionsPerHost {
      begin(transfer)
    } else {
      lanes[transfer.origin]?.append(transfer)
      nextDeadline = min(nextDeadline ?? transfer.lastBegin, transfer.lastBegin)
    }
  }

  private func begin(_ transfer: Transfer) {
    let now = ContinuousClock.now
    guard now <= transfer.lastBegin else {
      transfer.failForWantOfAConnection()
      return
    }
    guard let easy = spares.popLast() ?? EasyHandle(configuration) else {
      transfer.fail(.cannotConnect, "out of memory")
      return
    }
    if let reason = transfer.objection?.reason() {
      spares.append(easy)
      transfer.fail(.notBegun, reason)
      return
    }
    easy.take(transfer, left: transfer.deadline - now)
    transfer.place = .underWay(easy)
    underWay[easy.pointer] = easy
    lanes[transfer.origin, default: Lane()].underWay += 1
    curl_multi_add_handle(multi, easy.pointer)
  }

  private func cancelNow(_ transfer: Transfer) {
    transfer.isCancelled = true
    switch transfer.place {
    case .nowhere, .finished: break
    case .waiting: transfer.fail(.cancelled, "cancelled")
    case .underWay(let easy):
      // In the middle of a transfer: libcurl closes its connection.
      leave(easy)
      transfer.fail(.cancelled, "cancelled")
      beginNext(on: transfer.origin)
    }
  }

  private func finishOne() -> Bool {
    var code = CURLE_OK
    guard let pointer = qs_multi_finished(multi, &code) else { return false }
    guard let easy = underWay[pointer] else { return true }
    let status = qs_easy_status(pointer)
    let words = code == CURLE_OK ? "no final answer" : easy.explanation(of: code)
    guard let transfer = leave(easy) else { return true }
    transfer.finish(code, status: status, words)
    beginNext(on: transfer.origin)
    return true
  }

  @discardableResult
  private func leave(_ easy: EasyHandle) -> Transfer? {
    curl_multi_remove_handle(multi, easy.pointer)
    underWay[easy.pointer] = nil
    let transfer = easy.drop()
    if let transfer { lanes[transfer.origin]?.underWay -= 1 }
    if spares.count < Self.sparesMax { spares.append(easy) }
    return transfer
  }

  private func beginNext(on origin: Origin) {
    while let count = lanes[origin]?.underWay, count < configuration.maxConnectionsPerHost,
      let transfer = lanes[origin]?.next()
    {
      begin(transfer)
    }
    if lanes[origin]?.isEmpty ?? false { lanes[origin] = nil }
  }

  /// Ends those that waited past their deadline. Cheap while nothing is due.
  private func expire() {
    guard let due = nextDeadline else { return }
    let now = ContinuousClock.now
    guard due <= now else { return }
    nextDeadline = nil
    for origin in Array(lanes.keys) {
      guard let (late, next) = lanes[origin]?.expire(at: now) else { continue }
      for transfer in late {
        transfer.failForWantOfAConnection()
      }
      if let next { nextDeadline = min(nextDeadline ?? next, next) }
    }
  }

  private var pollMilliseconds: Int32 {
    guard let nextDeadline else { return Int32(Self.pollMillisecondsMax) }
    let left = (nextDeadline - ContinuousClock.now).milliseconds + 1
    return Int32(min(max(1, left), Self.pollMillisecondsMax))
  }
}

private let globalInit: CURLcode = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

private func runDriver(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let box { Unmanaged<Driver>.fromOpaque(box).takeRetainedValue().work() }
  return nil
}
