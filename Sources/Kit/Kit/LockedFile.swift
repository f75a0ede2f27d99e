import Glibc
import Synchronization

/// A file that its owner appends to, locked for as long as the owner's process lives: the system
/// drops the lock with the process, whatever ended it. Whoever can lock it knows the owner is gone.
public final class LockedFile: Sendable {
  public let path: String
  private let descriptor: Mutex<Int32>

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = Mutex(descriptor)
  }

  deinit { _ = descriptor.withLock { $0 >= 0 ? Glibc.close($0) : 0 } }

  /// Makes the file where it is missing.
  /// - Returns: `nil` when somebody else holds it.
  public static func open(_ path: String) throws(FileError) -> LockedFile? {
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileError("open", path, errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      Glibc.close(descriptor)
      return nil
    }
    return LockedFile(path: path, descriptor: descriptor)
  }

  /// Makes a file that nobody ever sees without its lock: it gets its name when it is locked.
  /// - Throws: `FileError` when it cannot be made.
  public static func make(_ path: String) throws(FileError) -> LockedFile {
    let unnamed = path + ".new"
    guard let file = try open(unnamed) else { throw FileError("lock", unnamed, EAGAIN) }
    guard rename(unnamed, path) == 0 else { throw FileError("rename", unnamed, errno) }
    let descriptor = file.descriptor.withLock { descriptor in
      defer { descriptor = -1 }
      return descriptor
    }
    return LockedFile(path: path, descriptor: descriptor)
  }

  /// In the system's hands when it returns: it survives this process, though not a power cut.
  /// - Returns: whether all of it was written.
  public func append(_ text: String) -> Bool {
    var text = text
    return descriptor.withLock { descriptor in
      text.withUTF8 { Glibc.write(descriptor, $0.baseAddress, $0.count) == $0.count }
    }
  }

  public func empty() -> Bool { descriptor.withLock { ftruncate($0, 0) == 0 } }

  public var text: String { String(decoding: Folder.bytes(of: path), as: UTF8.self) }

  /// Removes the file and lets the lock go.
  public func remove() {
    descriptor.withLock { descriptor in
      guard descriptor >= 0 else { return }
      unlink(path)
      Glibc.close(descriptor)
      descriptor = -1
    }
  }
}
