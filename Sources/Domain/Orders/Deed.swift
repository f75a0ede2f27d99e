/// One thing that we want to happen outside, exactly once: for an order, or in a thread.
public enum Deed: String, Sendable, Hashable, CaseIterable {
  case acceptOrder = "accept_order"
  case buyLabel = "buy_label"
  case fetchLabel = "fetch_label"
  case postTracking = "post_tracking"
  case markShipped = "mark_shipped"
  case voidLabel = "void_label"
  case refundLabel = "refund_label"
  case sendMessage = "send_message"

  /// Which outside system it talks to: work for one never queues behind work for another.
  public var system: OutsideSystem {
    switch self {
    case .acceptOrder, .postTracking, .markShipped: .marketplace
    case .buyLabel, .fetchLabel, .voidLabel, .refundLabel: .carrier
    case .sendMessage: .inbox
    }
  }

  /// What still makes no sense once the order is off: planned ones are cancelled with it.
  public var diesWithTheOrder: Bool {
    switch self {
    case .acceptOrder, .buyLabel, .fetchLabel, .postTracking, .markShipped: true
    case .voidLabel, .refundLabel, .sendMessage: false
    }
  }
}

public enum OutsideSystem: String, Sendable, Hashable, CaseIterable {
  case marketplace
  case carrier
  /// The marketplace's inbox: its own lane, so that answers and orders never wait for each other.
  case inbox

  /// The queue of one shop's work for one system.
  public func lane(shop: String) -> String { "\(rawValue):\(shop)" }
}
