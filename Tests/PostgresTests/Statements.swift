import Kit
import Postgres

struct One: PostgresStatement {
  static let sql = "select 1"
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int { try r.int(0) }
}

struct OneUnprepared: PostgresStatement {
  static let sql = "select $1::int8 + 1"
  let value: Int
  var prepares: Bool { false }
  func bind(_ b: inout PostgresBindings) { b.append(value) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int { try r.int(0) }
}

struct Pause: PostgresStatement {
  static let sql = "select pg_sleep($1)::text"
  let seconds: Double
  func bind(_ b: inout PostgresBindings) { b.append(seconds) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> String { try r.string(0) }
}

struct ProcessID: PostgresStatement {
  static let sql = "select pg_backend_pid()"
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int { try r.int(0) }
}

struct EndSession: PostgresStatement {
  static let sql = "select pg_terminate_backend($1, 10000)"
  let pid: Int
  func bind(_ b: inout PostgresBindings) { b.append(Int32(pid)) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Bool { try r.bool(0) }
}

/// Whether that session is in the middle of `Pause`.
struct IsAsleep: PostgresStatement {
  static let sql =
    "select coalesce(wait_event = 'PgSleep', false) from pg_stat_activity where pid = $1"
  let pid: Int
  func bind(_ b: inout PostgresBindings) { b.append(Int32(pid)) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Bool { try r.bool(0) }
}

/// Session-local tables: nothing is left behind.
struct InsertItem: PostgresStatement {
  static let sql = "insert into items (id, name) values ($1, $2)"
  let id: Int
  var name: String? = "thing"
  func bind(_ b: inout PostgresBindings) {
    b.append(id)
    b.append(name)
  }
}

struct ReadItems: PostgresStatement {
  static let sql = "select id, name from items order by id"
  struct Item: Sendable, Equatable {
    let id: Int
    let name: String?
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Item {
    Item(id: try r.int(0), name: try r.stringOrNil(1))
  }
}

struct Begin: PostgresStatement { static let sql = "begin" }
struct Commit: PostgresStatement { static let sql = "commit" }
struct Divide: PostgresStatement { static let sql = "select 1 / 0" }
struct Nonsense: PostgresStatement { static let sql = "selec nothing" }

extension PostgresConnection {
  func makeItems() async throws {
    try await script(
      "create temporary table items (id bigint primary key, name text)",
      deadline: PostgresTests.patience)
  }
}
