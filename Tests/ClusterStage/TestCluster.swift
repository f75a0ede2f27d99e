import Glibc
import Kit
import Ledger
package import Postgres

/// One private PostgreSQL for a test run, with a migrated database of which each test gets a copy. It
/// goes with the process.
package actor TestCluster {
  package static let patience = Duration.seconds(60)

  /// Beside what every cluster of a test has: nothing of it has to survive a power cut.
  private static let settings = ["fsync": "off", "full_page_writes": "off"]

  private let name: String
  private let settings: [String: String]
  private let more: String
  private var opening: Task<PrivateCluster, any Error>?
  private var made = 0

  /// - Parameter name: of its databases, in front of their numbers.
  /// - Parameter more: SQL after the migrations, for what the tests add.
  package init(_ name: String, settings: [String: String] = [:], more: String = "") {
    self.name = name
    self.settings = settings.merging(Self.settings) { mine, _ in mine }
    self.more = more
  }

  /// A database of its own for one test.
  package func database() async throws -> PostgresConfiguration {
    let cluster = try await cluster()
    made += 1
    var configuration = cluster.configuration
    configuration.database = "\(name)_\(made)"
    let copying = "create database \(configuration.database) template \(name)_template"
    try await Self.administer(cluster.configuration) {
      try await $0.script(copying, deadline: Self.patience)
    }
    return configuration
  }

  package func drop(_ configuration: PostgresConfiguration) async {
    guard let cluster = try? await cluster() else { return }
    let name = configuration.database
    try? await Self.administer(cluster.configuration) {
      try await $0.script("drop database \(name) with (force)", deadline: Self.patience)
    }
  }

  /// For another process.
  package func url(of configuration: PostgresConfiguration) async throws -> String {
    "postgres://quayside@/\(configuration.database)?host=\(try await cluster().folder)/socket"
  }

  private func cluster() async throws -> PrivateCluster {
    if let opening { return try await opening.value }
    let (name, settings, more) = (name, settings, more)
    let task = Task {
      let cluster = try await Self.own("quayside-\(name)", settings: settings)
      try await Self.prepare(cluster.configuration, name + "_template", more: more)
      return cluster
    }
    opening = task
    return try await task.value
  }

  // MARK: Clusters of one test

  /// A cluster for what others must not feel, with an empty database.
  package static func own(
    _ name: String, settings: [String: String] = [:]
  ) async throws -> PrivateCluster {
    let cluster = try await PrivateCluster.open(
      folder: try Leftovers.folder(name), settings: settings, log: .silent)
    // Where the folder asked for would not do, it is elsewhere.
    try Leftovers.note(cluster.folder)
    return cluster
  }

  /// Makes a migrated database.
  package static func prepare(
    _ configuration: PostgresConfiguration, _ name: String, more: String = ""
  ) async throws {
    try await administer(configuration) {
      try await $0.script("create database \(name)", deadline: patience)
    }
    var configuration = configuration
    configuration.database = name
    try await migrate(configuration, more: more)
  }

  package static func migrate(
    _ configuration: PostgresConfiguration, more: String = ""
  ) async throws {
    try await administer(configuration) {
      _ = try await LedgerSchema.migrator.migrate(on: $0)
      try await $0.script(more, deadline: patience)
    }
  }

  package static func administer(
    _ configuration: PostgresConfiguration, _ body: (PostgresConnection) async throws -> Void
  ) async throws {
    let connection = try await PostgresConnection.open(configuration, deadline: patience)
    do {
      try await body(connection)
    } catch {
      await connection.close()
      throw error
    }
    await connection.close()
  }

  /// One that was crashed, started again.
  package static func reopen(_ cluster: PrivateCluster) async throws -> PrivateCluster {
    // It lives in a folder of that name below the one that was asked for.
    let parent = "/" + cluster.folder.split(separator: "/").dropLast().joined(separator: "/")
    return try await PrivateCluster.open(folder: parent, log: .silent)
  }

  /// What `pg_ctl stop -m immediate` does: a crash, as far as the data are concerned.
  package static func crash(_ cluster: PrivateCluster) {
    guard let pid = cluster.serverPID else { return }
    kill(pid, SIGQUIT)
    for _ in 0..<1_000 where kill(pid, 0) == 0 { usleep(10_000) }
  }
}
