import Booking
import Bookings
import HTTP
import HTTPClient
import Kit
import Ledger
import Postgres

/// Bookings under load: `quayside serve` in a process of its own on a private PostgreSQL, wrk on 32
/// connections. Every booking is durable, with all its rows: order, booking, two lines, history, key
/// with its stored answer, and one effect.
struct BookingBench {
  struct Load {
    var perSecond: Double
    var p50: Double
    var p99: Double
    var done: Int
    var errors: Int
  }

  struct Result {
    var bookings: Load
    var replays: Load
    /// Requests of all runs that were not answered as they should, beside those of warming up.
    var errors: Int
    var pgbenchPerSecond: Double
    var serverMB: Int
    /// Orders in the database after the runs, and those of them that lack one of their rows.
    var stored: Int
    var broken: Int
    var cpu: (server: Duration, postgres: Duration)
  }

  static let businessID = "bench"
  static let connections = 32

  let context: Context
  let folder: String
  let seconds: Int
  let runs: Int
  /// Where bench/booking.lua and bench/booking.sql are.
  let scripts: String

  func run() async throws -> Result {
    var context = context
    context.settings.stateFolder = folder
    context.settings.database = ""
    context.settings.schema = nil
    context.log.level = .error
    let installation = try await Installation.open(context, schema: .any)
    do {
      try await installation.beginAnew()
      let key = try await seed(installation)
      let child = try await ServeProcess.start(in: folder)
      do {
        let result = try await measure(installation, child, key)
        await child.stop()
        await installation.close()
        return result
      } catch {
        await child.stop()
        throw error
      }
    } catch {
      await installation.close()
      throw error
    }
  }

  private func seed(_ installation: Installation) async throws -> String {
    try await installation.ledger.write(
      Business(
        id: Self.businessID, name: "Bench", currency: "CAD", isBookingEnabled: true,
        hasCatalogue: true, syncsSheet: true))
    for (id, cents) in [("SKU-1", 1_299), ("SKU-2", 499)] {
      try await installation.ledger.write(
        CatalogueItem(id: id, name: "Thing \(id)", unitPrice: Int64(cents)), of: Self.businessID)
    }
    return try await installation.bookings.makeKey(
      for: Self.businessID, name: "bench", kind: .staff
    ).secret
  }

  private func measure(
    _ installation: Installation, _ child: ServeProcess, _ key: String
  ) async throws -> Result {
    _ = try await load(child, key, seconds: 2)
    var bookings: [Load] = []
    let begun = cpu(installation, child)
    for _ in 0..<runs { bookings.append(try await load(child, key, seconds: seconds)) }
    let ended = cpu(installation, child)
    // Keys that were booked before, then all of them again and again.
    _ = try await load(child, key, seconds: 2, replays: true)
    var replays: [Load] = []
    for _ in 0..<runs {
      replays.append(try await load(child, key, seconds: seconds, replays: true))
    }
    let errors = (bookings + replays).reduce(0) { $0 + $1.errors }
    let memory = Host.residentBytes(of: child.pid) ?? 0
    let (stored, broken) = try await count(installation)
    let pgbench = try await pgbench(installation)
    return Result(
      bookings: Self.median(bookings), replays: Self.median(replays), errors: errors,
      pgbenchPerSecond: pgbench, serverMB: memory >> 20, stored: stored, broken: broken,
      cpu: (ended.server - begun.server, ended.postgres - begun.postgres))
  }

  private func cpu(
    _ installation: Installation, _ child: ServeProcess
  ) -> (server: Duration, postgres: Duration) {
    let postmaster = installation.cluster?.serverPID
    return (
      Host.cpuTime(of: child.pid), postmaster.map { Host.cpuTimeOfFamily($0) } ?? .zero
    )
  }

  // MARK: Loads

  private func load(
    _ child: ServeProcess, _ key: String, seconds: Int, replays: Bool = false
  ) async throws -> Load {
    var environment = Host.environment
    environment["KEY"] = key
    environment["USER_ID"] = Self.businessID
    environment["REPLAY"] = replays ? "1" : "0"
    let done = try await ChildProcess.run(
      [
        "wrk", "-t", "1", "-c", "\(Self.connections)", "-d", "\(seconds)s", "--latency",
        // An answer after more than wrk's two seconds is late, not lost: the percentiles tell.
        "--timeout", "60s", "-s", scripts + "/booking.lua", child.url,
      ], environment: environment, deadline: .seconds(Int64(seconds) + 60))
    guard let mark = done.text.firstRange(of: "@@"),
      let json = try? JSONValue.parse(Array(done.text[mark.upperBound...].utf8)),
      let requests = json["requests"]?.int, let micros = json["duration_us"]?.int, micros > 0
    else { throw NotFound(description: "wrk gave no figures: \(done.text)\(done.errorText)") }
    let errors = (json["socket_errors"]?.int ?? 0) + (json["status_errors"]?.int ?? 0)
    return Load(
      perSecond: Double(requests - errors) * 1e6 / Double(micros),
      p50: json["p50_ms"]?.decimal.flatMap { Double($0) } ?? 0,
      p99: json["p99_ms"]?.decimal.flatMap { Double($0) } ?? 0, done: Int(requests - errors),
      errors: Int(errors))
  }

  /// The same rows, each booking in a transaction of its own, by PostgreSQL's own load driver.
  private func pgbench(_ installation: Installation) async throws -> Double {
    let connection = try await PostgresConnection.open(
      installation.configuration, deadline: .seconds(30))
    try await connection.script(
      "create sequence if not exists bench_numbers", deadline: .seconds(10))
    await connection.close()
    guard let cluster = installation.cluster else { return 0 }
    let done = try await ChildProcess.run(
      [
        Self.pgbenchPath, "-n", "-M", "prepared", "-c", "\(Self.connections)", "-j", "2", "-T",
        "\(seconds)", "-h", cluster.folder + "/socket", "-U", "quayside", "-f",
        scripts + "/booking.sql", cluster.configuration.database,
      ], deadline: .seconds(Int64(seconds) + 60))
    for line in done.text.split(separator: "\n") where line.hasPrefix("tps = ") {
      return line.dropFirst(6).split(separator: " ").first.flatMap { Double($0) } ?? 0
    }
    throw NotFound(description: "pgbench gave no figure: \(done.text)\(done.errorText)")
  }

  private static var pgbenchPath: String {
    Folder.names(in: "/usr/lib/postgresql").sorted().reversed()
      .map { "/usr/lib/postgresql/\($0)/bin/pgbench" }.first(where: Folder.exists) ?? "pgbench"
  }

  private func count(_ installation: Installation) async throws -> (stored: Int, broken: Int) {
    try await installation.ledger.countBookings(of: Self.businessID)
  }

  private static func median(_ loads: [Load]) -> Load {
    loads.sorted { $0.perSecond < $1.perSecond }[loads.count / 2]
  }
}
