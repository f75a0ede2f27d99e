import Kit
import Ledger

/// A deadline as a chip: how long there is, and how bad that is.
struct Clock: Sendable {
  /// Less than this is a risk.
  static let risk = Duration.hours(4)
  /// The overview lists what is due within this.
  static let soon = Duration.hours(8)

  let moments: Moments

  enum State: Sendable { case late, risk, fine }

  func state(of deadline: Timestamp) -> State {
    if deadline < moments.now { return .late }
    return deadline < moments.now + Self.risk ? .risk : .fine
  }

  func chip(_ deadline: Timestamp) -> Markup {
    let words: String
    let tone: Tone
    switch state(of: deadline) {
    case .late: (words, tone) = ("late by " + moments.length(since: deadline), .bad)
    case .risk: (words, tone) = (moments.distance(deadline), .warn)
    case .fine: (words, tone) = (moments.distance(deadline), .calm)
    }
    return Tag.time(
      .dateTime(deadline.iso8601), .title(deadline.iso8601), .class("badge", tone.rawValue)
    ) { words }
  }

  /// What an open order is to reach next, and by when.
  static func next(of row: ListedOrder) -> (what: String, at: Timestamp)? {
    guard row.isMarketplace else { return nil }
    switch row.status {
    case "received", "parked", "pending_acceptance", "acceptance_failed":
      return row.acceptBy.map { ("accept", $0) }
    case "accepted", "label_created": return row.shipBy.map { ("ship", $0) }
    default: return nil
    }
  }
}
