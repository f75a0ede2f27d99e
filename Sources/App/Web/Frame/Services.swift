public import Kit
public import Ledger
public import Operations

/// What rooms are given to work with.
public struct Services: Sendable {
  public var ledger: Ledger
  public var desk: Desk
  public var metrics: Metrics

  public init(desk: Desk, metrics: Metrics) {
    ledger = desk.ledger
    self.desk = desk
    self.metrics = metrics
  }
}
