public import Bookings
public import CustomerService
public import Kit
public import Ledger
public import Operations
public import PackingBench
import Postgres
import Synchronization

/// What rooms are given to work with.
public struct Services: Sendable {
  public var ledger: Ledger
  public var desk: Desk
  public var bookings: BookingService
  public var metrics: Metrics
  public var packing: PackingService
  /// What the inbox answers through; `nil` on a site without one.
  public var customers: CustomerService?

  /// Where all orders stand. Who asks also moves the remembered tallies on, behind the page.
  func situation() async throws(PostgresError) -> Situation {
    folding.begin(on: ledger)
    return try await ledger.situation()
  }

  private let folding = Folding()

  /// - Parameter bookings: the service with its settings; without it, one that sends nobody anything.
  /// - Parameter packing: the bench as it is set up; without it, with what holds without settings.
  public init(
    desk: Desk, metrics: Metrics, bookings: BookingService? = nil, packing: PackingService? = nil,
    customers: CustomerService? = nil
  ) {
    self.customers = customers
    ledger = desk.ledger
    self.desk = desk
    self.bookings =
      bookings
      ?? BookingService(
        ledger: desk.ledger, settings: BookingSettings(publicURL: ""), log: .silent)
    self.metrics = metrics
    self.packing =
      packing
      ?? PackingService(ledger: desk.ledger, settings: PackingSettings(), log: .silent)
  }
}

/// Moves the tallies on now and then, one at a time, while nobody waits for it.
private final class Folding: Sendable {
  static let every = Duration.minutes(1)
  private let next = Mutex(ContinuousClock.now)

  func begin(on ledger: Ledger) {
    let isTime = next.withLock { next in
      guard next <= .now else { return false }
      next = .now + Self.every
      return true
    }
    guard isTime else { return }
    Task { while (try? await ledger.foldTallies()) == true {} }
  }
}
