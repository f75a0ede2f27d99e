public import Kit
import Synchronization

/// A PostgreSQL of our own in the state folder: unix socket only, an unprivileged user even when we
/// are root, shared by all our processes that use the folder, stopped by the last that leaves.
///
/// Two lock files keep order among processes: `users.lock` is held shared by each user, and
/// `start.lock` alone by who makes, starts or stops the server. The system drops both with their
/// process, whatever ended it: a server left behind by a `kill -9` is adopted by who comes next.
/// A cluster that is dropped without `close` stays running in the same way.
public final class PrivateCluster: Sendable {
  /// For making or starting the cluster, recovery after a crash included, and for stopping it.
  static let startPatience = Duration.minutes(3)
  static let stopPatience = Duration.minutes(1)
  /// Between looks whether the server still runs.
  static let lookInterval = Duration.seconds(5)
  static let database = "quayside"

  public static let defaultSettings: [String: String] = [
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "max_connections": "60",
    // Statements here are short; compiling them costs more than it saves.
    "jit": "off",
    // What a killed client still asks is not worked on for long.
    "client_connection_check_interval": "5s",
    // A week of logs, a file a day.
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_line_prefix": "%m [%p] %a ",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "cluster_name": "quayside",
  ]

  /// The server's first process, while it runs.
  public var serverPID: Int32? { server.runningServer }

  /// To the database `quayside`.
  public let configuration: PostgresConfiguration
  /// The database was made just now: it has no schema yet.
  public let isNew: Bool
  /// Where the cluster lives, which is not always below the folder asked for.
  public let folder: String
  private let server: ClusterServer
  private let settings: [String: String]
  private let users: Mutex<FileLock?>
  private let log: Log

  private init(
    _ server: ClusterServer, _ settings: [String: String], isNew: Bool, users: FileLock, log: Log
  ) {
    var configuration = server.administration
    configuration.database = Self.database
    self.configuration = configuration
    self.isNew = isNew
    folder = server.home.folder
    self.server = server
    self.settings = settings
    self.users = Mutex(users)
    self.log = log
  }

  /// Makes the cluster in `folder`/postgres when it is missing, starts it when it does not run.
  ///
  /// - Parameter settings: of PostgreSQL, over `defaultSettings`; those of who starts it count.
  /// - Throws: `ClusterError` that says what to do.
  public static func open(
    folder: String, settings: [String: String] = [:], log: Log
  ) async throws(ClusterError) -> PrivateCluster {
    let home = try ClusterHome.prepare(for: Path.absolute(folder), log: log)
    let ends = ContinuousClock.now + startPatience
    let starting = try await FileLock.take(home.folder + "/start.lock", .alone, until: ends)
    defer { starting.release() }
    let users = try await FileLock.take(home.folder + "/users.lock", .shared, until: ends)
    do throws(ClusterError) {
      try home.makeFolders()
      let server = try ClusterServer(home)
      try await server.make(log: log)
      let settings = settings.reduce(into: defaultSettings) { $0[$1.key] = $1.value }
      try await server.start(settings, until: ends, log: log)
      let isNew = try await server.makeDatabase(database)
      return PrivateCluster(server, settings, isNew: isNew, users: users, log: log)
    } catch {
      users.release()
      throw error
    }
  }

  /// Starts the server again whenever it has ended, killed or out of room, until the task is cancelled.
  public func keepRunning() async {
    while !Task.isCancelled {
      do throws(ClusterError) {
        if server.runningServer == nil { try await startAgain() }
      } catch {
        log.warning("the private PostgreSQL does not start", ["problem": error.description])
      }
      try? await Task.sleep(for: Self.lookInterval)
    }
  }

  private func startAgain() async throws(ClusterError) {
    let ends = ContinuousClock.now + Self.startPatience
    let starting = try await FileLock.take(folder + "/start.lock", .alone, until: ends)
    defer { starting.release() }
    guard users.withLock({ $0 != nil }) else { return }
    try await server.start(settings, until: ends, log: log)
  }

  /// Leaves the cluster; the last user stops it. Doing it again does nothing.
  public func close() async {
    let mine = users.withLock { users in
      defer { users = nil }
      return users
    }
    guard let mine else { return }
    defer { mine.release() }
    do throws(ClusterError) {
      let starting = try await FileLock.take(
        folder + "/start.lock", .alone, until: .now + Self.stopPatience)
      defer { starting.release() }
      guard mine.becomeAlone() else { return }
      try await server.stop(patience: Self.stopPatience)
    } catch {
      log.warning("the private PostgreSQL was not stopped", ["problem": error.description])
    }
  }
}
