import ClusterStage
import Glibc
import Kit
import Postgres

/// `quayside serve` on a private PostgreSQL of its own, and scenes played on it by Chromium. Everything
/// is ended and removed afterwards, also when a scene fails.
///
///     try await BrowserStage.play { stage in
///       try await stage.account("kim", "packer")
///       try await stage.script("insert into ...")
///       try await stage.scene("bench_wrong_scan")   // Scenes/bench_wrong_scan.py
///     }
final class BrowserStage {
  /// Of every account.
  static let password = "correct horse battery"

  let folder: String
  /// Where the pages are, without a slash at its end.
  let url: String
  private let server: ChildProcess
  private let state: String
  private let environment: [String: String]

  private init(folder: String, state: String, url: String, server: ChildProcess) {
    self.folder = folder
    self.state = state
    self.url = url
    self.server = server
    environment = ["QUAYSIDE_STATE": state, "QUAYSIDE_LOG_LEVEL": "warning"]
  }

  /// - Parameter words: of the server's command line; it prints its address.
  static func play(
    _ words: [String] = ["serve", "--pages-only"], settings: [String: String] = [:],
    _ body: (BrowserStage) async throws -> Void
  ) async throws {
    let folder = try Leftovers.folder("quayside-browser")
    defer { Folder.remove(folder) }
    let stage = try await start(words, settings, in: folder)
    do {
      try await body(stage)
    } catch {
      print(stage.log)
      await stage.server.stop(patience: .seconds(20))
      throw error
    }
    await stage.server.stop(patience: .seconds(20))
  }

  private static func start(
    _ words: [String], _ settings: [String: String], in folder: String
  ) async throws -> BrowserStage {
    let state = folder + "/state"
    let output = folder + "/server.out"
    var environment = settings
    environment["QUAYSIDE_STATE"] = state
    environment["QUAYSIDE_LISTEN"] = "127.0.0.1:0"
    environment["QUAYSIDE_LOG_LEVEL"] = "warning"
    let server = try ChildProcess.start(
      [BrowserProgram.quayside] + words,
      .init(
        environment: BrowserProgram.environment(environment), output: .file(output),
        error: .file(output + ".log")))
    let ends = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < ends, server.status == nil {
      let text = String(decoding: Folder.bytes(of: output), as: UTF8.self)
      if let url = Self.address(in: text) {
        return BrowserStage(folder: folder, state: state, url: url, server: server)
      }
      try await Task.sleep(for: .milliseconds(50))
    }
    await server.stop()
    throw Trouble(
      "the server did not say its address: "
        + String(decoding: Folder.bytes(of: output + ".log"), as: UTF8.self))
  }

  /// The address that a whole line names.
  private static func address(in text: String) -> String? {
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      guard let mark = line.firstRange(of: "http://127.0.0.1:") else { continue }
      return "http://127.0.0.1:" + line[mark.upperBound...].prefix(while: \.isNumber)
    }
    return nil
  }

  /// The word that the server printed after this.
  func printed(after words: String, within limit: Duration) async throws -> String {
    try await untilPrinted(words, within: limit)
    guard let mark = output.firstRange(of: words) else { return "" }
    return String(output[mark.upperBound...].prefix { !$0.isWhitespace })
  }

  func untilPrinted(_ words: String, within limit: Duration) async throws {
    let ends = ContinuousClock.now + limit
    while !output.contains(words) {
      guard ContinuousClock.now < ends, server.status == nil else {
        throw Trouble("the server did not print “\(words)”: \(output.suffix(2_000))")
      }
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  /// What the server printed.
  var output: String {
    String(decoding: Folder.bytes(of: folder + "/server.out"), as: UTF8.self)
  }

  private var log: String {
    String(decoding: Folder.bytes(of: folder + "/server.out.log").suffix(4_000), as: UTF8.self)
  }

  // MARK: Before a scene

  /// An account with `password`.
  func account(_ name: String, _ role: String, fullName: String? = nil) async throws {
    let file = folder + "/password"
    try AtomicFile.write(Array(Self.password.utf8), to: file)
    let done = try await ChildProcess.run(
      [
        BrowserProgram.quayside, "user", "add", name, "--role", role, "--password", file, "--name",
        fullName ?? name,
      ], environment: BrowserProgram.environment(environment), deadline: .seconds(60))
    guard done.status.isSuccess else { throw Trouble("no account \(name): \(done.errorText)") }
  }

  /// Runs SQL on the server's database.
  func script(_ sql: String) async throws {
    let cluster = try await PrivateCluster.open(folder: state, log: .silent)
    do {
      let connection = try await PostgresConnection.open(
        cluster.configuration, deadline: .seconds(30))
      try await connection.script(sql, deadline: .seconds(60))
      await connection.close()
    } catch {
      await cluster.close()
      throw error
    }
    await cluster.close()
  }

  // MARK: Scenes

  /// Plays `Scenes/NAME.py`, which ends with 0 when all was as it should be.
  ///
  /// - Parameter given: more for the scene, in its environment.
  func scene(
    _ name: String, _ given: [String: String] = [:], deadline: Duration = .seconds(180)
  ) async throws {
    var environment = given
    environment["QUAYSIDE_URL"] = url
    if environment["QUAYSIDE_PASSWORD"] == nil { environment["QUAYSIDE_PASSWORD"] = Self.password }
    environment["QUAYSIDE_IMAGES"] =
      Host.environment["QUAYSIDE_IMAGES"] ?? folder + "/images"
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    environment["HOME"] = folder
    // Else Chromium leaves such a folder in /tmp.
    environment["PULSE_RUNTIME_PATH"] = folder + "/pulse"
    let done = try await ChildProcess.run(
      [BrowserProgram.python, "\(BrowserProgram.scenes)/\(name).py"],
      environment: BrowserProgram.environment(environment), folder: folder, deadline: deadline)
    guard done.status.isSuccess else {
      throw Trouble("\(name): \(done.text.suffix(4_000))\(done.errorText.suffix(6_000))")
    }
  }
}
