/// What a template can ask for.
public enum ReplyVariable: String, Sendable, Hashable, CaseIterable {
  case customerFirstName = "customer.first_name"
  case customerName = "customer.name"
  case orderID = "order.id"
  /// In the customer's words: being prepared, shipped, ...
  case orderStatus = "order.status"
  case orderItems = "order.items"
  case orderShipBy = "order.ship_by"
  case trackingNumber = "tracking.number"
  case trackingURL = "tracking.url"
  case shopName = "shop.name"
  case agentName = "agent.name"

  /// What it stands for, for the list beside the editor.
  public var meaning: String {
    switch self {
    case .customerFirstName: "the customer's first name"
    case .customerName: "the customer's whole name"
    case .orderID: "the order's number"
    case .orderStatus: "where the order stands, in the customer's language"
    case .orderItems: "what was ordered"
    case .orderShipBy: "the day by which it ships"
    case .trackingNumber: "the tracking number"
    case .trackingURL: "where the parcel can be followed"
    case .shopName: "the shop's name"
    case .agentName: "your name"
    }
  }
}
