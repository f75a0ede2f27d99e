import Effects
public import Kit
import Orders
public import Postgres
import Synchronization

/// The one store, and the only module that speaks SQL.
///
/// Every write of the cycle goes through `change`: lock the orders concerned (always sorted by id,
/// so that no two batches wait for each other in a ring), decide with pure functions, write.
public struct Ledger: Sendable {
  let pool: PostgresPool
  /// A test's clock; `nil` answers mean the database's own, which all processes share.
  let clock: @Sendable () -> Timestamp?
  let limits: LedgerLimits
  private let lastDisturbance = Disturbance()
  let unheard = UnheardLeases()

  public init(
    pool: PostgresPool, limits: LedgerLimits = LedgerLimits(),
    clock: @escaping @Sendable () -> Timestamp? = { nil }
  ) {
    self.pool = pool
    self.limits = limits
    self.clock = clock
  }

  public func close() async { await pool.close() }

  /// When a write last met trouble on its connection: it may have been committed unheard.
  public var disturbedAt: ContinuousClock.Instant? { lastDisturbance.at.withLock { $0 } }

  func noteTrouble(_ error: PostgresError) {
    if error.isConnectionTrouble { lastDisturbance.at.withLock { $0 = .now } }
  }

  private final class Disturbance: Sendable {
    let at = Mutex<ContinuousClock.Instant?>(nil)
  }
}

public struct LedgerLimits: Sendable {
  /// Of every statement; a batch of changes has ten times this.
  public var queryDeadline: Duration = .seconds(10)
  /// Of a statement that may look at every open order.
  var wideDeadline: Duration { queryDeadline * 3 }
  /// Bytes of a body that `api_calls` keeps.
  public var storedBodyBytesMax = 1 << 20
  /// A batch of bookings that met a restart or another batch is tried again for this long; then whoever waits
  /// is told, and nothing is half done.
  public var bookingPatience: Duration = .seconds(5)
  /// How long a transaction that met a restart or a deadlock is tried again.
  public var changePatience: Duration = .seconds(60)

  public init() {}
}
