import Booking
import BookingAPI
import Bookings
import Kit
import Ledger

/// One call of one tool, up to three rounds: the call, the question to the customer where booking lacks
/// nothing but the yes, and the booking. The server's rows decide each time; what the client sends back
/// only says which row.
struct ToolConversation: Sendable {
  /// A customer who was sent to our page is waited for this long before the call is answered.
  static let pagePatience = Duration.seconds(10)
  static let pageLook = Duration.milliseconds(250)
  static let wordsMax = 2_000

  let tool: BookingTool
  let service: BookingService
  let caller: Caller

  func outcome(of request: ToolRequest) async throws(RPCError) -> ToolOutcome {
    if tool.books, let text = request.state, request.responses != nil {
      if let refusal = try await take(request, text) { return refusal }
    }
    do throws(BookingError) {
      return .done(try await tool.call(request.arguments, service: service, by: caller))
    } catch {
      if tool.books, let asked = await ask(request, error) { return asked }
      return .refused(error, correlationID: caller.correlationID)
    }
  }

  // MARK: Asking

  private static let mayAsk: Set<BookingCode> = [
    .confirmationRequired, .confirmationVoid, .confirmationExpired,
  ]

  /// A dialog, where the yes is all that is missing, a dialog's yes is enough, and the client can show
  /// one. `nil` otherwise: the refusal stands, and says what to do.
  private func ask(_ request: ToolRequest, _ refusal: BookingError) async -> ToolOutcome? {
    guard request.abilities.form || request.abilities.url, Self.mayAsk.contains(refusal.code),
      // Whoever just answered is not asked again in the same call.
      request.responses == nil || request.state == nil,
      let id = request.arguments["draft_id"]?.string.flatMap({ UUIDv7(text: $0) })
    else { return nil }
    do throws(BookingError) {
      let work = try await service.draft(id, by: caller)
      guard work.file.step(in: work.around) == .finalConfirmation,
        work.file.leastLevel(in: work.around) <= .mediated
      else { return nil }
      return request.abilities.form
        ? try await form(id) : try await page(id, work)
    } catch {
      return .refused(error, correlationID: caller.correlationID)
    }
  }

  private func form(_ id: UUIDv7) async throws(BookingError) -> ToolOutcome {
    let question = try await service.ask(id, by: .elicitation, as: caller)
    let state = QuestionState(draftID: id, secret: question.nonce ?? "", isPage: false)
    // No field has a default: the customer ticks it, or it is no yes.
    let schema: JSON = [
      "type": "object",
      "properties": [
        "confirm": [
          "type": "boolean", "title": "Yes, book it",
          "description": "Ticked, the order is booked as it is shown.",
        ],
        "words": [
          "type": "string", "title": "Anything to add?", "maxLength": .int(Int64(Self.wordsMax)),
          "description": "Kept with the order's confirmation, as it is written.",
        ],
      ], "required": ["confirm"],
    ]
    return .ask(
      [
        Inquiry(
          name: "confirmation",
          params: [
            ("mode", "form"),
            ("message", .string("\(SummaryText(question.work))\n\nBook this order?")),
            ("requestedSchema", schema),
          ])
      ], state: state.text)
  }

  /// The page behind the link shows the summary. The link goes to the client's user, past the model.
  private func page(_ id: UUIDv7, _ work: DraftWork) async throws(BookingError) -> ToolOutcome? {
    let question = try await service.ask(id, by: .page, as: caller)
    guard let link = question.link else { return nil }
    let state = QuestionState(
      draftID: id, secret: question.confirmation.id.text, isPage: true)
    return .ask(
      [
        Inquiry(
          name: "confirmation",
          params: [
            ("mode", "url"),
            (
              "message",
              .string(
                "\(SummaryText.plain(work.around.business.name)) asks you to look at your order "
                  + "and to answer on its page.")
            ), ("url", .string(link)),
          ])
      ], state: state.text)
  }

  // MARK: Taking the answer

  /// - Returns: what to answer at once; `nil` when the booking is to be tried.
  /// - Throws: `RPCError` for an answer without a form, or to no question of ours.
  private func take(_ request: ToolRequest, _ text: String) async throws(RPCError) -> ToolOutcome? {
    guard let state = QuestionState(text),
      request.arguments["draft_id"]?.string.flatMap({ UUIDv7(text: $0) }) == state.draftID
    else { throw Self.foreign }
    let response = request.responses?["confirmation"]
    switch response?["action"]?.string {
    case "accept":
      guard !state.isPage else { return await wait(for: state) }
      return try await answer(state, response?["content"])
    case "decline": return state.isPage ? refusal(.declined) : try await decline(state, words: nil)
    case "cancel": return refusal(.dismissed)
    default:
      throw RPCError(.invalidParams, "inputResponses.confirmation has no action that is known")
    }
  }

  private func answer(
    _ state: QuestionState, _ content: JSONValue?
  ) async throws(RPCError) -> ToolOutcome? {
    guard content?["confirm"]?.kind == .bool, let confirms = content?["confirm"]?.bool else {
      throw RPCError(.invalidParams, "the dialog's answer lacks confirm, true or false")
    }
    let words = content?["words"]?.string.map {
      String(String.UnicodeScalarView($0.unicodeScalars.prefix(Self.wordsMax)))
    }
    guard confirms else { return try await decline(state, words: words) }
    do throws(BookingError) {
      _ = try await service.answerDialog(
        nonce: state.secret, of: state.draftID, accepts: true,
        words: words.flatMap { $0.isEmpty ? nil : $0 } ?? "Yes, book it", as: caller)
      return nil
    } catch {
      switch error.code {
      // Answered before: if that was this very call, whose answer was lost, the booking that came of
      // it is found by its key; if it was not, nothing is.
      case .confirmationUsed, .draftClosed: return nil
      case .notFound: throw Self.foreign
      default: return .refused(error, correlationID: caller.correlationID)
      }
    }
  }

  private func decline(
    _ state: QuestionState, words: String?
  ) async throws(RPCError) -> ToolOutcome? {
    do throws(BookingError) {
      _ = try await service.answerDialog(
        nonce: state.secret, of: state.draftID, accepts: false, words: words, as: caller)
    } catch {
      if error.code == .notFound { throw Self.foreign }
      return .refused(error, correlationID: caller.correlationID)
    }
    return refusal(.declined)
  }

  /// The link was opened, which says nothing; the answer is given on the page.
  private func wait(for state: QuestionState) async -> ToolOutcome? {
    let ends = ContinuousClock.now + Self.pagePatience
    while ContinuousClock.now < ends, !Task.isCancelled {
      guard let work = try? await service.draft(state.draftID, by: caller),
        let question = work.file.confirmations.first(where: { $0.id.text == state.secret })
      else { return nil }
      if question.state != .asked { return nil }
      try? await Task.sleep(for: Self.pageLook)
    }
    return refusal(.waiting)
  }

  private static let foreign = RPCError(
    .invalidParams, "requestState is not of a question about this draft")

  private enum NoYes { case declined, dismissed, waiting }

  private func refusal(_ why: NoYes) -> ToolOutcome {
    let error =
      switch why {
      case .declined:
        BookingError(.confirmationDeclined, "the customer said no to this order")
      case .dismissed:
        BookingError(
          .confirmationRequired,
          "the customer closed the question without an answer; nothing is "
            + "booked, and the draft stays")
      case .waiting:
        BookingError(
          .confirmationRequired,
          "the customer has the page open and has not answered yet; call "
            + "again when they have")
      }
    return .refused(error, correlationID: caller.correlationID)
  }
}
