import Kit
import Postgres
import Testing

extension PostgresTests {
  @Suite struct MigratorTests {
    static let first = Migration(
      number: 1, name: "orders", sql: "create table orders (id int); create index on orders (id);")
    static let second = Migration(
      number: 2, name: "names", sql: "alter table orders add name text default 'it''s'")

    /// A schema of its own, dropped afterwards.
    func withSchema(_ name: String, _ body: (PostgresConfiguration) async throws -> Void)
      async throws
    {
      let connection = try await connect()
      try await connection.script("create schema \(name)", deadline: patience)
      var configuration = try configuration
      configuration.schema = name
      let result: Result<Void, any Error>
      do { result = .success(try await body(configuration)) } catch { result = .failure(error) }
      try await connection.script("drop schema \(name) cascade", deadline: patience)
      try result.get()
    }

    @Test("a missing schema, an older one and one that is up to date are told apart")
    func states() async throws {
      try await withSchema("states") { configuration in
        let connection = try await PostgresConnection.open(configuration, deadline: patience)
        let both = Migrator([Self.second, Self.first])
        #expect(try await both.problem(on: connection) == .missing)
        #expect(try await Migrator([Self.first]).migrate(on: connection) == ["1 orders"])
        #expect(try await both.problem(on: connection) == .older(pending: ["2 names"]))
        #expect(try await both.migrate(on: connection) == ["2 names"])
        #expect(try await both.migrate(on: connection) == [])
        let status = try await both.status(on: connection)
        #expect(status.applied == ["1 orders", "2 names"])
        #expect(status.pending.isEmpty && status.problem == nil)
      }
    }

    @Test("a schema that a newer version made, or that was changed, is left alone")
    func unknown() async throws {
      try await withSchema("unknown") { configuration in
        let connection = try await PostgresConnection.open(configuration, deadline: patience)
        _ = try await Migrator([Self.first, Self.second]).migrate(on: connection)
        let newer = SchemaProblem.unknown("migration 2 names")
        #expect(try await Migrator([Self.first]).problem(on: connection) == newer)
        await #expect(throws: newer) { try await Migrator([Self.first]).migrate(on: connection) }
        var changed = Self.first
        changed.sql += " "
        let third = Migration(number: 3, name: "more", sql: "create table more ()")
        let migrator = Migrator([changed, Self.second, third])
        let differs = SchemaProblem.unknown("migration 1 orders differs from what was applied")
        #expect(try await migrator.problem(on: connection) == differs)
        await #expect(throws: differs) { try await migrator.migrate(on: connection) }
        #expect(!connection.isInTransaction)
      }
    }

    @Test("a migration that fails leaves nothing of itself and all before it")
    func failing() async throws {
      try await withSchema("failing") { configuration in
        let connection = try await PostgresConnection.open(configuration, deadline: patience)
        let broken = Migration(
          number: 2, name: "broken", sql: "create table half (id int); select 1 / 0;")
        let error = await failure {
          try await Migrator([Self.first, broken]).migrate(on: connection)
        }
        #expect(error?.sqlState == "22012")
        #expect(error?.statement == "migration 2 broken")
        let status = try await Migrator([Self.first]).status(on: connection)
        #expect(status.applied == ["1 orders"] && status.problem == nil)
        try await connection.script("create table half (id int)", deadline: patience)
      }
    }

    @Test(
      "a migration waits for a table that somebody uses only so long, and leaves nothing of itself")
    func locked() async throws {
      try await withSchema("locked") { configuration in
        let connection = try await PostgresConnection.open(configuration, deadline: patience)
        _ = try await Migrator([Self.first]).migrate(on: connection)
        let user = try await PostgresConnection.open(configuration, deadline: patience)
        try await user.script("begin; lock table orders in share mode", deadline: patience)
        let migrator = Migrator([Self.first, Self.second], lockPatience: .milliseconds(200))
        let error = await failure { try await migrator.migrate(on: connection) }
        #expect(error?.sqlState == "55P03")
        #expect(error?.statement == "migration 2 names")
        try await user.script("commit", deadline: patience)
        #expect(try await migrator.migrate(on: connection) == ["2 names"])
      }
    }

    @Test("many processes may migrate at once; each migration is applied once")
    func together() async throws {
      try await withSchema("together") { configuration in
        let all = (1...5).map { Migration(number: $0, name: "m", sql: "create table t\($0) ()") }
        let done = try await withThrowingTaskGroup(of: [String].self) { group in
          for _ in 0..<4 {
            group.addTask {
              let connection = try await PostgresConnection.open(
                configuration, deadline: patience)
              return try await Migrator(all).migrate(on: connection)
            }
          }
          return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(done.sorted() == ["1 m", "2 m", "3 m", "4 m", "5 m"])
      }
    }
  }
}
