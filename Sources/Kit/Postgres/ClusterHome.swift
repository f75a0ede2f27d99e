import Cryptography
import Glibc
import Kit

/// Where a private cluster lives and as whom it runs.
struct ClusterHome: Sendable {
  /// A socket's path has at most 107 bytes on Linux; with `/.s.PGSQL.5432`, and some to spare.
  static let socketFolderBytesMax = 85

  /// An account that PostgreSQL runs under because it refuses root.
  struct Account: Sendable {
    let name: String
    let user: uid_t
    let group: gid_t
  }

  let folder: String
  /// `nil`: ours.
  let account: Account?
  let socketFolder: String

  var data: String { folder + "/data" }
  var logFolder: String { folder + "/log" }

  static func prepare(for wanted: String, log: Log) throws(ClusterError) -> ClusterHome {
    let account = try account()
    do throws(FileError) {
      var folder = wanted + "/postgres"
      try Folder.make(wanted, mode: account == nil ? 0o700 : 0o755)
      if let account, let closed = closedFolder(above: folder, to: account) {
        // Marked by the path, so that every process finds the same.
        folder = "/var/tmp/quayside-" + mark(of: wanted)
        log.info(
          "the private PostgreSQL lives elsewhere",
          ["folder": folder, "because": "\(account.name) cannot enter \(closed)"])
        try makePrivate(folder, 0o711, owner: geteuid(), group: getegid())
      } else {
        try Folder.make(folder, mode: account == nil ? 0o700 : 0o711)
      }
      var socketFolder = folder + "/socket"
      if socketFolder.utf8.count > socketFolderBytesMax {
        socketFolder = "/tmp/quayside-" + mark(of: folder)
      }
      return ClusterHome(folder: folder, account: account, socketFolder: socketFolder)
    } catch {
      throw ClusterError("cannot prepare the private PostgreSQL: \(error.debugDescription)")
    }
  }

  /// The folders beside the data. To be called with the start lock held.
  func makeFolders() throws(ClusterError) {
    try makeOwned(socketFolder)
    try makeOwned(logFolder)
  }

  /// Makes a folder for the server alone, or checks that it is. With the start lock held.
  func makeOwned(_ path: String) throws(ClusterError) {
    do throws(FileError) {
      try Self.makePrivate(
        path, 0o700, owner: account?.user ?? geteuid(), group: account?.group ?? getegid())
    } catch {
      throw ClusterError("cannot prepare the private PostgreSQL: \(error.debugDescription)")
    }
  }

  /// A socket's folder elsewhere goes when the server does.
  func removeSocketFolder() {
    if socketFolder != folder + "/socket" { rmdir(socketFolder) }
  }

  private static func account() throws(ClusterError) -> Account? {
    guard Host.isRoot else { return nil }
    for name in ["postgres", "nobody"] {
      if let entry = getpwnam(name), entry.pointee.pw_uid != 0 {
        return Account(name: name, user: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
      }
    }
    throw ClusterError("PostgreSQL does not run as root; add a user named postgres")
  }

  private static func mark(of path: String) -> String {
    String(SHA256.hex(SHA256.hash(Array(path.utf8))).prefix(16))
  }

  /// The first folder on the way to `path` that the account may not enter.
  private static func closedFolder(above path: String, to account: Account) -> String? {
    var folder = Path.folder(of: path)
    var closed: String?
    while true {
      var status = stat()
      if stat(folder, &status) == 0 {
        let bit: mode_t =
          status.st_uid == account.user ? 0o100 : status.st_gid == account.group ? 0o010 : 0o001
        if status.st_mode & bit == 0 { closed = folder }
      }
      if folder == "/" || folder == "." { return closed }
      folder = Path.folder(of: folder)
    }
  }

  /// In a folder that everybody may write, somebody else could have made it before us.
  private static func makePrivate(
    _ path: String, _ mode: mode_t, owner: uid_t, group: gid_t
  ) throws(FileError) {
    guard mkdir(path, mode) == 0 || errno == EEXIST else { throw FileError("make", path, errno) }
    var status = stat()
    guard lstat(path, &status) == 0 else { throw FileError("look at", path, errno) }
    let isFolder = status.st_mode & S_IFMT == S_IFDIR
    if isFolder, status.st_uid == owner { return }
    // Made just now, or by one of us who did not come to hand it over.
    guard isFolder, status.st_uid == geteuid() else {
      throw FileError("use (it belongs to somebody else)", path, EPERM)
    }
    guard chmod(path, mode) == 0, lchown(path, owner, group) == 0 else {
      throw FileError("hand over", path, errno)
    }
  }
}
