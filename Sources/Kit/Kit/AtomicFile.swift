import Glibc

/// A file that is there whole or not at all.
public enum AtomicFile {
  /// Writes to a temporary file beside it, syncs, renames, syncs the folder. When anything fails (a
  /// full disk, say) the temporary file is removed and what was there before stays. Blocks.
  ///
  /// - Parameter syncs: `false` for what can be made again: after a power cut it may be missing,
  ///   empty or cut off, which its reader has to notice.
  public static func write(
    _ bytes: [UInt8], to path: String, mode: UInt32 = 0o600, syncs: Bool = true
  ) throws(FileError) {
    let temporary = "\(path).\(UUIDv7.make().text).part"
    do throws(FileError) {
      try fill(temporary, bytes, mode, syncs: syncs)
      guard rename(temporary, path) == 0 else { throw FileError("rename", path, errno) }
    } catch {
      unlink(temporary)
      throw error
    }
    if syncs { try Folder.syncOrThrow(Path.folder(of: path)) }
  }

  private static func fill(_ path: String, _ bytes: [UInt8], _ mode: UInt32, syncs: Bool)
    throws(FileError)
  {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw FileError("create", path, errno) }
    var failure = writeAll(bytes, descriptor).map { FileError("write", path, $0) }
    if syncs, failure == nil, fsync(descriptor) != 0 { failure = FileError("sync", path, errno) }
    if close(descriptor) != 0, failure == nil { failure = FileError("close", path, errno) }
    if let failure { throw failure }
  }

  /// - Returns: errno, `nil` when all was written.
  private static func writeAll(_ bytes: [UInt8], _ descriptor: Int32) -> Int32? {
    bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        let rest = buffer[written...]
        let count = Glibc.write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count > 0 { written += count } else if errno != EINTR { return errno }
      }
      return nil
    }
  }
}
