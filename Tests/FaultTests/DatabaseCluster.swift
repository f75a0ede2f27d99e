import Glibc
import Kit
import Postgres

/// Three machines on one: PostgreSQL under Patroni and etcd, set up as `deploy/patroni` says.
final class DatabaseCluster {
  /// Of everything that Patroni does by itself; its slowest is a failover.
  static let patience = Duration.seconds(90)
  static let package = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
  static let deployment = package + "/deploy/patroni"

  let nodes: [DatabaseNode]
  private let port: Int
  private let passwords = (0..<5).map { _ in
    Entropy.bytes(12).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  private init(_ folder: String, ports: [Int]) throws {
    port = ports[0]
    nodes = try [("db1", "127.0.0.1"), ("db2", "127.0.0.2"), ("db3", "127.0.0.3")].map {
      try DatabaseNode($0.0, at: $0.1, in: folder, patroniPort: ports[1])
    }
  }

  /// Runs `body` on a cluster with a synchronous standby and Quayside's empty database; nothing is
  /// left of it.
  static func run(
    in folder: String, _ body: (DatabaseCluster) async throws -> Void
  ) async throws {
    let addresses = ["127.0.0.1", "127.0.0.2", "127.0.0.3"]
    let ports = try FreePorts.find(4, on: addresses)
    let cluster = try DatabaseCluster(folder, ports: ports)
    do {
      try await cluster.start(ports)
      try await body(cluster)
    } catch {
      await cluster.stop()
      throw error
    }
    await cluster.stop()
  }

  private func start(_ ports: [Int]) async throws {
    for node in nodes {
      try await node.configure(settings(node, ports), with: Self.deployment + "/configure")
    }
    for node in nodes { try node.start() }
    _ = try await primary()
    try await steady()
    let made = try await ChildProcess.run(
      [
        "psql", url(user: "postgres", passwords[0], "postgres"), "-X", "-q", "-v",
        "ON_ERROR_STOP=1", "-v", "password=\(passwords[4])", "-f",
        Self.deployment + "/database.sql",
      ], folder: "/", deadline: .seconds(30))
    guard made.status.isSuccess else { throw Trouble("database.sql: \(made.errorText)") }
  }

  private func stop() async {
    for node in nodes { await node.stop() }
  }

  /// The example, with what this machine needs otherwise.
  private func settings(_ node: DatabaseNode, _ ports: [Int]) throws -> String {
    let own = [
      "NODES": nodes.map { "\($0.name)=\($0.address)" }.joined(separator: " "),
      "NETWORK": "127.0.0.0/8", "SUPERUSER_PASSWORD": passwords[0],
      "REPLICATION_PASSWORD": passwords[1], "REWIND_PASSWORD": passwords[2],
      "API_PASSWORD": passwords[3], "POSTGRES_VERSION": "\(try Self.postgresVersion)",
      "POSTGRES_PORT": "\(ports[0])", "PATRONI_PORT": "\(ports[1])", "ETCD_PORT": "\(ports[2])",
      "ETCD_PEER_PORT": "\(ports[3])", "DATA_FOLDER": node.folder + "/data",
      "SOCKET_FOLDER": node.folder, "ETCD_FOLDER": node.folder + "/etcd-data", "WATCHDOG": "off",
    ]
    let example = Folder.bytes(of: Self.deployment + "/cluster.conf.example")
    return String(decoding: example, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
      .map { line in
        let key = String(line.prefix { $0 != "=" })
        return own[key].map { "\(key)=\($0)" } ?? String(line)
      }.joined(separator: "\n")
  }

  private static var postgresVersion: Int {
    get throws {
      let shelf = "/usr/lib/postgresql"
      let found = Folder.names(in: shelf).compactMap { Int($0) }
        .filter { access("\(shelf)/\($0)/bin/initdb", X_OK) == 0 }
      guard let newest = found.max() else { throw Trouble("no PostgreSQL in \(shelf)") }
      return newest
    }
  }

  // MARK: Reaching it

  /// What Quayside gets as `DATABASE_URL`: every node, whichever takes writes.
  var databaseURL: String { url(user: "quayside", passwords[4], "quayside") }

  /// Of our own database, which Quayside does not know.
  var witnessURL: String { url(user: "postgres", passwords[0], "postgres") }

  private func url(user: String, _ password: String, _ database: String) -> String {
    let hosts = nodes.map { "\($0.address):\(port)" }.joined(separator: ",")
    return "postgres://\(user):\(password)@\(hosts)/\(database)?target_session_attrs=read-write"
  }

  /// Waits for one.
  func primary(besides old: DatabaseNode? = nil) async throws -> DatabaseNode {
    var found: DatabaseNode?
    try await eventually("there is a primary", within: Self.patience) {
      for node in nodes where node !== old {
        if await node.isPrimary { found = node }
      }
      return found != nil
    }
    guard let found else { throw Trouble("no primary") }
    return found
  }

  /// Waits until both standbys follow and one of them is the synchronous one.
  func steady() async throws {
    let pool = PostgresPool(try PostgresConfiguration(url: witnessURL), size: 1)
    do {
      try await eventually("two standbys, one synchronous", within: Self.patience) {
        try await pool.query(CountStandbys(), deadline: .seconds(30)) == [[2, 1]]
      }
    } catch {
      await pool.close()
      throw error
    }
    await pool.close()
  }

  private struct CountStandbys: PostgresStatement {
    static let sql = """
      select count(*) filter (where state = 'streaming'),
        count(*) filter (where state = 'streaming' and sync_state in ('sync', 'quorum'))
      from pg_stat_replication
      """
    static func row(_ r: PostgresRow) throws(PostgresError) -> [Int] {
      [try r.int(0), try r.int(1)]
    }
  }
}

/// Ports that nobody listens on, outside of where the kernel takes its own from.
enum FreePorts {
  static func find(_ count: Int, on addresses: [String]) throws -> [Int] {
    var found: [Int] = []
    for port in (20_000..<32_000).shuffled() where found.count < count {
      if addresses.allSatisfy({ isFree(port, on: $0) }) { found.append(port) }
    }
    guard found.count == count else { throw Trouble("no \(count) free ports") }
    return found
  }

  private static func isFree(_ port: Int, on address: String) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = in_port_t(port).bigEndian
    name.sin_addr.s_addr = inet_addr(address)
    return withUnsafePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
