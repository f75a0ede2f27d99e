import Glibc
import Kit
import Ledger
import Postgres
import Synchronization

/// One private PostgreSQL for the whole run, with a migrated database from which each test gets a
/// copy. It goes with the process.
actor TestCluster {
  static let shared = TestCluster()

  private static let template = "cycle_template"
  private var opening: Task<PrivateCluster, any Error>?
  private var made = 0

  /// A database of its own for one test.
  func database() async throws -> PostgresConfiguration {
    let cluster = try await cluster()
    made += 1
    var configuration = cluster.configuration
    configuration.database = "cycle_\(made)"
    let name = configuration.database
    try await Self.administer(cluster.configuration) {
      try await $0.script(
        "create database \(name) template \(Self.template)", deadline: .seconds(60))
    }
    return configuration
  }

  func drop(_ configuration: PostgresConfiguration) async {
    guard let cluster = try? await cluster() else { return }
    let name = configuration.database
    try? await Self.administer(cluster.configuration) {
      try await $0.script("drop database \(name) with (force)", deadline: .seconds(60))
    }
  }

  private func cluster() async throws -> PrivateCluster {
    if let opening { return try await opening.value }
    let task = Task { try await Self.open() }
    opening = task
    return try await task.value
  }

  private static func open() async throws -> PrivateCluster {
    let folder = try TestFolders.make()
    let cluster = try await PrivateCluster.open(
      folder: folder,
      settings: [
        "fsync": "off", "full_page_writes": "off", "max_connections": "150",
        "shared_buffers": "128MB",
      ], log: .silent)
    TestFolders.note(cluster: cluster.folder)
    try await prepare(cluster.configuration, template)
    return cluster
  }

  /// Makes a migrated database, with the one function that the tests add.
  static func prepare(_ configuration: PostgresConfiguration, _ name: String) async throws {
    try await administer(configuration) {
      try await $0.script("create database \(name)", deadline: .seconds(60))
    }
    var configuration = configuration
    configuration.database = name
    try await administer(configuration) {
      _ = try await LedgerSchema.migrator.migrate(on: $0)
      try await $0.script(
        """
        create function ask(query text) returns setof text language plpgsql as
        $$ begin return query execute query; end $$
        """, deadline: .seconds(10))
    }
  }

  static func administer(
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
}

/// Folders and servers of this run; both go when the process ends.
enum TestFolders {
  private struct State {
    var folders: [String] = []
    var clusters: [String] = []
  }
  private static let state = Mutex(State())

  static func make() throws -> String {
    let folder = try Folder.temporary("quayside-cycle")
    // The server of a root user runs as somebody else, who has to get in.
    chmod(folder, 0o755)
    let isFirst = state.withLock { state in
      state.folders.append(folder)
      return state.folders.count == 1
    }
    if isFirst { atexit { TestFolders.removeAll() } }
    return folder
  }

  static func note(cluster folder: String) { state.withLock { $0.clusters.append(folder) } }

  static func remove(_ folder: String) {
    state.withLock { $0.folders.removeAll { $0 == folder } }
    Folder.remove(folder)
  }

  /// The process of a cluster's server, from its own file.
  static func server(of cluster: String) -> pid_t? {
    let text = String(decoding: Folder.bytes(of: cluster + "/data/postmaster.pid"), as: UTF8.self)
    return text.split(separator: "\n").first.flatMap { pid_t($0) }
  }

  /// What `pg_ctl stop -m immediate` does: a crash, as far as the data are concerned.
  static func crash(_ cluster: String) {
    guard let pid = server(of: cluster) else { return }
    kill(pid, SIGQUIT)
    for _ in 0..<1_000 where kill(pid, 0) == 0 { usleep(10_000) }
  }

  private static func removeAll() {
    let (folders, clusters) = state.withLock { ($0.folders, $0.clusters) }
    for cluster in clusters { crash(cluster) }
    for folder in folders + clusters { Folder.remove(folder) }
  }
}

/// So many tests have a house at the same time.
actor Places {
  static let shared = Places(count: 4)

  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(count: Int) { free = count }

  func take() async {
    if free > 0 {
      free -= 1
      return
    }
    await withCheckedContinuation { waiting.append($0) }
  }

  func giveBack() {
    if waiting.isEmpty {
      free += 1
    } else {
      waiting.removeFirst().resume()
    }
  }
}
