public import Kit

/// Where labels are kept: by content hash, written whole or not at all.
///
/// A file is synced before it gets its name; the folder is synced after, once for all the files that
/// came to it meanwhile, and only then does a label count as stored.
public struct LabelStore: Sendable {
  private let store: ContentStore
  private let threads: BlockingThreads
  private let folders: Coalescer<FileError?>

  public init(folder: String, threads: BlockingThreads) {
    store = ContentStore(folder: folder)
    self.threads = threads
    folders = Coalescer(batchMax: 1_000, readsMax: 1) { folders in
      let failures = await threads.run {
        var failures: [String: FileError] = [:]
        for folder in folders {
          do throws(FileError) { try Folder.syncOrThrow(folder) } catch { failures[folder] = error }
        }
        return failures
      }
      return { failures[$0] }
    }
  }

  /// - Returns: the path of the stored file.
  func put(_ bytes: [UInt8], sha256: String) async -> Result<String, FileError> {
    let written = await threads.run { [store] in
      Result { () throws(FileError) in
        try store.put(bytes, sha256: sha256, extension: "pdf", syncsFolder: false)
      }
    }
    guard case .success(let path) = written else { return written }
    if let failure = await folders.read(Path.folder(of: path)) { return .failure(failure) }
    return written
  }
}
