/// Files by content: the same bytes are kept once, under their hash.
public struct ContentStore: Sendable {
  public let folder: String

  public init(folder: String) { self.folder = folder }

  /// - Parameter syncs: `false` for what can be made again, see `AtomicFile.write`.
  /// - Returns: the path.
  public func put(
    _ bytes: [UInt8], sha256: String, extension suffix: String, syncs: Bool = true
  ) throws(FileError) -> String {
    let shelf = "\(folder)/\(sha256.prefix(1))"
    try Folder.make(shelf)
    let path = "\(shelf)/\(sha256).\(suffix)"
    // Stored already: as large as it should be, and its name is its hash.
    if Folder.size(of: path) == bytes.count { return path }
    try AtomicFile.write(bytes, to: path, syncs: syncs)
    return path
  }

  /// - Throws: `FileError`, also when the file is longer than `limit`.
  public func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
    try FileBytes.read(path, limit: limit)
  }
}
