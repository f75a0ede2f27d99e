public import Stock

/// One change of one part's stock, to be booked by `BookParts` in the caller's transaction.
public struct PartBooking: Sendable, Equatable {
  public var componentID: Int64
  /// Pieces; positive goes into stock.
  public var delta: Int64
  public var kind: MovementKind
  public var reason: String?
  /// The order's line that it is for: `installed` takes from what the line holds, `uninstalled` gives
  /// it back.
  public var orderID: String?
  public var orderLineID: String?
  /// The same key again books nothing.
  public var requestKey: String?

  public init(
    componentID: Int64, delta: Int64, kind: MovementKind, reason: String? = nil,
    orderID: String? = nil, orderLineID: String? = nil, requestKey: String? = nil
  ) {
    self.componentID = componentID
    self.delta = delta
    self.kind = kind
    self.reason = reason
    self.orderID = orderID
    self.orderLineID = orderLineID
    self.requestKey = requestKey
  }

  /// RAM or SSD swapped at the bench: `fitted` comes from what the line holds, `removed` goes into
  /// stock. `key` names the one scan that did it.
  public static func swap(
    orderID: String, orderLineID: String, fitted: Int64, removed: Int64, pieces: Int64 = 1,
    key: String
  ) -> [PartBooking] {
    [
      PartBooking(
        componentID: fitted, delta: -pieces, kind: .installed, orderID: orderID,
        orderLineID: orderLineID, requestKey: "\(key)/fitted"),
      PartBooking(
        componentID: removed, delta: pieces, kind: .removed, orderID: orderID,
        orderLineID: orderLineID, requestKey: "\(key)/removed"),
    ]
  }
}
