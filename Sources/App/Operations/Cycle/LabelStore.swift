import Cryptography
public import Kit
import Ledger

/// Where labels are kept: by content hash, under their name whole or not at all.
///
/// They are not synced one by one: the carrier gives a label as often as it is asked for. A worker
/// that starts looks whether a power cut took any of the latest, and fetches those again
/// (`Reconciler.mendLabels`).
public struct LabelStore: Sendable {
  private let store: ContentStore
  private let threads: BlockingThreads

  public init(folder: String, threads: BlockingThreads) {
    store = ContentStore(folder: folder)
    // A folder that cannot be made is reported by the first label.
    try? Folder.make(folder)
    Folder.spreadSubfolders(of: folder)
    self.threads = threads
  }

  /// - Returns: the path of the stored file.
  func put(_ bytes: [UInt8], sha256: String) async -> Result<String, FileError> {
    await threads.run { [store] in
      Result { () throws(FileError) in
        try store.put(bytes, sha256: sha256, extension: "pdf", syncs: false)
      }
    }
  }

  /// Which of these files are not what was stored.
  func damaged(_ labels: [StoredLabel]) async -> [StoredLabel] {
    await threads.run {
      labels.filter { label in
        guard let bytes = try? FileBytes.read(label.path, limit: label.bytes) else { return true }
        return SHA256.hex(SHA256.hash(bytes)) != label.sha256
      }
    }
  }
}
