import HTTP
import HTTPClient
import Kit
import Postgres
import Synchronization

/// The longest time for which something did not go on.
final class Pulse: Sendable {
  private let state = Mutex((last: ContinuousClock.now, longest: Duration.zero))

  func beat() {
    state.withLock { state in
      let now = ContinuousClock.now
      state.longest = max(state.longest, now - state.last)
      state.last = now
    }
  }

  /// From now on; what was before does not count.
  func restart() { state.withLock { $0.longest = .zero } }

  var longest: Duration { state.withLock { $0.longest } }
  var last: ContinuousClock.Instant { state.withLock { $0.last } }
}

/// Writes numbered rows all the time, and remembers which of them it was told are stored.
final class WritingWitness: Sendable {
  static let writers = 4

  let pulse = Pulse()
  private let pool: PostgresPool
  private let state = Mutex((next: 0, stored: Set<Int>(), unknown: Set<Int>()))

  init(url: String) throws {
    pool = PostgresPool(try PostgresConfiguration(url: url), size: Self.writers)
  }

  func prepare() async throws {
    try await pool.withConnection(deadline: .seconds(30)) { connection throws(PostgresError) in
      try await connection.script(
        "create table witness (id bigint primary key)", deadline: .seconds(30))
    }
  }

  func close() async { await pool.close() }

  /// Until it is cancelled.
  func run() async {
    await withTaskGroup { group in
      for _ in 0..<Self.writers { group.addTask { await self.write() } }
    }
  }

  private func write() async {
    while !Task.isCancelled {
      let id = state.withLock { state in
        state.next += 1
        return state.next
      }
      do throws(PostgresError) {
        try await pool.query(Insert(id: id), deadline: .seconds(10))
        pulse.beat()
        state.withLock { _ = $0.stored.insert(id) }
      } catch {
        if error.commitMayHaveHappened { state.withLock { _ = $0.unknown.insert(id) } }
      }
      try? await Task.sleep(for: .milliseconds(10))
    }
  }

  struct Verdict {
    var acknowledged: Int
    /// Acknowledged, and not there.
    var lost: Int
    /// Nobody knew at the time.
    var unknown: Int
    /// There, although nobody was told and nobody could have thought so.
    var unexplained: Int
  }

  func verdict() async throws -> Verdict {
    let present = Set(try await pool.query(ReadAll(), deadline: .seconds(30)))
    return state.withLock { state in
      Verdict(
        acknowledged: state.stored.count, lost: state.stored.subtracting(present).count,
        unknown: state.unknown.count,
        unexplained: present.subtracting(state.stored).subtracting(state.unknown).count)
    }
  }

  private struct Insert: PostgresStatement {
    static let sql = "insert into witness (id) values ($1)"
    let id: Int
    func bind(_ b: inout PostgresBindings) { b.append(id) }
  }

  private struct ReadAll: PostgresStatement {
    static let sql = "select id from witness"
    static func row(_ r: PostgresRow) throws(PostgresError) -> Int { try r.int(0) }
  }
}

/// Reads what Quayside has committed, again and again. What it ever saw must stay.
final class ReadingWitness: Sendable {
  private let pool: PostgresPool
  private let seen = Mutex(Set<String>())

  init(url: String) throws {
    pool = PostgresPool(try PostgresConfiguration(url: url), size: 1)
  }

  func close() async { await pool.close() }

  /// Until it is cancelled.
  func run() async {
    while !Task.isCancelled {
      if let facts = try? await pool.query(ReadFacts(), deadline: .seconds(10)) {
        seen.withLock { $0.formUnion(facts) }
      }
      try? await Task.sleep(for: .milliseconds(200))
    }
  }

  func look() async throws {
    let facts = try await pool.query(ReadFacts(), deadline: .seconds(30))
    seen.withLock { $0.formUnion(facts) }
  }

  /// - Returns: how many facts were seen by now, of these how many orders, and which are gone.
  func verdict() async throws -> (facts: Int, orders: Int, lost: [String]) {
    let present = Set(try await pool.query(ReadFacts(), deadline: .seconds(30)))
    let seen = seen.withLock { $0 }
    return (
      seen.count, seen.count { $0.hasPrefix("order ") }, seen.subtracting(present).sorted()
    )
  }

  var orders: Int { seen.withLock { $0.count { $0.hasPrefix("order ") } } }

  /// How often a person was asked, settled or not.
  func failures() async throws -> Int {
    try await pool.query(CountFailures(), deadline: .seconds(30)).first ?? 0
  }

  /// Facts that never change once they are there.
  private struct ReadFacts: PostgresStatement {
    static let sql = """
      select 'order ' || order_id from orders
      union all
      select 'history ' || history_id || ' ' || order_id || ' ' || previous_status || ' ' || status
      from order_status_history
      union all
      select 'confirmed ' || effect_id || ' ' || kind || ' ' || subject
      from effects where state = 'confirmed'
      union all
      select 'call ' || call_id from api_calls
      """
    static func row(_ r: PostgresRow) throws(PostgresError) -> String { try r.string(0) }
  }

  private struct CountFailures: PostgresStatement {
    static let sql = "select count(*) from process_failures"
    static func row(_ r: PostgresRow) throws(PostgresError) -> Int { try r.int(0) }
  }
}

/// Asks Quayside for what only its database can answer, again and again.
struct AskingWitness: Sendable {
  let pulse = Pulse()
  private let url: String
  private let http: HTTPClient

  /// - Parameter url: what `quayside serve` printed.
  init(url: String) throws {
    guard let origin = Origin(url: url) else { throw Trouble("no address: \(url)") }
    self.url = url + "healthz"
    http = HTTPClient(.init(allowedOrigins: [origin]))
  }

  /// Until it is cancelled.
  func run() async {
    while !Task.isCancelled {
      let request = HTTPClientRequest(method: "GET", url: url, deadline: .seconds(2))
      if let answer = try? await http.send(request), answer.status == 200 { pulse.beat() }
      try? await Task.sleep(for: .milliseconds(50))
    }
  }
}

/// Places orders at the marketplace, and watches shipments arrive there.
final class OrderingWitness: Sendable {
  let pulse = Pulse()
  private let sandbox: SandboxChild
  private let state = Mutex((ids: [String](), shipped: 0))

  init(sandbox: SandboxChild) { self.sandbox = sandbox }

  var ids: [String] { state.withLock { $0.ids } }
  var shipped: Int { state.withLock { $0.shipped } }

  /// Until it is cancelled: about 20 orders a second, as long as they are done about as fast.
  func place() async {
    while !Task.isCancelled {
      if ids.count - shipped < 200, let made = try? await sandbox.order(2) {
        state.withLock { $0.ids += made }
      }
      try? await Task.sleep(for: .milliseconds(100))
    }
  }

  /// Until it is cancelled.
  func watch() async {
    while !Task.isCancelled {
      if let tally = try? await sandbox.tally() {
        let count = tally.orders.values.count { $0.ships > 0 }
        let isMore = state.withLock { state in
          defer { state.shipped = count }
          return count > state.shipped
        }
        if isMore { pulse.beat() }
      }
      try? await Task.sleep(for: .milliseconds(100))
    }
  }
}
