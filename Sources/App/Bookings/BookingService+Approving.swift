public import Booking
public import Kit
public import Ledger
import Postgres

/// What is over the business's limits: its people are told, find it, and let it through.
extension BookingService {
  /// Drafts that are looked through for those that wait.
  static let shownDraftsMax = 1_000

  /// Drafts whose summary was shown and that can still be booked, the first to expire first.
  public func drafts(
    waitingForApproval: Bool, limit: Int, by caller: Caller
  ) async throws(BookingError) -> [DraftWork] {
    try caller.principal.require(.approve)
    let shown = try await asking { () async throws(PostgresError) in
      try await ledger.shownDrafts(
        of: caller.principal.businessID, limit: waitingForApproval ? Self.shownDraftsMax : limit)
    }
    guard waitingForApproval else { return shown }
    return Array(shown.filter { $0.file.waitsForApproval(in: $0.around) }.prefix(limit))
  }

  /// A person of the business lets through what is over its limits.
  public func approve(
    digest: [UInt8], of draftID: UUIDv7, by caller: Caller
  ) async throws(BookingError) -> DraftWork {
    try caller.principal.require(.approve)
    return try await change(draftID, "approve", by: caller) { (work) throws(BookingError) in
      let exceeded = work.file.exceededLimits(in: work.around)
      try work.file.approve(digest: digest, work.around)
      work.approval = (digest, exceeded)
    }
  }

  /// After a booking that was refused for its limits, which may have been reached since the summary was
  /// shown.
  func askBusiness(about id: UUIDv7, by caller: Caller) async {
    let work = try? await change(id, "ask_business", by: caller) { (work) throws(BookingError) in
      work.tellsBusiness = work.file.tellBusiness(work.around)
    }
    if let work { tellBusiness(of: work) }
  }

  /// At most once of each summary: where this process dies first, the list of drafts still has it.
  func tellBusiness(of work: DraftWork) {
    guard work.tellsBusiness else { return }
    settings.approvalNeeded?(work)
  }
}
