internal import CShims
import Glibc

public enum Folder {
  /// Has the file system lay the subfolders of this one far apart, where it can (ext4). For folders
  /// that get many files: those near what was deleted lately are slow to make.
  public static func spreadSubfolders(of path: String) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    qs_spread_subfolders(descriptor)
    close(descriptor)
  }

  /// Makes the folder and those above it.
  public static func make(_ path: String, mode: UInt32 = 0o755) throws(FileError) {
    if mkdir(path, mode) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, path.contains("/") else { throw FileError("make", path, errno) }
    try make(Path.folder(of: path), mode: mode)
    guard mkdir(path, mode) == 0 || errno == EEXIST else { throw FileError("make", path, errno) }
  }

  /// Sets who may enter: a temporary folder is for its owner alone.
  public static func setMode(_ path: String, _ mode: UInt32) { chmod(path, mode) }

  /// Makes new names in it survive a power cut; a failure is only a missed chance.
  public static func sync(_ path: String) { try? syncOrThrow(path) }

  public static func syncOrThrow(_ path: String) throws(FileError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("open", path, errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw FileError("sync", path, errno) }
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
      if lstat(child, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
        remove(child)
      } else {
        unlink(child)
      }
    }
    rmdir(path)
  }

  /// Removes one file, if it is there.
  public static func removeFile(_ path: String) { unlink(path) }

  /// A new folder that nobody else uses, below the system's temporary folder.
  public static func temporary(_ prefix: String) throws(FileError) -> String {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    // mkdtemp(3) puts letters of its own for the six at the end.
    var template = Array("\(base)/\(prefix)-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw FileError("make", base, errno) }
    return String(cString: made)
  }
}
