import ClusterStage
import Glibc
import Kit
import Postgres
import Testing

extension PostgresTests {
  /// On clusters of their own, which are restarted, killed and reopened.
  @Suite struct RestartTests {
    /// The postmaster of a cluster that this test opened.
    func postmaster(of cluster: PrivateCluster) throws -> Int32 {
      let text = String(
        decoding: Folder.bytes(of: cluster.folder + "/data/postmaster.pid"), as: UTF8.self)
      return try #require(text.split(separator: "\n").first.flatMap { Int32($0) })
    }

    func isAlive(_ pid: Int32) -> Bool {
      // A process that has ended but was not yet reaped has no folder any more.
      access("/proc/\(pid)/cwd/", F_OK) == 0
    }

    /// `pg_ctl restart -m immediate`, which kills all sessions and recovers from the log.
    func restart(_ cluster: PrivateCluster) async throws {
      let shelf = "/usr/lib/postgresql"
      let version = String(
        decoding: Folder.bytes(of: cluster.folder + "/data/PG_VERSION"), as: UTF8.self
      ).prefix { $0.isNumber }
      var words = [
        "\(shelf)/\(version)/bin/pg_ctl", "restart", "-D", cluster.folder + "/data", "-m",
        "immediate", "-w", "-s", "-l", cluster.folder + "/log/start.log",
      ]
      if Host.isRoot {
        words = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"] + words
      }
      let output = try await ChildProcess.run(words, folder: "/", deadline: patience)
      try #require(output.status.isSuccess, "\(output.errorText)")
    }

    @Test("a restart in the midst of work costs a pool nothing but the statements under way")
    func restartUnderLoad() async throws {
      try await withCluster { cluster in
        let pool = PostgresPool(cluster.configuration, size: 4)
        try await pool.withConnection(deadline: patience) { connection throws(PostgresError) in
          try await connection.script("create table done (id bigint)", deadline: patience)
        }
        let working = (0..<4).map { worker in
          Task { () -> (told: Int, open: Int) in
            var told = 0, open = 0, i = 0
            while !Task.isCancelled {
              i += 1
              let insert = InsertDone(id: worker * 1_000_000 + i)
              do throws(PostgresError) {
                try await pool.query(insert, deadline: patience)
                told += 1
              } catch {
                if error.code == .cancelled { break }
                #expect(error.isConnectionTrouble)
                if error.commitMayHaveHappened { open += 1 }
              }
            }
            return (told, open)
          }
        }
        try await Task.sleep(for: .milliseconds(300))
        try await restart(cluster)
        let before = try await pool.query(CountDone(), deadline: patience).first ?? 0
        #expect(
          try await eventually {
            try await pool.query(CountDone(), deadline: patience)[0] > before + 50
          })
        var told = 0, open = 0
        for task in working {
          task.cancel()
          let one = await task.value
          told += one.told
          open += one.open
        }
        let stored = try #require(try await pool.query(CountDone(), deadline: patience).first)
        // The last of each worker may have been stored although it was cancelled.
        #expect(told <= stored && stored <= told + open + 4)
        await pool.close()
      }
    }

    struct InsertDone: PostgresStatement {
      static let sql = "insert into done (id) values ($1)"
      let id: Int
      func bind(_ b: inout PostgresBindings) { b.append(id) }
    }

    struct CountDone: PostgresStatement {
      static let sql = "select count(*) from done"
      static func row(_ r: PostgresRow) throws(PostgresError) -> Int { try r.int(0) }
    }

    @Test("listening goes on after a restart, and says that something may have been missed")
    func listen() async throws {
      try await withCluster { cluster in
        let listener = PostgresListener(cluster.configuration)
        var heard = listener.notifications(channels: ["news", "Ödd \"name"]).makeAsyncIterator()
        #expect(await heard.next() == .reconnected)
        let pool = PostgresPool(cluster.configuration, size: 1)
        func tell(_ channel: String, _ payload: String) async throws {
          try await pool.withConnection(deadline: patience) { connection throws(PostgresError) in
            try await connection.script(
              "notify \"\(channel)\", '\(payload)'", deadline: patience)
          }
        }
        try await tell("news", "one")
        #expect(await heard.next() == .notified(channel: "news", payload: "one"))
        try await tell("Ödd \"\"name", "")
        #expect(await heard.next() == .notified(channel: "Ödd \"name", payload: ""))
        try await restart(cluster)
        #expect(await heard.next() == .reconnected)
        try await tell("news", "two")
        #expect(await heard.next() == .notified(channel: "news", payload: "two"))
        await pool.close()
      }
    }

    @Test("a cluster whose server was killed is recovered by the next who opens it")
    func killed() async throws {
      try await withFolder { folder in
        let first = try await PrivateCluster.open(folder: folder, log: .silent)
        #expect(first.isNew)
        let connection = try await PostgresConnection.open(first.configuration, deadline: patience)
        try await connection.script(
          "create table kept (id int); insert into kept values (1)", deadline: patience)
        let pid = try postmaster(of: first)
        kill(pid, SIGKILL)
        #expect(try await eventually { !isAlive(pid) })
        let second = try await PrivateCluster.open(folder: folder, log: .silent)
        #expect(!second.isNew)
        let again = try await PostgresConnection.open(second.configuration, deadline: patience)
        try await again.script("insert into kept values (2)", deadline: patience)
        #expect(try postmaster(of: second) != pid)
        await again.close()
        await first.close()
        await second.close()
      }
    }

    @Test("the last of several users stops the server, the others leave it running")
    func users() async throws {
      try await withFolder { folder in
        async let one = PrivateCluster.open(folder: folder, log: .silent)
        async let two = PrivateCluster.open(folder: folder, log: .silent)
        let (first, second) = try await (one, two)
        #expect([first.isNew, second.isNew].filter(\.self).count == 1)
        let pid = try postmaster(of: first)
        #expect(try postmaster(of: second) == pid)
        await first.close()
        await first.close()
        #expect(isAlive(pid))
        let connection = try await PostgresConnection.open(
          second.configuration, deadline: patience)
        #expect(try await connection.query(One(), deadline: patience) == [1])
        await second.close()
        #expect(!isAlive(pid))
        #expect(!Folder.exists(second.folder + "/data/postmaster.pid"))
      }
    }

    @Test("a server that its last user left behind is adopted, and stopped in the end")
    func adopted() async throws {
      try await withFolder { folder in
        // Dropped without `close`: the same as a user that was killed.
        let pid = try postmaster(of: try await PrivateCluster.open(folder: folder, log: .silent))
        #expect(isAlive(pid))
        // Of a session of its own: what ends us does not end it.
        #expect(getsid(pid) == pid)
        let cluster = try await PrivateCluster.open(folder: folder, log: .silent)
        #expect(try postmaster(of: cluster) == pid)
        await cluster.close()
        #expect(!isAlive(pid))
      }
    }

    @Test("a making that was interrupted is begun again")
    func interruptedMaking() async throws {
      try await withFolder { folder in
        try Folder.make(folder + "/postgres/data.unfinished/base")
        let cluster = try await PrivateCluster.open(folder: folder, log: .silent)
        #expect(cluster.isNew)
        await cluster.close()
        #expect(!Folder.exists(folder + "/postgres/data.unfinished"))
      }
    }

    @Test("foreign files in the place of the data are not touched")
    func foreignData() async throws {
      try await withFolder { folder in
        try Folder.make(folder + "/postgres/data")
        try AtomicFile.write([1], to: folder + "/postgres/data/mine")
        await #expect(throws: ClusterError.self) {
          try await PrivateCluster.open(folder: folder, log: .silent)
        }
        #expect(Folder.exists(folder + "/postgres/data/mine"))
      }
    }

    @Test("a path too long for a socket gets a short one elsewhere")
    func longPath() async throws {
      try await withFolder { folder in
        let long = folder + "/" + String(repeating: "long", count: 30)
        let cluster = try await PrivateCluster.open(
          folder: long, settings: ["work_mem": "7MB"], log: .silent)
        let connection = try await PostgresConnection.open(
          cluster.configuration, deadline: patience)
        #expect(try await connection.query(WorkMemory(), deadline: patience) == ["7MB"])
        await connection.close()
        await cluster.close()
        let socketFolder = "\(cluster.configuration)".split(separator: " ").last.map(String.init)
        #expect(socketFolder?.hasPrefix("/tmp/quayside-") == true)
        #expect(socketFolder.map(Folder.exists) == false)
      }
    }

    struct WorkMemory: PostgresStatement {
      static let sql = "select current_setting('work_mem')"
      static func row(_ r: PostgresRow) throws(PostgresError) -> String { try r.string(0) }
    }

    @Test(
      "below a closed folder the cluster of root lives elsewhere, always in the same place",
      .enabled(if: Host.isRoot))
    func closedFolder() async throws {
      try await withFolder(mode: 0o700) { folder in
        let cluster = try await PrivateCluster.open(folder: folder, log: .silent)
        try #require(cluster.folder.hasPrefix("/var/tmp/quayside-"))
        try Leftovers.note(cluster.folder)
        let again = try await PrivateCluster.open(folder: folder, log: .silent)
        #expect(again.folder == cluster.folder)
        await cluster.close()
        await again.close()
        Folder.remove(cluster.folder)
      }
    }
  }
}
