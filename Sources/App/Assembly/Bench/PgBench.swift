import Kit
import Postgres

/// PostgreSQL's own load driver on the private cluster.
struct PgBench {
  private let cluster: PrivateCluster
  private let configuration: PostgresConfiguration

  /// - Throws: `NotFound` when the installation has no cluster of its own.
  init(_ installation: Installation) throws {
    guard let cluster = installation.cluster else {
      throw NotFound(description: "pgbench is only ever run on a private cluster")
    }
    self.cluster = cluster
    configuration = installation.configuration
  }

  /// - Parameter script: the file of the load.
  /// - Parameter setUp: a file of statements that are run before.
  /// - Returns: transactions a second.
  func run(_ script: String, setUp: String, clients: Int, seconds: Int) async throws -> Double {
    let connection = try await PostgresConnection.open(configuration, deadline: .seconds(30))
    let statements = String(decoding: try FileBytes.read(setUp, limit: 1 << 20), as: UTF8.self)
    try await connection.script(statements, deadline: .minutes(2))
    await connection.close()
    let done = try await ChildProcess.run(
      [
        Self.path, "-n", "-M", "prepared", "-c", "\(clients)", "-j", "2", "-T", "\(seconds)", "-h",
        cluster.folder + "/socket", "-U", "quayside", "-f", script,
        cluster.configuration.database,
      ], deadline: .seconds(Int64(seconds) + 60))
    for line in done.text.split(separator: "\n") where line.hasPrefix("tps = ") {
      return line.dropFirst(6).split(separator: " ").first.flatMap { Double($0) } ?? 0
    }
    throw NotFound(description: "pgbench gave no figure: \(done.text)\(done.errorText)")
  }

  private static var path: String {
    Folder.names(in: "/usr/lib/postgresql").sorted().reversed()
      .map { "/usr/lib/postgresql/\($0)/bin/pgbench" }.first(where: Folder.exists) ?? "pgbench"
  }
}
