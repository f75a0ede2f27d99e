public import CustomerService
public import Kit
public import Ledger
public import Operations
public import PackingBench

/// What rooms are given to work with.
public struct Services: Sendable {
  public var ledger: Ledger
  public var desk: Desk
  public var metrics: Metrics
  public var packing: PackingService
  /// What the inbox answers through; `nil` on a site without one.
  public var customers: CustomerService?

  /// - Parameter packing: the bench as it is set up; without it, with what holds without settings.
  public init(
    desk: Desk, metrics: Metrics, packing: PackingService? = nil, customers: CustomerService? = nil
  ) {
    self.customers = customers
    ledger = desk.ledger
    self.desk = desk
    self.metrics = metrics
    self.packing =
      packing
      ?? PackingService(ledger: desk.ledger, settings: PackingSettings(), log: .silent)
  }
}
