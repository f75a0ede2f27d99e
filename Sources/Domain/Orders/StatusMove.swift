/// A change of an order's status with the reason that history keeps.
public struct StatusMove: Sendable, Equatable {
  public var to: OrderStatus
  public var cause: String

  public init(to: OrderStatus, cause: String) {
    self.to = to
    self.cause = cause
  }
}
