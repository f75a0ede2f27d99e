import Glibc
import Kit
import Ledger
package import Postgres
import Synchronization

/// One private PostgreSQL for a test run, with a migrated database of which each test gets a copy. It
/// goes with the process.
package actor AgentCluster {
  package static let shared = AgentCluster()
  package static let patience = Duration.seconds(60)

  private static let template = "agent_template"
  private var opening: Task<PrivateCluster, any Error>?
  private var made = 0

  package func database() async throws -> PostgresConfiguration {
    let cluster = try await cluster()
    made += 1
    var configuration = cluster.configuration
    configuration.database = "agent_\(made)"
    let connection = try await PostgresConnection.open(
      cluster.configuration, deadline: Self.patience)
    try await connection.script(
      "create database \(configuration.database) template \(Self.template)",
      deadline: Self.patience)
    await connection.close()
    return configuration
  }

  /// For another process.
  package func url(of configuration: PostgresConfiguration) async throws -> String {
    "postgres://quayside@/\(configuration.database)?host=\(try await cluster().folder)/socket"
  }

  private func cluster() async throws -> PrivateCluster {
    if let opening { return try await opening.value }
    let task = Task { try await Self.open() }
    opening = task
    return try await task.value
  }

  private static func open() async throws -> PrivateCluster {
    let folder = try Folder.temporary("quayside-agents")
    // The server of a root user runs as somebody else, who has to get in.
    chmod(folder, 0o755)
    Remains.note(folder)
    let cluster = try await PrivateCluster.open(
      folder: folder, settings: ["fsync": "off", "max_connections": "200"], log: .silent)
    Remains.note(server: cluster.folder)
    let admin = try await PostgresConnection.open(cluster.configuration, deadline: patience)
    try await admin.script("create database \(template)", deadline: patience)
    await admin.close()
    var configuration = cluster.configuration
    configuration.database = template
    let connection = try await PostgresConnection.open(configuration, deadline: patience)
    _ = try await LedgerSchema.migrator.migrate(on: connection)
    await connection.close()
    return cluster
  }
}

/// Folders and servers of this run; both go when the process ends.
private enum Remains {
  private static let all = Mutex<(folders: [String], servers: [String])>(([], []))

  static func note(_ folder: String) {
    let isFirst = all.withLock { all in
      all.folders.append(folder)
      return all.folders.count == 1
    }
    if isFirst { atexit { Remains.remove() } }
  }

  static func note(server: String) { all.withLock { $0.servers.append(server) } }

  private static func remove() {
    let (folders, servers) = all.withLock { $0 }
    for server in servers {
      let text = String(decoding: Folder.bytes(of: server + "/data/postmaster.pid"), as: UTF8.self)
      guard let pid = text.split(separator: "\n").first.flatMap({ pid_t($0) }) else { continue }
      kill(pid, SIGQUIT)
      for _ in 0..<1_000 where kill(pid, 0) == 0 { usleep(10_000) }
    }
    for folder in folders + servers { Folder.remove(folder) }
  }
}
