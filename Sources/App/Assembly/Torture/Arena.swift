import Kit
import Postgres
import Sandbox

/// Everything that a fault run starts: a private PostgreSQL, the sandbox and the workers, each a
/// process of its own, in one temporary folder. It ends only what it started.
actor Arena {
  static let workersCount = 3

  let folder: String
  let seed: UInt64
  let sandbox: SandboxProcess
  /// Of every process; the outside is the sandbox.
  nonisolated let environment: [String: String]
  private let log: Log
  private var workers: [ChildProcess] = []
  private var starts: [Int] = []
  /// Workers that ended though nobody killed them.
  private(set) var fallen: [String] = []
  /// Workers that found no database when they started: a crash was under way. A supervisor starts
  /// them again, and so do we.
  private(set) var startsInVain = 0

  static func open(folder: String, seed: UInt64, log: Log) async throws -> Arena {
    // The private PostgreSQL's user has to get through, or it would live outside the folder.
    Folder.setMode(folder, 0o755)
    var own = ownEnvironment()
    own["QUAYSIDE_CLOCK_SKEW"] = "\(FaultPlan.skew(seed: seed, process: "outside", start: 0))"
    let sandbox = try await SandboxProcess.start(
      in: folder, seed: seed, environment: own, group: .own)
    return Arena(folder: folder, seed: seed, sandbox: sandbox, log: log)
  }

  private init(folder: String, seed: UInt64, sandbox: SandboxProcess, log: Log) {
    self.folder = folder
    self.seed = seed
    self.sandbox = sandbox
    self.log = log
    environment = Self.ownEnvironment().merging(
      Self.settings(url: sandbox.url, state: folder + "/state")
    ) { $1 }
  }

  /// Ours, without anything that would reach the program by chance.
  static func ownEnvironment() -> [String: String] {
    Host.environment.filter { !$0.key.hasPrefix("QUAYSIDE_") && $0.key != "DATABASE_URL" }
  }

  /// Waits, leases and deadlines are short; nothing else differs from a real installation.
  static func settings(url: String, state: String) -> [String: String] {
    let world = SandboxSettings()
    return [
      "QUAYSIDE_STATE": state, "QUAYSIDE_MIRAKL_URL": url,
      "QUAYSIDE_MIRAKL_API_KEY": world.shops[0].apiKey,
      "QUAYSIDE_MIRAKL_SHOP_ID": "\(world.shops[0].id)", "QUAYSIDE_CANADAPOST_URL": url,
      "QUAYSIDE_CANADAPOST_USER": world.carrierUser,
      "QUAYSIDE_CANADAPOST_PASSWORD": world.carrierPassword,
      "QUAYSIDE_CANADAPOST_CUSTOMER": world.customerNumber,
      "QUAYSIDE_CANADAPOST_CONTRACT": world.contractID, "QUAYSIDE_SENDER_NAME": "Shipping desk",
      "QUAYSIDE_SENDER_COMPANY": "Example Laptops", "QUAYSIDE_SENDER_PHONE": "902-555-0199",
      "QUAYSIDE_SENDER_EMAIL": "shipping@example.com", "QUAYSIDE_SENDER_LINE1": "9 Sample Road",
      "QUAYSIDE_SENDER_CITY": "Halifax", "QUAYSIDE_SENDER_PROVINCE": "NS",
      "QUAYSIDE_SENDER_POSTAL_CODE": "B3J1A1", "QUAYSIDE_WAITS": "100ms",
      "QUAYSIDE_LEASE": "3s", "QUAYSIDE_CALL_DEADLINE": "1s",
      "QUAYSIDE_PURCHASE_DEADLINE": "2s", "QUAYSIDE_POLL_EVERY": "500ms",
      "QUAYSIDE_POLL_OVERLAP": "5s", "QUAYSIDE_REREAD_AFTER": "10s",
      "QUAYSIDE_CARRIER_CALLS_PER_MINUTE": "0", "QUAYSIDE_DATABASE_CONNECTIONS": "6",
      "QUAYSIDE_LOG": "json", "QUAYSIDE_LOG_LEVEL": "warning",
    ]
  }

  // MARK: Workers

  func startWorkers() throws {
    for number in 0..<Self.workersCount {
      starts.append(0)
      workers.append(try startWorker(number))
    }
  }

  private func startWorker(_ number: Int) throws -> ChildProcess {
    var own = environment
    let skew = FaultPlan.skew(seed: seed, process: "worker \(number)", start: starts[number])
    own["QUAYSIDE_CLOCK_SKEW"] = "\(skew)"
    starts[number] += 1
    let path = "\(folder)/worker-\(number).log"
    return try ChildProcess.start(
      [Host.program, "work"],
      // A Ctrl-C is ours to answer, not theirs.
      .init(environment: own, output: .file(path), error: .file(path), group: .own))
  }

  /// SIGKILL, and another in its place.
  func kill(worker number: Int) async throws {
    workers[number].kill(Signal.kill)
    let status = await workers[number].wait()
    if status.signal != Signal.kill { note(status, number) }
    workers[number] = try startWorker(number)
  }

  /// A worker never leaves by itself: one that did is noted, and replaced.
  func replaceTheFallen() throws {
    for (number, worker) in workers.enumerated() {
      guard let status = worker.status else { continue }
      note(status, number)
      workers[number] = try startWorker(number)
    }
  }

  private func note(_ status: ChildProcess.Status, _ number: Int) {
    if status.code == ExitStatus.database {
      startsInVain += 1
    } else {
      fallen.append("worker \(number): \(status)")
    }
  }

  func freeze(worker number: Int, lasting: Duration) async {
    // Whoever is there now: killed meanwhile, its successor is not touched.
    let worker = workers[number]
    worker.kill(Signal.stop)
    try? await Task.sleep(for: lasting)
    worker.kill(Signal.goOn)
  }

  /// All go on, whatever stopped them.
  func wakeAll() {
    for worker in workers { worker.kill(Signal.goOn) }
    sandbox.kill(Signal.goOn)
  }

  // MARK: PostgreSQL

  /// - Returns: whether there was a server to stop.
  func crashDatabase(_ cluster: PrivateCluster, down: Duration) async throws -> Bool {
    guard let pid = cluster.serverPID else { return false }
    // The postmaster's immediate shutdown: what `pg_ctl stop -m immediate` sends.
    _ = Host.signal(Signal.quit, to: pid)
    try? await Task.sleep(for: down)
    // A worker that starts meanwhile may have been first; either way it runs now.
    let again = try await PrivateCluster.open(folder: folder + "/state", log: log)
    await again.close()
    return true
  }

  /// - Returns: whether there was a process to kill.
  func killBackend(_ cluster: PrivateCluster, pick: Int) -> Bool {
    guard let pid = cluster.serverPID else { return false }
    let children = String(
      decoding: Folder.bytes(of: "/proc/\(pid)/task/\(pid)/children"), as: UTF8.self
    ).split(separator: " ").compactMap { Int32($0) }.filter { child in
      // Those that serve somebody: their name tells user, database and where from.
      String(decoding: Folder.bytes(of: "/proc/\(child)/cmdline"), as: UTF8.self)
        .contains("quayside quayside [local]")
    }
    guard !children.isEmpty else { return false }
    return Host.signal(Signal.kill, to: children[pick % children.count])
  }

  // MARK: The end

  /// - Returns: how each worker that was asked to end did.
  func stopWorkers() async -> [ChildProcess.Status?] {
    wakeAll()
    for worker in workers { worker.kill(Signal.end) }
    var ends: [ChildProcess.Status?] = []
    for worker in workers {
      let status = await worker.wait(for: .seconds(30))
      if status == nil { worker.kill(Signal.kill) }
      ends.append(status)
    }
    return ends
  }

  func close() async {
    _ = await stopWorkers()
    await sandbox.stop()
  }
}

/// The numbers of the signals that a fault run sends (Linux).
enum Signal {
  static let quit: Int32 = 3
  static let kill: Int32 = 9
  static let end: Int32 = 15
  static let goOn: Int32 = 18
  static let stop: Int32 = 19
}
