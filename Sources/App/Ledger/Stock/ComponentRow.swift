/// A component with its stock, as a list shows it.
public struct ComponentRow: Sendable, Equatable {
  public let id: Int64
  public let code: String
  public let name: String
  public let type: String
  /// The one that is printed.
  public let barcode: String?
  public let asksSerial: Bool
  /// Warn when what is free lasts for fewer days than this.
  public let coverDays: Int
  public let isActive: Bool
  public let onHand: Int64
  /// What open orders hold; may be more than there is.
  public let reserved: Int64
  /// What left in the last 30 days.
  public let used: Int64

  public static let usedDays = 30

  /// Negative where more is promised than there is.
  public var free: Int64 { onHand - reserved }

  /// How many days what is free lasts at the pace of the last 30; `nil` when nothing left.
  public var daysOfCover: Int64? {
    used > 0 ? max(0, free) * Int64(Self.usedDays) / used : nil
  }

  public var isLow: Bool {
    if free < 0 { return true }
    guard let days = daysOfCover else { return false }
    return days < Int64(coverDays)
  }
}
