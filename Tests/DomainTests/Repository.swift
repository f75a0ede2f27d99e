import Kit

/// The files beside the code that have to agree with it.
enum Repository {
  /// `root`/Tests/DomainTests/Repository.swift is this file.
  static let root: String = {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast(3)
    return parts.joined(separator: "/")
  }()

  static func text(of path: String) -> String? {
    let file = root + "/" + path
    return Folder.exists(file) ? String(decoding: Folder.bytes(of: file), as: UTF8.self) : nil
  }
}

/// All pairs, in order.
func pairs<A, B>(_ a: [A], _ b: [B]) -> [(A, B)] { a.flatMap { one in b.map { (one, $0) } } }
