import Glibc
import Kit
import Synchronization

/// An advisory lock on a file, dropped by the system with its process. Programs that are started
/// meanwhile do not inherit it.
final class FileLock: Sendable {
  enum Kind { case alone, shared }

  private let descriptor: Mutex<Int32>

  private init(_ descriptor: Int32) { self.descriptor = Mutex(descriptor) }

  deinit { release() }

  static func take(
    _ path: String, _ kind: Kind, until ends: ContinuousClock.Instant
  ) async throws(ClusterError) -> FileLock {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw ClusterError("cannot open \(path): \(String(cString: strerror(errno)))")
    }
    let lock = FileLock(descriptor)
    while flock(descriptor, (kind == .alone ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0 {
      guard ContinuousClock.now < ends, !Task.isCancelled else {
        throw ClusterError("\(path) is locked by another process that starts or stops PostgreSQL")
      }
      try? await Task.sleep(for: .milliseconds(20))
    }
    return lock
  }

  /// - Returns: whether nobody else holds it; if somebody does, it is not ours any more either.
  func becomeAlone() -> Bool {
    descriptor.withLock { $0 >= 0 && flock($0, LOCK_EX | LOCK_NB) == 0 }
  }

  func release() {
    descriptor.withLock { descriptor in
      if descriptor >= 0 { close(descriptor) }
      descriptor = -1
    }
  }
}
