internal import CPostgres
import Glibc
import Synchronization

/// Tells the server to stop a session's statement, on a thread of its own: `PQcancel` blocks, and
/// the connection has to be drained meanwhile.
final class Canceller: @unchecked Sendable {
  // Owner: the thread, which frees it. Never touched by another one after `start`.
  private let request: OpaquePointer
  private let done = Atomic<Bool>(false)

  private init(_ request: OpaquePointer) { self.request = request }

  static func start(_ handle: OpaquePointer?) -> Canceller? {
    guard let request = PQgetCancel(handle) else { return nil }
    let canceller = Canceller(request)
    guard startThread(runCanceller, taking: canceller) else {
      PQfreeCancel(request)
      return nil
    }
    return canceller
  }

  /// Until then the connection must not be used again: the request could hit the next statement.
  var isDone: Bool { done.load(ordering: .acquiring) }

  /// On the connection's thread. The statement has ended, so the request is all but delivered.
  func waitUntilDone() {
    for _ in 0..<1_000 where !isDone { usleep(1_000) }
  }

  fileprivate func run() {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { reason in
      _ = PQcancel(request, reason.baseAddress, 256)
    }
    PQfreeCancel(request)
    done.store(true, ordering: .releasing)
  }
}

private func runCanceller(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let box { Unmanaged<Canceller>.fromOpaque(box).takeRetainedValue().run() }
  return nil
}
