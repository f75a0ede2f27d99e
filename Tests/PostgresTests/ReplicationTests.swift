import Kit
import Postgres
import Testing

extension PostgresTests {
  /// A primary whose synchronous standby is away: what it answers then must not count as stored.
  @Suite struct ReplicationTests {
    struct InsertKept: PostgresStatement {
      static let sql = "insert into kept (id) values ($1)"
      let id: Int
      func bind(_ b: inout PostgresBindings) { b.append(id) }
    }

    struct CountKept: PostgresStatement {
      static let sql = "select count(*) from kept"
      static func row(_ r: PostgresRow) throws(PostgresError) -> Int { try r.int(0) }
    }

    /// Deadlines that pass while the standby is awaited: a longer one where a busy machine did not come that
    /// far, which leaves nothing behind.
    static let short = [0.2, 1, 5, 20].map { Duration.seconds($0) }

    /// What ended `work` when its outcome was open.
    func unheard(
      _ work: (Duration) async throws -> Void
    ) async -> PostgresError? {
      var error: PostgresError?
      for deadline in Self.short where error?.commitMayHaveHappened != true {
        error = await failure { try await work(deadline) }
      }
      return error
    }

    func withAbsentStandby(
      _ body: (PostgresConnection, PostgresConfiguration) async throws -> Void
    ) async throws {
      try await withCluster { cluster in
        let connection = try await PostgresConnection.open(
          cluster.configuration, deadline: patience)
        for table in ["kept", "probes"] {
          try await connection.script("create table \(table) (id int)", deadline: patience)
        }
        for line in [
          "alter system set synchronous_standby_names = 'absent'", "select pg_reload_conf()",
        ] { try await connection.script(line, deadline: patience) }
        let isKnown = try await eventually {
          try await connection.query(ShowStandbys(), deadline: patience) == ["absent"]
        }
        try #require(isKnown)
        // A session that knows it does not wait yet: the checkpointer has to have heard of it, too.
        let isAwaited = try await eventually {
          await failure {
            try await connection.script("insert into probes values (1)", deadline: Self.short[0])
          }?.commitMayHaveHappened == true
        }
        try #require(isAwaited)
        try await body(connection, cluster.configuration)
        await connection.close()
      }
    }

    struct ShowStandbys: PostgresStatement {
      static let sql = "select current_setting('synchronous_standby_names')"
      static func row(_ r: PostgresRow) throws(PostgresError) -> String { try r.string(0) }
    }

    @Test("a commit that no standby confirmed is an unknown outcome, not a success")
    func unconfirmed() async throws {
      try await withAbsentStandby { connection, _ in
        let batch = await unheard {
          _ = try await connection.query(InsertKept(id: 1), deadline: $0)
        }
        #expect(batch?.code == .timedOut)
        #expect(batch?.commitMayHaveHappened == true)
        let script = await unheard {
          try await connection.script("insert into kept values (2)", deadline: $0)
        }
        #expect(script?.commitMayHaveHappened == true)
        let transaction = await unheard {
          try await connection.transaction(deadline: $0) { connection in
            _ = try await connection.query(InsertKept(id: 3), deadline: patience)
          }
        }
        #expect(transaction?.commitMayHaveHappened == true)
        // All three are on this server nevertheless, and the connection is as good as before.
        let count = try await connection.query(CountKept(), deadline: patience)
        #expect(count == [3])
        #expect(!connection.isBroken && !connection.isInTransaction)
      }
    }

    @Test("somebody else who ends the wait for the standby does not make it a success either")
    func endedByOthers() async throws {
      try await withAbsentStandby { connection, configuration in
        let other = try await PostgresConnection.open(configuration, deadline: patience)
        let pid = try #require(try await connection.query(ProcessID(), deadline: patience).first)
        let inserting = Task { () -> PostgresError? in
          await failure { try await connection.query(InsertKept(id: 1), deadline: patience) }
        }
        #expect(
          try await eventually {
            try await other.query(CancelWait(pid: pid), deadline: patience) == [true]
          })
        let error = await inserting.value
        #expect(error?.commitMayHaveHappened == true)
        #expect(error?.isConnectionTrouble == true)
        await other.close()
      }
    }

    /// Only once it waits.
    struct CancelWait: PostgresStatement {
      static let sql = """
        select pg_cancel_backend(pid) from pg_stat_activity
        where pid = $1 and wait_event = 'SyncRep'
        """
      let pid: Int
      func bind(_ b: inout PostgresBindings) { b.append(Int32(pid)) }
      static func row(_ r: PostgresRow) throws(PostgresError) -> Bool { try r.bool(0) }
    }
  }
}
