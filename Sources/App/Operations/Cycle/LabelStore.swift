import CanadaPost
import Cryptography
public import Kit

/// Where labels are kept: by content hash, written whole or not at all.
public struct LabelStore: Sendable {
  let store: ContentStore
  let threads: BlockingThreads

  public init(folder: String, threads: BlockingThreads) {
    store = ContentStore(folder: folder)
    self.threads = threads
  }

  /// - Returns: the path of the stored file.
  func put(_ bytes: [UInt8], sha256: String) async -> Result<String, FileError> {
    await threads.run { [store] in
      Result { () throws(FileError) in
        try store.put(bytes, sha256: sha256, extension: "pdf")
      }
    }
  }
}
