import Booking
import Kit
import Ledger
import Postgres

extension BookingService {
  /// Free slots that are named when the one that was wanted is gone.
  static let nearestSlotsMax = 5

  /// Asks the ledger; its trouble becomes words for the caller.
  func asking<Value: Sendable>(
    _ question: () async throws(PostgresError) -> Value
  ) async throws(BookingError) -> Value {
    do throws(PostgresError) {
      return try await question()
    } catch {
      log.error("the ledger did not answer", ["why": error.debugDescription])
      throw BookingError(error)
    }
  }

  /// What else the caller can do after a refusal: other slots, and the draft as it stands.
  func helped(_ error: BookingError, _ ticket: CreateTicket, by caller: Caller) async
    -> BookingError
  {
    var error = error
    if error.code == .slotUnavailable, let id = ticket.slotID {
      let near = try? await nearestSlots(to: id, of: ticket.principal.businessID)
      error.details.append(("nearest_slots", .array((near ?? []).map(\.json))))
    }
    if case .draft(let draft) = ticket.wish, error.code.status < 500, error.code != .notFound,
      let work = try? await self.draft(draft.id, by: caller)
    {
      error.details.append(("draft", work.file.json(in: work.around)))
    }
    return error
  }

  func nearestSlots(to id: String, of businessID: String) async throws(PostgresError) -> [Slot] {
    let now = Timestamp.now()
    let wanted = try await ledger.slot(id, of: businessID)
    return try await ledger.nearestSlots(
      of: businessID, around: wanted?.startsAt ?? now, now: now, limit: Self.nearestSlotsMax)
  }

  /// An agent's whole order that lacks the customer's yes: the question is put at once, unless one is
  /// open already, and the way to it goes into the refusal.
  func asked(_ outcome: CreateOutcome, _ draft: Draft, by caller: Caller) async -> CreateOutcome {
    let codes: [BookingCode] = [
      .confirmationRequired, .confirmationVoid, .confirmationExpired, .confirmationTooWeak,
    ]
    guard case .refused(var error) = outcome, codes.contains(error.code),
      let work = try? await self.draft(draft.id, by: caller),
      work.file.step(in: work.around) == .finalConfirmation,
      !work.file.isWaiting(at: work.around.now)
    else { return outcome }
    do throws(BookingError) {
      let least = work.around.business.levels.least(for: work.file.draft.lines.total)
      let question = try await ask(
        draft.id, by: least == .signed ? .signature : .page, as: caller)
      error.details.append(("confirmation", question.json))
    } catch {
      log.warning("a customer was not asked", ["why": error.description])
    }
    return .refused(error)
  }
}

extension DraftFile {
  /// A question about the draft as it is waits for its answer.
  func isWaiting(at now: Timestamp) -> Bool {
    confirmations.contains {
      $0.state == .asked && $0.draftVersion == draft.version && $0.expiresAt > now
    }
  }
}
