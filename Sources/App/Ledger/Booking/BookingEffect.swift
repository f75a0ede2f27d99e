public import Booking

/// What a booking causes outside. The kinds are in migration 0002; whoever carries them out claims them
/// by their lane, as every effect.
public enum BookingEffect: String, Sendable, CaseIterable {
  /// The order's row in the business's sheet is as the order is.
  case syncSheet = "sync_sheet"
  /// The business is told.
  case sendPush = "send_push"

  /// The queue of one business's work for one system.
  public func lane(business: String) -> String {
    switch self {
    case .syncSheet: "sheets:\(business)"
    case .sendPush: "push:\(business)"
    }
  }

  /// What a change of an order causes for this business.
  public static func all(for business: Business) -> [BookingEffect] {
    (business.syncsSheet ? [.syncSheet] : []) + (business.pushes ? [.sendPush] : [])
  }
}
