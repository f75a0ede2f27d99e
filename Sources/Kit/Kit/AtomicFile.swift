import Glibc

/// A file that is there whole or not at all.
public enum AtomicFile {
  /// Writes to a temporary file beside it, syncs, renames, syncs the folder. When anything fails (a
  /// full disk, say) the temporary file is removed and what was there before stays.
  public static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o600) throws(FileError) {
    let temporary = "\(path).\(UUIDv7.make().text).part"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw FileError("create", path, errno) }
    var failure: FileError?
    var written = 0
    bytes.withUnsafeBytes { buffer in
      while written < buffer.count {
        let count = Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
        if count < 0 {
          if errno == EINTR { continue }
          failure = FileError("write", path, errno)
          return
        }
        written += count
      }
    }
    if failure == nil, fsync(descriptor) != 0 { failure = FileError("sync", path, errno) }
    if close(descriptor) != 0, failure == nil { failure = FileError("close", path, errno) }
    if failure == nil, rename(temporary, path) != 0 { failure = FileError("rename", path, errno) }
    if let failure {
      unlink(temporary)
      throw failure
    }
    Folder.sync(Path.folder(of: path))
  }
}

public struct FileError: ClassifiedError {
  public var act: String
  public var path: String
  public var code: Int32

  public init(_ act: String, _ path: String, _ code: Int32) {
    self.act = act
    self.path = path
    self.code = code
  }

  public var reason: String { String(cString: strerror(code)) }
  public var description: String { "cannot \(act) a file: \(reason)" }
  public var debugDescription: String { "cannot \(act) \(path): \(reason)" }
  public var classification: Classification { .transient(retryAfter: nil) }
}

/// Files by content: the same bytes are kept once, under their hash.
public struct ContentStore: Sendable {
  public let folder: String

  public init(folder: String) { self.folder = folder }

  /// - Returns: the path.
  public func put(
    _ bytes: [UInt8], sha256: String, extension suffix: String
  ) throws(FileError) -> String {
    let shelf = "\(folder)/\(sha256.prefix(2))"
    try Folder.make(shelf)
    let path = "\(shelf)/\(sha256).\(suffix)"
    // Stored already: as large as it should be, and its name is its hash.
    if Folder.size(of: path) == bytes.count { return path }
    try AtomicFile.write(bytes, to: path)
    return path
  }
}

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

public enum Folder {
  /// Makes the folder and those above it.
  public static func make(_ path: String, mode: UInt32 = 0o755) throws(FileError) {
    if mkdir(path, mode) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, path.contains("/") else { throw FileError("make", path, errno) }
    try make(Path.folder(of: path), mode: mode)
    guard mkdir(path, mode) == 0 || errno == EEXIST else { throw FileError("make", path, errno) }
  }

  public static func sync(_ path: String) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  public static func names(in path: String) -> [String] {
    guard let handle = opendir(path) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  public static func bytes(of path: String) -> [UInt8] {
    (try? FileBytes.read(path, limit: 256 << 20)) ?? []
  }

  public static func size(of path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : nil
  }

  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Bytes that an ordinary user may still write there.
  public static func freeBytes(_ path: String) -> Int? {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    return Int(status.f_bavail) * Int(status.f_frsize)
  }

  /// Removes a tree. Only ever called with folders that this process made.
  public static func remove(_ path: String) {
    for name in names(in: path) {
      let child = "\(path)/\(name)"
      var status = stat()
      if lstat(child, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { remove(child) } else { unlink(child) }
    }
    rmdir(path)
  }

  /// A new folder that nobody else uses, below the system's temporary folder.
  public static func temporary(_ prefix: String) throws(FileError) -> String {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(base)/\(prefix)-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw FileError("make", base, errno) }
    return String(cString: made)
  }
}

public enum Path {
  public static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  public static func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    guard let current = getcwd(nil, 0) else { return path }
    defer { free(current) }
    return String(cString: current) + "/" + path
  }
}
