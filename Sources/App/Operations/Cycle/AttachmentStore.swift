import Cryptography
public import Kit

/// Files of messages, by content hash, in the state folder. They are never opened or decoded here:
/// what they hold concerns only whoever downloads them.
public struct AttachmentStore: Sendable {
  /// Reads of one file are bounded by what was allowed when it was stored.
  static let bytesMax = 32 << 20

  private let store: ContentStore
  private let threads: BlockingThreads

  public init(stateFolder: String, threads: BlockingThreads = BlockingThreads(count: 1)) {
    store = ContentStore(folder: stateFolder + "/attachments")
    self.threads = threads
  }

  /// - Returns: the hash under which it can be read again.
  public func put(_ bytes: [UInt8]) async -> Result<String, FileError> {
    let sha256 = SHA256.hex(SHA256.hash(bytes))
    return await threads.run { [store] in
      Result { () throws(FileError) in
        _ = try store.put(bytes, sha256: sha256, extension: "bin")
        return sha256
      }
    }
  }

  /// `nil` when it is not there, or is no longer what was stored.
  public func read(_ sha256: String) async -> [UInt8]? {
    guard sha256.count == 64, sha256.utf8.allSatisfy(Self.isHex) else { return nil }
    let path = "\(store.folder)/\(sha256.prefix(1))/\(sha256).bin"
    return await threads.run { [store] in
      guard let bytes = try? store.read(path, limit: Self.bytesMax),
        SHA256.hex(SHA256.hash(bytes)) == sha256
      else { return nil }
      return bytes
    }
  }

  private static func isHex(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }
}
