import ClusterStage
import Glibc
import Kit
import Postgres
import Testing

/// The parent of all suites: one private cluster is shared by the whole run.
@Suite(.sharedCluster)
enum PostgresTests {
  /// Long enough for a busy machine; a test that needs it has failed.
  static let patience = Duration.seconds(30)

  static func connect() async throws -> PostgresConnection {
    try await PostgresConnection.open(try configuration, deadline: patience)
  }

  static func pool(size: Int) throws -> PostgresPool {
    PostgresPool(try configuration, size: size)
  }

  static var configuration: PostgresConfiguration {
    get throws { try #require(SharedCluster.configuration) }
  }
}

/// Opens a cluster around the suite and removes it afterwards.
struct SharedCluster: SuiteTrait, TestScoping {
  @TaskLocal static var configuration: PostgresConfiguration?

  func provideScope(
    for test: Test, testCase: Test.Case?,
    performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    try await withCluster { cluster in
      try await Self.$configuration.withValue(cluster.configuration) { try await function() }
    }
  }
}

extension Trait where Self == SharedCluster {
  static var sharedCluster: Self { Self() }
}

/// A folder that PostgreSQL's user may enter, removed afterwards.
func withFolder<Value>(
  mode: mode_t = 0o755, _ body: (String) async throws -> Value
) async throws -> Value {
  let folder = try Leftovers.folder("quayside-test")
  chmod(folder, mode)
  defer { Folder.remove(folder) }
  return try await body(folder)
}

/// A cluster that lives as long as `body`; whatever `body` did to it, nothing is left.
func withCluster<Value>(
  _ body: (PrivateCluster) async throws -> Value
) async throws -> Value {
  try await withFolder { folder in
    let cluster = try await PrivateCluster.open(folder: folder, log: .silent)
    do {
      // Where the folder asked for would not do, it is elsewhere.
      try Leftovers.note(cluster.folder)
      let value = try await body(cluster)
      await cluster.close()
      return value
    } catch {
      await cluster.close()
      throw error
    }
  }
}

/// Waits for something that has no signal of its own.
func eventually(
  within patience: Duration = .seconds(20), _ isSo: () async throws -> Bool
) async throws -> Bool {
  let ends = ContinuousClock.now + patience
  while ContinuousClock.now < ends {
    if try await isSo() { return true }
    try await Task.sleep(for: .milliseconds(10))
  }
  return false
}

/// The error of `body`, which has to fail.
func failure<Value>(_ body: () async throws -> Value) async -> PostgresError? {
  do {
    _ = try await body()
    return nil
  } catch {
    return error as? PostgresError
  }
}
