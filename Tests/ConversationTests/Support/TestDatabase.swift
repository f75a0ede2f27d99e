import Glibc
import Kit
import Ledger
import Postgres
import Synchronization

/// One private PostgreSQL for the run; each test gets a copy of a migrated database. It goes with the
/// process.
actor TestDatabase {
  static let shared = TestDatabase()

  private static let folders = Mutex<[String]>([])
  private var opening: Task<PrivateCluster, any Error>?
  private var made = 0

  func make() async throws -> PostgresConfiguration {
    let cluster = try await cluster()
    made += 1
    var configuration = cluster.configuration
    configuration.database = "office_\(made)"
    let name = configuration.database
    try await Self.administer(cluster.configuration) {
      try await $0.script("create database \(name) template office", deadline: .seconds(60))
    }
    return configuration
  }

  private func cluster() async throws -> PrivateCluster {
    if let opening { return try await opening.value }
    let task = Task { try await Self.open() }
    opening = task
    return try await task.value
  }

  private static func open() async throws -> PrivateCluster {
    let folder = try Folder.temporary("quayside-office")
    // The server of a root user runs as somebody else, who has to get in.
    chmod(folder, 0o755)
    let cluster = try await PrivateCluster.open(
      folder: folder,
      settings: ["fsync": "off", "full_page_writes": "off", "shared_buffers": "64MB"],
      log: .silent)
    folders.withLock { $0 = [cluster.folder, folder] }
    atexit { TestDatabase.remove() }
    try await administer(cluster.configuration) {
      try await $0.script("create database office", deadline: .seconds(60))
    }
    var configuration = cluster.configuration
    configuration.database = "office"
    try await administer(configuration) {
      _ = try await LedgerSchema.migrator.migrate(on: $0)
      try await $0.script(
        """
        create function ask(query text) returns setof text language plpgsql as
        $$ begin return query execute query; end $$
        """, deadline: .seconds(10))
    }
    return cluster
  }

  private static func administer(
    _ configuration: PostgresConfiguration, _ body: (PostgresConnection) async throws -> Void
  ) async throws {
    let connection = try await PostgresConnection.open(configuration, deadline: .seconds(30))
    do {
      try await body(connection)
    } catch {
      await connection.close()
      throw error
    }
    await connection.close()
  }

  /// As `pg_ctl stop -m immediate` does it; then the files go.
  private static func remove() {
    for folder in folders.withLock({ $0 }) {
      let text = String(decoding: Folder.bytes(of: folder + "/data/postmaster.pid"), as: UTF8.self)
      if let pid = text.split(separator: "\n").first.flatMap({ pid_t($0) }) {
        kill(pid, SIGQUIT)
        for _ in 0..<500 where kill(pid, 0) == 0 { usleep(10_000) }
      }
      Folder.remove(folder)
    }
  }
}
