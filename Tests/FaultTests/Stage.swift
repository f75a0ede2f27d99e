import ClusterStage
import Glibc
import Kit
import Testing

/// A temporary folder, a sandbox, and whatever the test starts on them. Everything is ended and
/// removed afterwards, also when the test fails.
final class Stage {
  /// Waits of the cycle under test.
  static let waits = "30ms"

  let folder: String
  let state: String
  let sandbox: SandboxChild
  var environment: [String: String]
  private var children: [(child: ChildProcess, words: [String])] = []
  private var outputs: [Int32: String] = [:]

  private init(_ folder: String, _ sandbox: SandboxChild) {
    self.folder = folder
    state = folder + "/state"
    self.sandbox = sandbox
    environment = Self.environment(url: sandbox.url, state: folder + "/state")
  }

  static func environment(url: String, state: String) -> [String: String] {
    [
      "QUAYSIDE_STATE": state, "QUAYSIDE_MIRAKL_URL": url,
      "QUAYSIDE_MIRAKL_API_KEY": "sandbox-key", "QUAYSIDE_MIRAKL_SHOP_ID": "2001",
      "QUAYSIDE_CANADAPOST_URL": url, "QUAYSIDE_CANADAPOST_USER": "sandbox-user",
      "QUAYSIDE_CANADAPOST_PASSWORD": "sandbox-password",
      "QUAYSIDE_CANADAPOST_CUSTOMER": "0000900001", "QUAYSIDE_CANADAPOST_CONTRACT": "0099887766",
      "QUAYSIDE_SENDER_NAME": "Shipping desk", "QUAYSIDE_SENDER_COMPANY": "Example Laptops",
      "QUAYSIDE_SENDER_PHONE": "902-555-0199", "QUAYSIDE_SENDER_EMAIL": "shipping@example.com",
      "QUAYSIDE_SENDER_LINE1": "9 Sample Road", "QUAYSIDE_SENDER_CITY": "Halifax",
      "QUAYSIDE_SENDER_PROVINCE": "NS", "QUAYSIDE_SENDER_POSTAL_CODE": "B3J1A1",
      "QUAYSIDE_WAITS": waits, "QUAYSIDE_POLL_EVERY": "100ms",
      "QUAYSIDE_CARRIER_CALLS_PER_MINUTE": "0", "QUAYSIDE_LISTEN": "127.0.0.1:0",
      "QUAYSIDE_LOG": "json",
    ]
  }

  static func play(_ body: (Stage) async throws -> Void) async throws {
    let folder = try Leftovers.folder("quayside-fault")
    do {
      let sandbox = try await SandboxChild.start(in: folder)
      let stage = Stage(folder, sandbox)
      do {
        try await body(stage)
      } catch {
        stage.printLogs()
        await stage.end()
        throw error
      }
      await stage.end()
    } catch {
      Folder.remove(folder)
      throw error
    }
    Folder.remove(folder)
  }

  private func end() async {
    for (child, _) in children { child.kill(SIGCONT) }
    for (child, _) in children { await child.stop() }
    await sandbox.stop()
    guard let postmaster else { return }
    // Left behind by workers that were killed: who leaves last stops it.
    _ = try? await Program.run(["orders", "--limit", "1"], environment)
    if isAlive(postmaster) { kill(postmaster, SIGQUIT) }
  }

  private func printLogs() {
    for name in Folder.names(in: folder) where name.hasSuffix(".log") {
      let text = String(
        decoding: Folder.bytes(of: "\(folder)/\(name)").suffix(3_000), as: UTF8.self)
      if !text.isEmpty { print("--- \(name)\n\(text)") }
    }
  }

  // MARK: Processes

  func start(_ words: [String], _ more: [String: String] = [:]) throws -> ChildProcess {
    let path = "\(folder)/\(children.count)-\(words[0]).out"
    let child = try Program.start(words, environment.merging(more) { $1 }, output: path)
    outputs[child.pid] = path
    children.append((child, words))
    return child
  }

  /// Starts the pages alone, which keep the private PostgreSQL up meanwhile, and waits for them.
  @discardableResult
  func keep() async throws -> ChildProcess {
    let keeper = try start(["serve", "--pages-only"])
    try await eventually("the pages are up") { !output(of: keeper).isEmpty }
    return keeper
  }

  /// Asks a process to end, which it does, and with 0.
  func letGo(_ child: ChildProcess, at location: SourceLocation = #_sourceLocation) async {
    child.kill(SIGTERM)
    #expect(await child.wait(for: .seconds(20)) == .init(code: 0), sourceLocation: location)
  }

  func work(_ more: [String: String] = [:]) throws -> ChildProcess { try start(["work"], more) }

  /// Ends what a failed part of a test left.
  func killWorkers() {
    for (child, words) in children where words.first == "work" { child.kill(SIGKILL) }
  }

  /// What a process wrote to its standard output so far.
  func output(of child: ChildProcess) -> String {
    String(decoding: Folder.bytes(of: outputs[child.pid] ?? ""), as: UTF8.self)
  }

  /// The lines of its log so far.
  func log(of child: ChildProcess) -> [String] {
    let path = (outputs[child.pid] ?? "") + ".log"
    return String(decoding: Folder.bytes(of: path), as: UTF8.self).split(separator: "\n")
      .map(String.init)
  }

  func run(
    _ words: [String], _ more: [String: String] = [:], deadline: Duration = .seconds(60)
  ) async throws -> ChildProcess.Output {
    try await Program.run(words, environment.merging(more) { $1 }, deadline: deadline)
  }

  func json(_ words: [String], _ more: [String: String] = [:]) async throws -> JSONValue {
    let output = try await run(words + ["--json"], more)
    guard output.status.isSuccess else {
      throw Trouble("\(words) ended with \(output.status): \(output.errorText)")
    }
    return try JSONValue.parse(output.output, limits: .init(bytes: 64 << 20))
  }

  /// The process number of the private PostgreSQL, when it runs.
  var postmaster: Int32? {
    let text = String(
      decoding: Folder.bytes(of: state + "/postgres/data/postmaster.pid"), as: UTF8.self)
    guard let pid = text.split(separator: "\n").first.flatMap({ Int32($0) }), isAlive(pid) else {
      return nil
    }
    return pid
  }

  func isAlive(_ pid: Int32) -> Bool {
    // A process that has ended but was not yet reaped has no folder any more.
    access("/proc/\(pid)/cwd/", F_OK) == 0
  }

  // MARK: Orders

  struct Known {
    var status: String
    var needs: String?
    var labelPath: String?
  }

  func known() async throws -> [String: Known] {
    var all: [String: Known] = [:]
    for order in try await json(["orders", "--limit", "100000"]).elements {
      all[order["order_id"]?.string ?? ""] = Known(
        status: order["status"]?.string ?? "", needs: order["needs"]?.string,
        labelPath: order["label_pdf_path"]?.string)
    }
    return all
  }

  /// Waits until the outside shows all of them ended and we know it, and gives the last tally. What
  /// nobody can know (a call that was begun, and is nowhere to be found) waits for a person: here
  /// the person says retry.
  func untilEnded(
    shipped: [String], undone: [String] = [], retries: Bool = false,
    within limit: Duration = .seconds(30)
  ) async throws -> (tally: Tally, retried: Int) {
    var tally = try await sandbox.tally()
    var retried = 0
    let ends = ContinuousClock.now + limit
    while true {
      tally = try await sandbox.tally()
      if tally.count(shipped, { $0.ships > 0 }) == shipped.count,
        tally.count(undone, \.isUndone) == undone.count
      {
        let known = try await known()
        if shipped.allSatisfy({ known[$0]?.status == "shipped" }),
          undone.allSatisfy({ known[$0]?.status == "cancelled" })
        {
          let unfiled = shipped.filter { !Folder.exists(known[$0]?.labelPath ?? "") }
          if !unfiled.isEmpty { throw Trouble("no label file of \(unfiled)") }
          return (tally, retried)
        }
      } else if retries {
        for (id, order) in try await known()
        where order.needs?.contains("the answer was lost") == true && shipped.contains(id) {
          let answer = try await run(["retry", id])
          if answer.status.isSuccess { retried += 1 }
        }
      }
      guard ContinuousClock.now < ends else {
        let known = try await known()
        let open = (shipped + undone).filter {
          !["shipped", "cancelled"].contains(known[$0]?.status ?? "")
        }.map { "\($0): \(known[$0].map { "\($0)" } ?? "unknown")" }
        let effects = try await run(["effects"]).text
        throw Trouble(
          "not ended within \(limit): \(open); \(tally.faults(of: shipped))\n\(effects)")
      }
      try await Task.sleep(for: .milliseconds(25))
    }
  }
}
