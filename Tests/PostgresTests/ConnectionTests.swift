import Kit
import Postgres
import Testing

extension PostgresTests {
  @Suite struct ConnectionTests {
    @Test("a statement is prepared once and asked often")
    func prepared() async throws {
      let connection = try await connect()
      for i in 0..<50 {
        #expect(try await connection.query(One(), deadline: patience) == [1])
        let unprepared = OneUnprepared(value: i)
        #expect(try await connection.query(unprepared, deadline: patience) == [i + 1])
      }
      #expect(try await connection.query(CountPrepared(), deadline: patience) == [1])
    }

    struct CountPrepared: PostgresStatement {
      static let sql = "select count(*) from pg_prepared_statements"
      var prepares: Bool { false }
      static func row(_ r: PostgresRow) throws(PostgresError) -> Int { try r.int(0) }
    }

    @Test("an error of the server names the statement and leaves the connection usable")
    func serverError() async throws {
      let connection = try await connect()
      let error = await failure { try await connection.query(Divide(), deadline: patience) }
      #expect(error?.sqlState == "22012")
      #expect(error?.statement == "Divide")
      let nonsense = await failure { try await connection.query(Nonsense(), deadline: patience) }
      #expect(nonsense?.sqlState == "42601")
      #expect(try await connection.query(One(), deadline: patience) == [1])
    }

    @Test("a deadline ends a statement and leaves the connection usable")
    func deadline() async throws {
      let connection = try await connect()
      let error = await failure {
        try await connection.query(Pause(seconds: 60), deadline: .seconds(2))
      }
      #expect(error?.code == .timedOut)
      #expect(error?.commitMayHaveHappened == false)
      #expect(!connection.isBroken)
      #expect(try await connection.query(One(), deadline: patience) == [1])
    }

    @Test("a deadline ends a script and leaves the connection usable")
    func scriptDeadline() async throws {
      let connection = try await connect()
      let error = await failure {
        try await connection.script("select pg_sleep(60)", deadline: .seconds(2))
      }
      #expect(error?.code == .timedOut)
      #expect(try await connection.query(One(), deadline: patience) == [1])
    }

    @Test("cancelling the task ends the statement and leaves the connection usable")
    func cancellation() async throws {
      let connection = try await connect()
      let pid = try #require(try await connection.query(ProcessID(), deadline: patience).first)
      let other = try await connect()
      let asking = Task { try await connection.query(Pause(seconds: 60), deadline: patience) }
      #expect(
        try await eventually {
          try await other.query(IsAsleep(pid: pid), deadline: patience) == [true]
        })
      asking.cancel()
      let error = await failure { try await asking.value }
      #expect(error?.code == .cancelled)
      #expect(try await connection.query(One(), deadline: patience) == [1])
    }

    @Test("a task that is cancelled already asks nothing")
    func cancelledBefore() async throws {
      let connection = try await connect()
      try await connection.makeItems()
      let asking = Task {
        while !Task.isCancelled { await Task.yield() }
        try await connection.query(InsertItem(id: 1), deadline: patience)
      }
      asking.cancel()
      _ = await failure { try await asking.value }
      // Either it was stopped in time or it was complete; the connection is at rest again.
      #expect(try await connection.query(One(), deadline: patience) == [1])
    }

    @Test("deadlines that come at any moment never break the connection")
    func manyDeadlines() async throws {
      let connection = try await connect()
      for i in 0..<60 {
        let seconds = Double(i % 7) / 1_000
        _ = await failure {
          try await connection.query(
            Pause(seconds: seconds), deadline: .microseconds(200 + i * 100))
        }
        #expect(!connection.isBroken)
      }
      #expect(try await connection.query(One(), deadline: patience) == [1])
    }

    @Test("a connection that the server ended is broken and says so")
    func ended() async throws {
      let connection = try await connect()
      let pid = try #require(try await connection.query(ProcessID(), deadline: patience).first)
      let other = try await connect()
      #expect(try await other.query(EndSession(pid: pid), deadline: patience) == [true])
      let error = await failure { try await connection.query(One(), deadline: patience) }
      #expect(error?.isConnectionTrouble == true)
      #expect(error?.commitMayHaveHappened == false)
      #expect(connection.isBroken)
    }

    @Test("a session ended in the middle of a batch leaves open whether it was stored")
    func endedInMidst() async throws {
      let connection = try await connect()
      let pid = try #require(try await connection.query(ProcessID(), deadline: patience).first)
      let asking = Task { try await connection.query(Pause(seconds: 60), deadline: patience) }
      let other = try await connect()
      #expect(
        try await eventually {
          try await other.query(IsAsleep(pid: pid), deadline: patience) == [true]
        })
      _ = try await other.query(EndSession(pid: pid), deadline: patience)
      let error = await failure { try await asking.value }
      #expect(error?.isConnectionTrouble == true)
      #expect(error?.commitMayHaveHappened == true)
    }

    @Test(
      "a wrong database or password is refused at once, by its SQLSTATE", .timeLimit(.minutes(2)))
    func refused() async throws {
      var configuration = try configuration
      configuration.database = "nowhere"
      let error = await failure {
        try await PostgresConnection.open(configuration, deadline: patience)
      }
      #expect(error?.code == .sqlState("3D000"))
      #expect(error?.isConnectionTrouble == false)
      let pool = PostgresPool(configuration, size: 1)
      // Tried again until its deadline, it would not end within the test's time.
      let inPool = await failure { try await pool.query(One(), deadline: .hours(1)) }
      #expect(inPool?.sqlState == "3D000")
    }

    @Test("a plan that a changed table spoiled is made anew")
    func changedTable() async throws {
      let connection = try await connect()
      try await connection.makeItems()
      try await connection.query(InsertItem(id: 1), deadline: patience)
      #expect(try await connection.query(ReadItems(), deadline: patience).count == 1)
      try await connection.script(
        "alter table items alter column name type varchar(50)", deadline: patience)
      #expect(try await connection.query(ReadItems(), deadline: patience).count == 1)
      try await connection.script("deallocate all", deadline: patience)
      #expect(try await connection.query(ReadItems(), deadline: patience).count == 1)
    }

    @Test("addresses are understood, and passwords are never shown")
    func addresses() throws {
      let url = "postgres://me:s3cret@one:5433,two:5434/shop?target_session_attrs=any"
      let configuration = try PostgresConfiguration(url: url)
      #expect(configuration.database == "shop")
      #expect(configuration.password == "s3cret")
      #expect("\(configuration)" == "shop at one,two")
      let wrong = #expect(throws: PostgresError.self) {
        try PostgresConfiguration(url: "postgres://me:s3cret@host:port:x/?bad=1")
      }
      #expect(wrong.map { !$0.debugDescription.contains("s3cret") } == true)
    }

    @Test("the next host is asked when the first is not there")
    func hosts() async throws {
      let good = "\(try configuration)".split(separator: " ").last.map(String.init) ?? ""
      let url = "host=/nowhere,127.0.0.1,\(good) port=5432,1,5432 dbname=quayside user=quayside"
      let several = try PostgresConfiguration(url: url)
      let connection = try await PostgresConnection.open(several, deadline: patience)
      #expect(try await connection.query(One(), deadline: patience) == [1])
      let none = try PostgresConfiguration(url: "host=/nowhere,127.0.0.1 port=5432,1")
      let error = await failure { try await PostgresConnection.open(none, deadline: patience) }
      #expect(error?.code == .connectionLost)
    }

    @Test("the schema is where tables are looked for, whatever its name")
    func schema() async throws {
      var configuration = try configuration
      configuration.schema = "it's a \"schema\\"
      let connection = try await PostgresConnection.open(configuration, deadline: patience)
      #expect(
        try await connection.query(SearchPath(), deadline: patience) == [
          "\"it's a \"\"schema\\\""
        ])
    }

    struct SearchPath: PostgresStatement {
      static let sql = "select current_setting('search_path')"
      static func row(_ r: PostgresRow) throws(PostgresError) -> String { try r.string(0) }
    }
  }
}
