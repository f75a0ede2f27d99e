import Kit
import Ledger
import Operations
import Postgres
import Sandbox

/// Where something is measured: a private PostgreSQL in a folder, and an upstream in a process of its
/// own.
struct BenchSite: Sendable {
  let folder: String
  let upstream: SandboxProcess
  let installation: Installation

  /// Empties the folder's database, lays the schema, and hands the site over; ends everything after.
  static func open<Result: Sendable>(
    _ options: BenchOptions, isCanned: Bool = true,
    _ adjust: (inout Settings) -> Void = { _ in },
    _ body: (BenchSite) async throws -> Result
  ) async throws -> Result {
    let upstream = try await SandboxProcess.start(in: options.folder, isCanned: isCanned)
    do {
      var context = options.context
      context.settings.becomeBench(upstream.url, folder: options.folder)
      adjust(&context.settings)
      context.log.level = .error
      let installation = try await Installation.open(context, schema: .any)
      do {
        try await installation.beginAnew()
        try await installation.openShops()
        let site = BenchSite(
          folder: options.folder, upstream: upstream, installation: installation)
        let result = try await body(site)
        await installation.close()
        await upstream.stop()
        return result
      } catch {
        await installation.close()
        throw error
      }
    } catch {
      await upstream.stop()
      throw error
    }
  }

  /// - Parameter first: number of the first; canned orders of another number are other orders.
  func add(orders: Int, first: Int = 0) async throws {
    let body: JSON = .object(
      [("count", .int(Int64(orders)))] + (first > 0 ? [("first", .int(Int64(first)))] : []))
    try await upstream.control("POST", "/control/orders", body)
  }

  func tally() async throws -> BenchTally {
    BenchTally(try await upstream.control("GET", "/control/tally", nil))
  }

  func meter(workers: [Int32?] = [nil]) -> BenchMeter {
    .start(
      workers: workers, postmaster: installation.cluster?.serverPID, upstream: upstream.pid)
  }

  /// What was written before must not be written out while something is measured.
  func settle() async throws {
    let connection = try await PostgresConnection.open(
      installation.configuration, deadline: .seconds(30))
    try await connection.script("checkpoint", deadline: .minutes(5))
    await connection.close()
  }

  /// Works and pulls in this process until `isDone`, or the limit is over.
  /// - Returns: whether it was done.
  @discardableResult
  func work(
    _ worker: Worker, within limit: Duration, every pause: Duration,
    until isDone: () async throws -> Bool
  ) async throws -> Bool {
    let work = Task { await installation.work(worker) }
    let ends = ContinuousClock.now + limit
    var done = false
    do {
      while !done, ContinuousClock.now < ends {
        try await Task.sleep(for: pause)
        done = try await isDone()
      }
    } catch {
      work.cancel()
      await work.value
      throw error
    }
    work.cancel()
    await work.value
    return done
  }
}

/// The upstream's own count of what was done.
struct BenchTally: Sendable {
  var orders: Int
  var accepts: Int
  var labels: Int
  var ships: Int
  /// -1 when the upstream gave no answer.
  var violations: Int

  init(_ json: JSONValue?) {
    let totals = json?["totals"]
    orders = Int(totals?["orders"]?.int ?? 0)
    accepts = Int(totals?["accepts"]?.int ?? 0)
    labels = Int(totals?["labels_bought"]?.int ?? 0)
    ships = Int(totals?["ships"]?.int ?? 0)
    violations = json?["violations"]?.elements.count ?? -1
  }

  /// Each of so many orders was accepted, labelled and shipped, once.
  func isExact(_ count: Int) -> Bool {
    violations == 0 && accepts == count && labels == count && ships == count
  }
}

extension Settings {
  mutating func becomeBench(_ url: String, folder: String) {
    stateFolder = folder
    database = ""
    schema = nil
    cycle.runFast(.zero)
    cycle.idlePoll = .milliseconds(50)
    cycle.inFlightMax = 256
    carrierCallsPerMinute = 0
    readsMax = 4
    connections = 8
    pull.sweepEvery = .hours(1)
    shops = [ShopSettings.sandboxed(SandboxSettings(), url: url)]
  }
}
