import Glibc
import Kit
import Testing

@Suite("Files", .serialized)
struct FileTests {
  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = try Folder.temporary("kit")
    defer { Folder.remove(folder) }
    try body(folder)
  }

  @Test("a file is written whole, for its owner only, and nothing else is left")
  func write() throws {
    try inFolder { folder in
      try AtomicFile.write([1, 2, 3], to: "\(folder)/a")
      try AtomicFile.write([4], to: "\(folder)/a")
      #expect(try FileBytes.read("\(folder)/a", limit: 10) == [4])
      #expect(Folder.names(in: folder) == ["a"])
      var status = stat()
      #expect(stat("\(folder)/a", &status) == 0)
      #expect(status.st_mode & 0o777 == 0o600)
    }
  }

  @Test("when the space runs out the old file stays and no half file is left")
  func noSpace() async {
    // In a process of its own: the limit would hold for all that other tests start meanwhile.
    await #expect(processExitsWith: .success) {
      _ = Shutdown.signals()  // From here on a file that grows too large is an error, no signal.
      let folder = try Folder.temporary("kit")
      defer { Folder.remove(folder) }
      let path = "\(folder)/label.pdf"
      try AtomicFile.write([7], to: path)
      let kind = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
      var limit = rlimit()
      getrlimit(kind, &limit)
      limit.rlim_cur = 1 << 20
      setrlimit(kind, &limit)
      #expect { try AtomicFile.write([UInt8](repeating: 1, count: 3 << 20), to: path) } throws: {
        ($0 as? FileError)?.code == EFBIG
      }
      #expect(try FileBytes.read(path, limit: 10) == [7])
      #expect(Folder.names(in: folder) == ["label.pdf"])
    }
  }

  @Test("a device that is full is an error that names no path to strangers")
  func full() {
    #expect { try AtomicFile.write([1], to: "/proc/no-such/secret-name") } throws: { error in
      !"\(error)".contains("secret-name") && String(reflecting: error).contains("secret-name")
    }
  }

  @Test("a folder in the way is an error and leaves nothing")
  func folderInTheWay() throws {
    try inFolder { folder in
      try Folder.make("\(folder)/a/b")
      #expect(throws: FileError.self) { try AtomicFile.write([1], to: "\(folder)/a") }
      #expect(Folder.names(in: folder) == ["a"])
    }
  }

  @Test("the same content is stored once, and a cut-off copy of it is replaced")
  func contentStore() throws {
    try inFolder { folder in
      let store = ContentStore(folder: "\(folder)/labels")
      let first = try store.put([1, 2, 3], sha256: "abcdef", extension: "pdf")
      #expect(first == "\(folder)/labels/a/abcdef.pdf")
      #expect(try store.put([1, 2, 3], sha256: "abcdef", extension: "pdf") == first)
      #expect(Folder.names(in: "\(folder)/labels/a") == ["abcdef.pdf"])
      #expect(truncate(first, 1) == 0)
      #expect(try store.put([1, 2, 3], sha256: "abcdef", extension: "pdf") == first)
      #expect(try store.read(first, limit: 3) == [1, 2, 3])
      #expect(throws: FileError.self) { try store.read(first, limit: 2) }
      #expect(throws: FileError.self) { try store.read(first + "x", limit: 2) }
    }
  }

  @Test("a locked file is never seen without its lock, and goes with it")
  func lockedFile() throws {
    try inFolder { folder in
      let path = "\(folder)/w.sends"
      let file = try LockedFile.make(path)
      // Its name came with the lock; nothing else is left.
      #expect(Folder.names(in: folder) == ["w.sends"])
      #expect(try LockedFile.open(path) == nil)
      #expect(file.append("17\n"))
      #expect(file.text == "17\n")
      file.remove()
      #expect(Folder.names(in: folder) == [])
    }
  }

  @Test("paths are taken apart and made absolute")
  func paths() {
    #expect(Path.folder(of: "/a/b") == "/a")
    #expect(Path.folder(of: "/a") == "/")
    #expect(Path.folder(of: "a") == ".")
    #expect(Path.absolute("/a") == "/a")
    #expect(Path.absolute("a").hasSuffix("/a"))
  }
}
