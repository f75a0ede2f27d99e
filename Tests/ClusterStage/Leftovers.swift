import Glibc
package import Kit
import Synchronization

/// Folders of a test run, with the servers and programs that live in them: they go with this process,
/// however it ends.
package enum Leftovers {
  private static let watch = Mutex<FolderWatch?>(nil)

  /// Makes a folder that is removed when this process has ended, at the latest.
  ///
  /// - Throws: `FileError` when it cannot be made or watched.
  package static func folder(_ name: String) throws(FileError) -> String {
    PoolWatch.start
    let folder = try Folder.temporary(name)
    // The server of a root user runs as somebody else, who has to get in.
    chmod(folder, 0o755)
    try note(folder)
    return folder
  }

  /// From now on this folder goes with the process, as do those who work or write there.
  package static func note(_ folder: String) throws(FileError) {
    let problem = watch.withLock { watch -> FileError? in
      do throws(FileError) {
        if watch == nil {
          watch = try FolderWatch()
          // A run that ends by itself leaves nothing when its process has gone.
          atexit { Leftovers.end() }
        }
        try watch?.note(folder)
        return nil
      } catch {
        return error
      }
    }
    if let problem { throw problem }
  }

  private static func end() {
    watch.withLock { watch in
      defer { watch = nil }
      return watch
    }?.end()
  }
}
