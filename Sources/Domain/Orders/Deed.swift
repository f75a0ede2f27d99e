/// One thing that we want to happen outside, exactly once: for an order, in a thread, or for a shop.
public enum Deed: String, Sendable, Hashable, CaseIterable {
  case acceptOrder = "accept_order"
  case refuseOrder = "refuse_order"
  /// Of an order that was accepted: all of it, while the marketplace still lets the shop.
  case cancelOrder = "cancel_order"
  case buyLabel = "buy_label"
  case fetchLabel = "fetch_label"
  case postTracking = "post_tracking"
  case markShipped = "mark_shipped"
  case voidLabel = "void_label"
  case refundLabel = "refund_label"
  /// About no order: what the marketplace is told of a shop's quantities.
  case updateOffer = "update_offer"
  case sendMessage = "send_message"

  /// Which outside system it talks to: work for one never queues behind work for another.
  public var system: OutsideSystem {
    switch self {
    case .acceptOrder, .refuseOrder, .cancelOrder, .postTracking, .markShipped, .updateOffer:
      .marketplace
    case .buyLabel, .fetchLabel, .voidLabel, .refundLabel: .carrier
    case .sendMessage: .inbox
    }
  }

  /// Else of a thread, or of a shop.
  public var isAboutAnOrder: Bool {
    switch self {
    case .acceptOrder, .refuseOrder, .cancelOrder, .buyLabel, .fetchLabel, .postTracking,
      .markShipped, .voidLabel, .refundLabel:
      true
    case .updateOffer, .sendMessage: false
    }
  }

  /// About one label of its order, else about the order itself, whatever it goes in.
  public var isAboutAParcel: Bool {
    switch self {
    case .buyLabel, .fetchLabel, .postTracking, .markShipped, .voidLabel, .refundLabel: true
    case .acceptOrder, .refuseOrder, .cancelOrder, .updateOffer, .sendMessage: false
    }
  }

  /// The key that an effect about an order is written down with; of a purchase, the one that the carrier
  /// sees. A parcel that is made anew after its label was voided is another generation with a request
  /// id of its own, so an effect with another key than this one is about a label that is gone.
  public func requestKey(of orderID: String, generation: Int, requestID: String) -> String {
    self == .buyLabel ? requestID : "\(rawValue):\(orderID):\(generation)"
  }

  /// What makes no sense any more once the order is off: planned ones are cancelled with it, and a
  /// hold keeps them back. What brings the order's end about is not of these.
  public var diesWithTheOrder: Bool {
    switch self {
    case .acceptOrder, .refuseOrder, .buyLabel, .fetchLabel, .postTracking, .markShipped: true
    case .cancelOrder, .voidLabel, .refundLabel, .updateOffer, .sendMessage: false
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
