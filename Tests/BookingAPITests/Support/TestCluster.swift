import Glibc
import Kit
import Ledger
import Postgres
import Synchronization

/// One private PostgreSQL for the whole run, with a migrated database of which each test gets a copy.
/// It goes with the process.
actor TestCluster {
  static let shared = TestCluster()
  static let patience = Duration.seconds(60)

  private static let template = "booking_template"
  private var opening: Task<PrivateCluster, any Error>?
  private var made = 0

  func database() async throws -> PostgresConfiguration {
    let cluster = try await cluster()
    made += 1
    var configuration = cluster.configuration
    configuration.database = "booking_\(made)"
    let connection = try await PostgresConnection.open(
      cluster.configuration, deadline: Self.patience)
    try await connection.script(
      "create database \(configuration.database) template \(Self.template)",
      deadline: Self.patience)
    await connection.close()
    return configuration
  }

  func socket() async throws -> String { try await cluster().folder + "/socket" }

  private func cluster() async throws -> PrivateCluster {
    if let opening { return try await opening.value }
    let task = Task { try await Self.open() }
    opening = task
    return try await task.value
  }

  private static func open() async throws -> PrivateCluster {
    let folder = try Folder.temporary("quayside-booking")
    // The server of a root user runs as somebody else, who has to get in.
    chmod(folder, 0o755)
    Leftovers.note(folder)
    let cluster = try await PrivateCluster.open(
      folder: folder,
      settings: ["fsync": "off", "max_connections": "200", "shared_buffers": "128MB"],
      log: .silent)
    Leftovers.note(cluster: cluster.folder)
    let admin = try await PostgresConnection.open(cluster.configuration, deadline: patience)
    try await admin.script("create database \(template)", deadline: patience)
    await admin.close()
    var configuration = cluster.configuration
    configuration.database = template
    let connection = try await PostgresConnection.open(configuration, deadline: patience)
    _ = try await LedgerSchema.migrator.migrate(on: connection)
    try await connection.script(Self.asking, deadline: patience)
    await connection.close()
    return cluster
  }

  /// A cluster for one test that does to it what others must not feel.
  static func own() async throws -> PrivateCluster {
    let folder = try Folder.temporary("quayside-booking")
    chmod(folder, 0o755)
    Leftovers.note(folder)
    let cluster = try await PrivateCluster.open(folder: folder, log: .silent)
    Leftovers.note(cluster: cluster.folder)
    let connection = try await PostgresConnection.open(cluster.configuration, deadline: patience)
    _ = try await LedgerSchema.migrator.migrate(on: connection)
    try await connection.script(asking, deadline: patience)
    await connection.close()
    return cluster
  }

  /// What `pg_ctl stop -m immediate` does.
  static func crash(_ folder: String) { Leftovers.crash(folder) }

  static func reopen(_ cluster: PrivateCluster) async throws -> PrivateCluster {
    // The cluster lives in a folder of that name below the one that was asked for.
    let parent = "/" + cluster.folder.split(separator: "/").dropLast().joined(separator: "/")
    return try await PrivateCluster.open(folder: parent, log: .silent)
  }

  /// In a schema of its own, beside what is tested.
  private static let asking = """
    create schema testing;
    create function testing.ask(query text) returns setof text language plpgsql as
      $$ begin return query execute query; end $$
    """
}

/// Folders and servers of this run; both go when the process ends.
enum Leftovers {
  private struct State {
    var folders: [String] = []
    var clusters: [String] = []
  }
  private static let state = Mutex(State())

  static func note(_ folder: String) {
    let isFirst = state.withLock { state in
      state.folders.append(folder)
      return state.folders.count == 1
    }
    if isFirst { atexit { Leftovers.removeAll() } }
  }

  static func note(cluster: String) { state.withLock { $0.clusters.append(cluster) } }

  static func crash(_ cluster: String) {
    let file = Folder.bytes(of: cluster + "/data/postmaster.pid")
    let text = String(decoding: file, as: UTF8.self)
    guard let pid = text.split(separator: "\n").first.flatMap({ pid_t($0) }) else { return }
    kill(pid, SIGQUIT)
    for _ in 0..<1_000 where kill(pid, 0) == 0 { usleep(10_000) }
  }

  private static func removeAll() {
    let (folders, clusters) = state.withLock { ($0.folders, $0.clusters) }
    for cluster in clusters { crash(cluster) }
    for folder in folders + clusters { Folder.remove(folder) }
  }
}

/// Any query whose rows are one text.
struct Ask: PostgresStatement {
  static let sql = "select * from testing.ask($1)"
  let query: String
  func bind(_ b: inout PostgresBindings) { b.append(query) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> String? { try r.stringOrNil(0) }
}
