import ClusterStage
import Kit
import Postgres
import Testing

extension FaultTests {
  /// The tests clean up behind themselves, also when they are killed.
  @Suite struct LeftoversTests {
    @Test("when a run's pipe ends, its server, its programs and its folder go, and nobody else's")
    func gone() async throws {
      let mine = try Leftovers.folder("quayside-leftovers")
      let other = try Leftovers.folder("quayside-leftovers")
      defer { Folder.remove(other) }
      let cluster = try await PrivateCluster.open(folder: mine, log: .silent)
      let server = try #require(cluster.serverPID)
      func start(_ folder: String) throws -> ChildProcess {
        try ChildProcess.start(
          ["sleep", "600"], .init(output: .file(folder + "/out"), error: .null))
      }
      let programs = [try start(mine), try start(other)]
      let watch = try FolderWatch()
      try watch.note(mine)
      try watch.note("/nowhere/at/all")
      #expect(watch.end())
      #expect(await programs[0].wait().signal != nil)
      #expect(!Folder.exists(mine) && Folder.exists(other))
      #expect(!Folder.exists("/proc/\(server)/cwd/"))
      #expect(programs[1].status == nil)
      await programs[1].stop()
      await cluster.close()
    }
  }
}
