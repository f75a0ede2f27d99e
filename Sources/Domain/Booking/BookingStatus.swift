/// Where a booking stands. The moves are the ones that its description allows, and no others; the same
/// table is in migration 0002 and in `docs/booking.md`.
public enum BookingStatus: String, Sendable, Hashable, CaseIterable {
  /// Booked; the business has not looked at it yet.
  case pending
  case confirmed
  case processing
  /// Final.
  case completed
  /// Final.
  case cancelled

  public var nexts: [BookingStatus] {
    switch self {
    case .pending: [.confirmed, .cancelled]
    case .confirmed: [.processing, .cancelled]
    case .processing: [.completed, .cancelled]
    case .completed, .cancelled: []
    }
  }

  public var isFinal: Bool { nexts.isEmpty }

  /// What is ordered may still be changed.
  public var isEditable: Bool {
    switch self {
    case .pending, .confirmed: true
    case .processing, .completed, .cancelled: false
    }
  }

  /// The one way from one status to another.
  ///
  /// - Throws: `BookingError` `.invalidOrderState`, which names the legal moves.
  public func moved(to next: BookingStatus) throws(BookingError) -> BookingStatus {
    guard nexts.contains(next) else { throw .illegalMove(from: self, to: next) }
    return next
  }
}
