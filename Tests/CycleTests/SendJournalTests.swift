import ClusterStage
import Glibc
import Kit
import Operations
import Testing

@Suite struct `The send journal` {
  /// As a full disk leaves it: the first digits of a mark.
  private func writeHalfAMark(_ path: String) throws {
    let file = open(path, O_WRONLY | O_APPEND)
    try #require(file >= 0)
    defer { close(file) }
    let digits: [UInt8] = Array("12".utf8)
    try #require(write(file, digits, digits.count) == digits.count)
  }

  @Test func `a mark behind half a mark is still read`() throws {
    let folder = try Leftovers.folder("quayside-journal")
    defer { Folder.remove(folder) }
    let journal = try SendJournal(folder: folder, worker: "w")
    #expect(journal.begin(41))
    try writeHalfAMark("\(folder)/w.sends")
    #expect(journal.begin(77))
    let text = String(decoding: Folder.bytes(of: "\(folder)/w.sends"), as: UTF8.self)
    #expect(text.split(separator: "\n").compactMap { Int64($0) } == [41, 12, 77])
    journal.close()
  }
}
