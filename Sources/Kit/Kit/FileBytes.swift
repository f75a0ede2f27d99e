import Glibc

/// Reads whole files, up to a limit.
public enum FileBytes {
  /// - Throws: `FileError`, also when the file is longer than `limit`.
  public static func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("open", path, errno) }
    defer { close(descriptor) }
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw FileError("read", path, errno)
      }
      if count == 0 { return all }
      all += chunk[..<count]
      if all.count > limit { throw FileError("read", path, EFBIG) }
    }
  }
}
