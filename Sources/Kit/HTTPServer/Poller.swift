internal import CMicroHTTPD
internal import CShims
import Glibc
import Synchronization

/// Ends the poller's wait, from any thread, as often as one likes: at most one byte lies in its pipe.
final class PollerBell: Sendable {
  let reader: Int32
  private let writer: Int32
  private let isRung = Atomic(false)

  /// `nil` when the system has no descriptor left.
  init?() {
    var ends: [Int32] = [-1, -1]
    guard qs_pipe(&ends) == 0 else { return nil }
    (reader, writer) = (ends[0], ends[1])
  }

  deinit {
    close(reader)
    close(writer)
  }

  func ring() {
    guard !isRung.exchange(true, ordering: .acquiringAndReleasing) else { return }
    var byte: UInt8 = 0
    _ = write(writer, &byte, 1)
  }

  /// Only when the pipe is readable, and before the work that the ringing was about.
  func hush() {
    var byte: UInt8 = 0
    _ = read(reader, &byte, 1)
    isRung.store(false, ordering: .releasing)
  }
}

/// The one thread on which a daemon works. It waits by itself and then lets the daemon do what there
/// is without waiting.
///
/// The daemon's own thread is not used: libmicrohttpd 0.9.75 asks epoll for 128 events at a time and,
/// when it gets exactly 128, waits for more before it works on those it has. A crowd of 128 clients,
/// all at once, then stands still until somebody else comes.
final class Poller: @unchecked Sendable {
  private let daemon: OpaquePointer
  private let bell: PollerBell
  private let state = Mutex(State())

  private struct State {
    var isStopping = false
    var hasEnded = false
    var waiting: CheckedContinuation<Void, Never>?
  }

  private init(_ daemon: OpaquePointer, _ bell: PollerBell) {
    self.daemon = daemon
    self.bell = bell
  }

  /// - Parameter bell: rung whenever a connection was resumed.
  /// - Returns: `nil` when the system has no thread left.
  static func start(_ daemon: OpaquePointer, _ bell: PollerBell) -> Poller? {
    let poller = Poller(daemon, bell)
    let box = Unmanaged.passRetained(poller)
    guard qs_start_thread(runPoller, box.toOpaque()) == 0 else {
      box.release()
      return nil
    }
    return poller
  }

  /// Returns when the thread has left the daemon for good.
  func stop() async {
    state.withLock { $0.isStopping = true }
    bell.ring()
    await withCheckedContinuation { continuation in
      let hasEnded = state.withLock { state in
        if !state.hasEnded { state.waiting = continuation }
        return state.hasEnded
      }
      if hasEnded { continuation.resume() }
    }
  }

  fileprivate func work() {
    var waits = [
      pollfd(fd: qs_mhd_poll_fd(daemon), events: Int16(POLLIN), revents: 0),
      pollfd(fd: bell.reader, events: Int16(POLLIN), revents: 0),
    ]
    while !state.withLock({ $0.isStopping }) {
      // First of all: only this makes the daemon listen.
      MHD_run(daemon)
      poll(&waits, nfds_t(waits.count), qs_mhd_timeout(daemon))
      if waits[1].revents != 0 { bell.hush() }
    }
    let waiting = state.withLock { state in
      state.hasEnded = true
      defer { state.waiting = nil }
      return state.waiting
    }
    waiting?.resume()
  }
}

private func runPoller(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let box { Unmanaged<Poller>.fromOpaque(box).takeRetainedValue().work() }
  return nil
}
