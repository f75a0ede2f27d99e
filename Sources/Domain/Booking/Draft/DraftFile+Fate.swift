public import Kit

/// What became of a customer's yes.
public enum YesFate: Sendable, Equatable {
  case booked(orderID: String)
  /// The order can be booked with it until then.
  case waiting(until: Timestamp)
  case tooOld
  /// The order was changed or given up since, cannot be had any more, or takes more than this yes.
  case void
}

extension DraftFile {
  /// - Parameter yes: one of this draft's questions that was answered with yes.
  public func fate(of yes: Confirmation, in around: Surroundings) -> YesFate {
    if let orderID = draft.orderID { return .booked(orderID: orderID) }
    let ends = min(yes.holdsUntil ?? yes.expiresAt, draft.expiresAt)
    if ends <= around.now { return .tooOld }
    guard !draft.isCancelled, goneItems(in: around).isEmpty, hindrances(in: around).isEmpty,
      let standing = try? standing(in: around), standing.digest == yes.digest
    else { return .void }
    return .waiting(until: ends)
  }
}
