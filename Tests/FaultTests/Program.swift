import Glibc
import Kit

/// The program under test, as built.
enum Program {
  static let path: String = {
    if let given = Host.environment["QUAYSIDE_BINARY"], !given.isEmpty { return given }
    // This file is in Tests/FaultTests of the package.
    let package = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return package + "/.build/release/quayside"
  }()

  static let isThere = access(path, X_OK) == 0

  /// The environment without anything that would reach the program by chance.
  static func environment(_ own: [String: String]) -> [String: String] {
    Host.environment
      .filter { !$0.key.hasPrefix("QUAYSIDE_") && $0.key != "DATABASE_URL" }
      .merging(own) { $1 }
  }

  /// Runs it to its end.
  static func run(
    _ words: [String], _ environment: [String: String], input: [UInt8] = [],
    deadline: Duration = .seconds(60)
  ) async throws -> ChildProcess.Output {
    try await ChildProcess.run(
      [path] + words, input: input, environment: Self.environment(environment), deadline: deadline)
  }

  static func start(
    _ words: [String], _ environment: [String: String], output: String
  ) throws -> ChildProcess {
    try ChildProcess.start(
      [path] + words,
      .init(
        environment: Self.environment(environment), output: .file(output),
        error: .file(output + ".log")))
  }
}

struct Trouble: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Looks until it is so.
func eventually(
  _ what: String, within limit: Duration = .seconds(30), every pause: Duration = .milliseconds(25),
  _ isSo: () async throws -> Bool
) async throws {
  let ends = ContinuousClock.now + limit
  while try await !isSo() {
    guard ContinuousClock.now < ends else { throw Trouble("not within \(limit): \(what)") }
    try await Task.sleep(for: pause)
  }
}
