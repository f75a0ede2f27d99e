import Glibc
import Kit
import Testing

@Suite("Child processes")
struct ProcessTests {
  private let patience = Duration.seconds(30)

  @Test("what a program writes and its exit code are told")
  func output() async throws {
    let result = try await ChildProcess.run(
      ["sh", "-c", "echo out; echo err >&2; exit 3"], deadline: patience)
    #expect(result.text == "out\n")
    #expect(result.errorText == "err\n")
    #expect(result.status == ChildProcess.Status(code: 3))
    #expect(!result.status.isSuccess)
  }

  @Test("much input and much output at once do not block each other")
  func large() async throws {
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0) }
    let result = try await ChildProcess.run(["cat"], input: bytes, deadline: patience)
    #expect(result.output == bytes)
    let cut = try await ChildProcess.run(["cat"], input: bytes, deadline: patience, limit: 1_000)
    #expect(cut.output.count == 1_000)
    #expect(cut.status.isSuccess)
  }

  @Test("a program that does not read its input is no trouble")
  func deaf() async throws {
    let result = try await ChildProcess.run(
      ["true"], input: [UInt8](repeating: 0, count: 1_000_000), deadline: patience)
    #expect(result.status.isSuccess)
  }

  @Test("a program that is not there cannot be started")
  func missing() async {
    await #expect { try await ChildProcess.run(["/no/such/program"], deadline: patience) } throws: {
      ($0 as? ProcessError)?.code == .cannotStart
    }
    #expect(throws: FileError.self) { try ChildProcess.start([]) }
  }

  @Test("at the deadline the program and its children are killed")
  func deadline() async throws {
    let folder = try Folder.temporary("kit")
    defer { Folder.remove(folder) }
    var pid: Int32?
    // Once more with more time where a busy machine did not come so far.
    for seconds in [2, 12, 60] where pid == nil {
      await #expect {
        try await ChildProcess.run(
          ["sh", "-c", "sleep 600 & echo $! > \(folder)/pid; wait"], deadline: .seconds(seconds))
      } throws: { ($0 as? ProcessError)?.code == .timedOut }
      pid = Int32(String(decoding: Folder.bytes(of: "\(folder)/pid"), as: UTF8.self).dropLast())
    }
    let sleeper = try #require(pid)
    for _ in 0..<500 where isAlive(sleeper) { try await Task.sleep(for: .milliseconds(10)) }
    #expect(!isAlive(sleeper))
  }

  @Test("a cancelled task does not wait for the program")
  func cancelled() async {
    let task = Task { try await ChildProcess.run(["sleep", "60"], deadline: .seconds(60)) }
    task.cancel()
    let result = await task.result
    #expect { try result.get() } throws: { ($0 as? ProcessError)?.code == .cancelled }
  }

  @Test("a grandchild that stays behind with the pipe is not waited for")
  func grandchild() async throws {
    let result = try await ChildProcess.run(
      ["sh", "-c", "sleep 600 & echo $!"], deadline: .seconds(500))
    let grandchild = try #require(Int32(result.text.dropLast()))
    #expect(isAlive(grandchild))
    kill(grandchild, SIGKILL)
  }

  @Test("a child gets only the descriptors meant for it, default signals and a given environment")
  func clean() async throws {
    _ = Shutdown.signals()  // Ignores SIGPIPE here.
    let leak = open("/dev/null", O_RDONLY)
    defer { close(leak) }
    let files = try await ChildProcess.run(["sh", "-c", "echo /proc/$$/fd/*"], deadline: patience)
    #expect(files.text.split(separator: " ").count <= 4)
    let signals = try await ChildProcess.run(
      ["grep", "SigIgn", "/proc/self/status"], deadline: patience)
    let ignored = try #require(UInt64(signals.text.dropFirst(8).dropLast(), radix: 16))
    // 32 and 33 are the C library's own.
    #expect(ignored & 0x7FFF_FFFF == 0)
    let names = try await ChildProcess.run(
      ["/usr/bin/env"], environment: ["A": "b=c"], folder: "/", deadline: patience)
    #expect(names.text == "A=b=c\n")
    let folder = try await ChildProcess.run(["pwd"], folder: "/usr", deadline: patience)
    #expect(folder.text == "/usr\n")
  }

  @Test("a signal's death is told as such, to everyone who waits, and later signals reach nobody")
  func killed() async throws {
    let child = try ChildProcess.start(["sleep", "60"], ChildProcess.Options(group: .own))
    #expect(child.status == nil)
    async let first = child.wait()
    async let second = child.wait()
    child.kill(SIGTERM)
    let statuses = await [first, second]
    #expect(statuses.allSatisfy { $0 == ChildProcess.Status(signal: SIGTERM) })
    child.kill(SIGKILL)
    child.kill(SIGKILL, group: true)
    #expect(await child.wait() == ChildProcess.Status(signal: SIGTERM))
  }

  @Test("a child's output goes to the end of a file")
  func file() async throws {
    let folder = try Folder.temporary("kit")
    defer { Folder.remove(folder) }
    for word in ["a", "b"] {
      let child = try ChildProcess.start(
        ["echo", word], ChildProcess.Options(output: .file("\(folder)/log"), group: .ownSession))
      #expect(await child.wait().isSuccess)
    }
    #expect(try FileBytes.read("\(folder)/log", limit: 10) == Array("a\nb\n".utf8))
  }

  @Test("many children at once each tell their own end")
  func many() async throws {
    try await withThrowingTaskGroup { group in
      for code in Int32(0)..<20 {
        group.addTask {
          let child = try ChildProcess.start(["sh", "-c", "exit \(code)"])
          return (code, await child.wait())
        }
      }
      for try await (code, status) in group { #expect(status.code == code) }
    }
  }

  @Test("the wish to end reaches every listener and kills nobody")
  func shutdown() async {
    var first = Shutdown.signals().makeAsyncIterator()
    var second = Shutdown.signals().makeAsyncIterator()
    kill(getpid(), SIGTERM)
    #expect(await first.next() == SIGTERM)
    #expect(await second.next() == SIGTERM)
    kill(getpid(), SIGINT)
    #expect(await first.next() == SIGINT)
  }

  /// A zombie that nobody has reaped yet is dead.
  private func isAlive(_ pid: Int32) -> Bool {
    let status = String(decoding: Folder.bytes(of: "/proc/\(pid)/stat"), as: UTF8.self)
    return !status.isEmpty && !status.contains(") Z ")
  }
}
