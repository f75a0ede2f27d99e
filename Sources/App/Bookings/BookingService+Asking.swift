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
    var error = await namingSlots(error, of: ticket.principal.businessID)
    if case .draft(let draft) = ticket.wish, error.code == .approvalRequired {
      await askBusiness(about: draft.id, by: caller)
    }
    if case .draft(let draft) = ticket.wish, error.code.status < 500, error.code != .notFound,
      let work = try? await self.draft(draft.id, by: caller)
    {
      error.details.append(("draft", work.file.json(in: work.around)))
    }
    return error
  }

  /// Of a slot that cannot be had: the nearest free ones, for the customer to choose from.
  func namingSlots(_ error: BookingError, of businessID: String) async -> BookingError {
    guard error.code == .slotUnavailable else { return error }
    var error = error
    for case ("slot_id", .string(let id)) in error.details {
      let near = try? await nearestSlots(to: id, of: businessID)
      error.details.append(("nearest_slots", .array((near ?? []).map(\.json))))
    }
    return error
  }

  private func nearestSlots(to id: String, of businessID: String) async throws(PostgresError)
    -> [Slot]
  {
    let now = Timestamp.now()
    let wanted = try await ledger.slot(id, of: businessID)
    return try await ledger.nearestSlots(
      of: businessID, around: wanted?.startsAt ?? now, now: now, limit: Self.nearestSlotsMax)
  }

  /// An agent's whole order that lacks the customer's yes: the question is put at once, unless one is
  /// open already, and the way to it goes into the refusal; the same way, when the request comes again.
  func asked(_ outcome: CreateOutcome, _ draft: Draft, by caller: Caller) async -> CreateOutcome {
    let codes: [BookingCode] = [
      .confirmationRequired, .confirmationVoid, .confirmationExpired, .confirmationTooWeak,
    ]
    guard case .refused(var refusal) = outcome, codes.contains(refusal.code),
      let work = try? await self.draft(draft.id, by: caller),
      work.file.step(in: work.around) == .finalConfirmation
    else { return outcome }
    do throws(BookingError) {
      let question = try await self.question(about: work, as: caller)
      refusal.details.append(("confirmation", question.json))
    } catch {
      log.warning("a customer was not asked", ["why": error.description])
      // The same request would wait for ever for a yes that nobody can give here.
      guard error.code != .channelUnavailable else {
        return .refused(
          BookingError(
            error.code, error.message,
            details: error.details + refusal.details.filter { $0.0 == "draft" }))
      }
      refusal.details.append(("not_asked", .string(error.message)))
    }
    return .refused(refusal)
  }

  private func question(
    about work: DraftWork, as caller: Caller
  ) async throws(BookingError) -> Question {
    let channel = try await bestChannel(for: work)
    if let open = openQuestion(of: work, isSigned: channel == .signature) { return open }
    return try await ask(work.file.draft.id, by: channel, as: caller)
  }

  /// Our page where that is enough, else the customer's signature where there is a key for it.
  private func bestChannel(
    for work: DraftWork
  ) async throws(BookingError) -> ConfirmationChannel {
    let least = work.file.leastLevel(in: work.around)
    if least == .signed { return .signature }
    if ConfirmationChannel.page.level(isDirect: settings.courier != nil) >= least { return .page }
    return try await hasKey(customerOf: work.file.draft) ? .signature : .page
  }

  /// The newest question that waits and that the customer has, or can be given again. Any of the older
  /// ones may still be answered: what they lead to is the one order of their draft.
  private func openQuestion(of work: DraftWork, isSigned: Bool) -> Question? {
    let least = work.file.leastLevel(in: work.around)
    for one in work.file.waiting(at: work.around.now).reversed()
    where (one.channel == .signature) == isSigned && one.level >= least {
      var question = Question(confirmation: one, work: work)
      switch one.channel {
      case .page, .code:
        if one.code != nil {
          question.sentTo = BookingLog.masked(work.file.draft.customerPhone ?? "")
        } else if let link = links[one.id] {
          question.link = link
        } else {
          continue
        }
      case .signature: break
      // A dialog is its client's.
      case .elicitation, .agent: continue
      }
      return question
    }
    return nil
  }
}

extension DraftFile {
  /// Questions about the draft as it was last shown that wait for their answer.
  func waiting(at now: Timestamp) -> [Confirmation] {
    confirmations.filter {
      $0.state == .asked && !$0.isUndelivered && $0.draftVersion == draft.version
        && $0.digest == draft.shown && $0.expiresAt > now
    }
  }
}
