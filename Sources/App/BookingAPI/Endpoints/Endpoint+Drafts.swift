import Booking
import Bookings
import Cryptography
import HTTP
import Kit
import Ledger

extension Endpoint {
  private static let draftID = Parameter.path("draft_id", .text(.uuid), "Of the draft.")
  private static let ifMatch = Parameter.header(
    "If-Match", .text(TextRule(.lines, 1...64)), "The ETag that the change expects.")
  private static let draftCodes: [BookingCode] = [
    .bookingDisabled, .draftClosed, .versionConflict, .preconditionFailed, .confirmationVoid,
  ]

  /// Where nobody is to be asked for nothing.
  private static let freeCodes: [BookingCode] = [.duplicateOrder, .slotUnavailable]

  /// The seven steps, one after the other; each answer says which is next and what is missing.
  static let drafts: [Endpoint] = [
    Endpoint(
      method: "POST", path: "/api/drafts", name: "openDraft",
      summary: "Step 1: begin, when the business lets agents book", scope: .book,
      body: .object([]), status: 201, answer: Shapes.draftAnswer, codes: [.bookingDisabled],
      handle: { (call) async throws(BookingError) in
        answer(try await call.service.openDraft(by: call.caller), call, status: 201)
      }),
    Endpoint(
      method: "GET", path: "/api/drafts", name: "listDrafts",
      summary: "Drafts whose summary was shown, the first to expire first",
      details: """
        For people of the business. needs_approval of each says which limits it is over; what is let \
        through is its summary_sha256.
        """, scope: .approve,
      parameters: [
        .query("needs", .choice(["approval"]), "Only those that wait for the business's approval."),
        .query("limit", .integer(1...200), "How many (50)."),
      ], answer: [.init("drafts", .array(of: Shapes.draft, count: 0...200))],
      handle: { (call) async throws(BookingError) in
        let drafts = try await call.service.drafts(
          waitingForApproval: call.query("needs") != nil, limit: call.limit(), by: call.caller)
        return APIAnswer(
          [("drafts", .array(drafts.map { $0.file.json(in: $0.around) }))],
          correlationID: call.caller.correlationID)
      }),
    Endpoint(
      method: "GET", path: "/api/drafts/{draft_id}", name: "readDraft",
      summary: "A draft, its step, and everything that is missing", parameters: [draftID],
      answer: Shapes.draftAnswer,
      handle: { (call) async throws(BookingError) in
        answer(try await call.service.draft(try call.uuid("draft_id"), by: call.caller), call)
      }),
    Endpoint(
      method: "DELETE", path: "/api/drafts/{draft_id}", name: "cancelDraft",
      summary: "Give a draft up", parameters: [draftID], answer: Shapes.draftAnswer,
      codes: draftCodes,
      handle: { (call) async throws(BookingError) in
        answer(try await call.service.cancelDraft(try call.uuid("draft_id"), by: call.caller), call)
      }),
    Endpoint(
      method: "GET", path: "/api/drafts/{draft_id}/catalogue", name: "offerItems",
      summary: "Step 2: what can be ordered; these ids are then good in this draft",
      scope: .book,
      parameters: [
        draftID, .query("like", .text(.line(200)), "Only what is like these words."),
        .query("after", .text(.identifier(64)), "Items behind this id."),
      ], answer: [.init("items", .array(of: Shapes.item, count: 0...2_000))], codes: draftCodes,
      handle: { (call) async throws(BookingError) in
        let items = try await call.service.offerItems(
          like: call.query("like"), after: call.query("after") ?? "",
          in: try call.uuid("draft_id"), by: call.caller)
        return APIAnswer(
          [("items", .array(items.map(\.json)))], correlationID: call.caller.correlationID)
      }),
    Endpoint(
      method: "PUT", path: "/api/drafts/{draft_id}/items", name: "setItems",
      summary: "Step 2: the whole list",
      details: """
        A line names an id that was given out in this draft, or words; words come back in open_items \
        with candidates for the customer to choose from, and are never guessed.
        """, scope: .book, parameters: [draftID, ifMatch],
      body: .object([.init("items", OrderRequest.itemsSchema)]), answer: Shapes.draftAnswer,
      codes: draftCodes + [.unknownItem],
      handle: { (call) async throws(BookingError) in
        var problems: [InputProblem] = []
        let lines = OrderRequest.lines(call.body?["items"], at: "$.items", &problems)
        guard problems.isEmpty else { throw .invalid(problems) }
        return answer(
          try await call.service.setItems(
            lines, of: try call.uuid("draft_id"), expecting: try call.expectation(),
            by: call.caller), call)
      }),
    Endpoint(
      method: "POST", path: "/api/drafts/{draft_id}/items/confirmation", name: "confirmItems",
      summary: "Step 3: the list was read out and agreed to", scope: .book,
      parameters: [draftID],
      body: .object([.init("items_sha256", .text(.digest), "Of the draft as it was read out.")]),
      answer: Shapes.draftAnswer, codes: draftCodes + [.itemChoiceRequired],
      handle: { (call) async throws(BookingError) in
        answer(
          try await call.service.confirmItems(
            digest: Hex.decode(call.text("items_sha256") ?? "") ?? [],
            of: try call.uuid("draft_id"), by: call.caller), call)
      }),
    Endpoint(
      method: "PUT", path: "/api/drafts/{draft_id}/details", name: "setDetails",
      summary: "Step 4: who it is for, notes, time slot", scope: .book,
      parameters: [draftID, ifMatch],
      body: .object([
        .optional("customer_name", .text(.line(200))),
        .optional("customer_phone", .text(TextRule(.phone, 10...48))),
        .optional("notes", .text(TextRule(.lines, 0...2_000)), "Empty removes them."),
        .optional("slot_id", .text(.identifier(64))),
        .optional("allow_duplicate", .boolean, "A second order like an earlier one is meant."),
      ]), answer: Shapes.draftAnswer, codes: draftCodes + [.slotUnavailable],
      handle: { (call) async throws(BookingError) in
        answer(
          try await call.service.setDetails(
            DraftDetails(
              customerName: call.text("customer_name"), customerPhone: call.text("customer_phone"),
              notes: call.text("notes"), slotID: call.text("slot_id"),
              allowsDuplicate: call.body?["allow_duplicate"]?.bool),
            of: try call.uuid("draft_id"), expecting: try call.expectation(), by: call.caller),
          call)
      }),
    Endpoint(
      method: "POST", path: "/api/drafts/{draft_id}/summary", name: "showSummary",
      summary: "Step 5: the summary to show, with its digest", scope: .book,
      parameters: [draftID], body: .object([]),
      answer: [
        .init("summary", .map, "Exactly what the customer is to see."),
        .init("summary_sha256", .text(.digest), "SHA-256 of its canonical form (RFC 8785)."),
      ] + Shapes.draftAnswer, codes: draftCodes + freeCodes + [.fieldsMissing],
      handle: { (call) async throws(BookingError) in
        let (summary, work) = try await call.service.showSummary(
          of: try call.uuid("draft_id"), by: call.caller)
        return APIAnswer(
          [
            ("summary", summary),
            ("summary_sha256", .string(Hex.encode(CanonicalJSON.digest(of: summary)))),
            ("draft", work.file.json(in: work.around)),
          ], headers: [("ETag", BookingTag.of(work.file.draft.version))],
          correlationID: call.caller.correlationID)
      }),
    Endpoint(
      method: "POST", path: "/api/drafts/{draft_id}/confirmations", name: "askCustomer",
      summary: "Step 6: ask the customer",
      details: """
        page: our page behind a link. code: six digits that the customer gives to the agent. Both go \
        to the customer directly where the server has a way to; else page answers with the link to \
        pass on. signature: question is the summary as the server signed it, for the customer's own key \
        to sign. agent: what the customer said, in the agent's words: kept, and never enough. Where a \
        yes on that channel would be worth less than the order takes, nobody is asked: \
        CHANNEL_UNAVAILABLE.
        """, scope: .book, parameters: [draftID],
      body: .object([
        .init("channel", .choice(["page", "code", "signature", "agent"])),
        .optional("words", .text(TextRule(.lines, 0...2_000)), "The customer's, literally."),
      ]), status: 201, answer: [.init("confirmation", Shapes.confirmation)] + Shapes.draftAnswer,
      codes: draftCodes + freeCodes + [
        .integration, .channelUnavailable, .fieldsMissing, .confirmationUsed, .confirmationExpired,
      ],
      handle: { (call) async throws(BookingError) in
        let channel = call.text("channel").flatMap { ConfirmationChannel(rawValue: $0) } ?? .agent
        let question = try await call.service.ask(
          try call.uuid("draft_id"), by: channel, words: call.text("words"), as: call.caller)
        return APIAnswer(
          [
            ("confirmation", question.json),
            ("draft", question.work.file.json(in: question.work.around)),
          ], status: 201, correlationID: call.caller.correlationID)
      }),
    Endpoint(
      method: "POST", path: "/api/drafts/{draft_id}/confirmations/{confirmation_id}",
      name: "giveCode", summary: "Step 6: the digits that the customer gave", scope: .book,
      parameters: [draftID, .path("confirmation_id", .text(.uuid), "Of the question.")],
      body: .object([
        .init("code", .text(TextRule(.code, 6...6))),
        .optional("words", .text(TextRule(.lines, 0...2_000)), "The customer's, literally."),
      ]), answer: Shapes.draftAnswer,
      codes: draftCodes + freeCodes + [
        .codeWrong, .confirmationUsed, .confirmationExpired, .confirmationTooWeak,
      ],
      handle: { (call) async throws(BookingError) in
        answer(
          try await call.service.answer(
            try call.uuid("confirmation_id"), of: try call.uuid("draft_id"),
            code: call.text("code") ?? "", words: call.text("words"), as: call.caller), call)
      }),
    Endpoint(
      method: "POST", path: "/api/drafts/{draft_id}/confirmations/{confirmation_id}/mandate",
      name: "giveMandate", summary: "Step 6: the answer that the customer signed",
      details: """
        A compact JWS, ES256, typ quayside-mandate+jws, kid the customer's key; payload confirmation_id, \
        question_sha256 (of the question's JWS), decision (yes or no), iat, and words if there were any.
        """, scope: .book,
      parameters: [draftID, .path("confirmation_id", .text(.uuid), "Of the question.")],
      body: .object([
        .init("mandate", .text(TextRule(.key, 1...16_384)), "As the customer's key signed it.")
      ]), answer: Shapes.draftAnswer,
      codes: draftCodes + freeCodes + [
        .signatureInvalid, .confirmationUsed, .confirmationExpired, .confirmationTooWeak,
      ],
      handle: { (call) async throws(BookingError) in
        answer(
          try await call.service.answer(
            try call.uuid("confirmation_id"), of: try call.uuid("draft_id"),
            mandate: call.text("mandate") ?? "", as: call.caller), call)
      }),
    Endpoint(
      method: "POST", path: "/api/drafts/{draft_id}/approval", name: "approveDraft",
      summary: "The business lets an order beyond its limits through", scope: .approve,
      parameters: [draftID],
      body: .object([.init("summary_sha256", .text(.digest), "Of the summary that was looked at.")]
      ),
      answer: Shapes.draftAnswer, codes: draftCodes,
      handle: { (call) async throws(BookingError) in
        answer(
          try await call.service.approve(
            digest: Hex.decode(call.text("summary_sha256") ?? "") ?? [],
            of: try call.uuid("draft_id"), by: call.caller), call)
      }),
    Endpoint(
      method: "POST", path: "/api/drafts/{draft_id}/order", name: "bookDraft",
      summary: "Step 7: book it", scope: .book,
      parameters: [
        draftID,
        .header("Idempotency-Key", .text(.key), "Makes a repeat harmless. Required."),
      ],
      body: .object([
        .optional("version", .integer(1...Int64(Int32.max)), "Of the draft that is meant.")
      ]), status: 201, answer: Shapes.orderAnswer, codes: createCodes,
      handle: { (call) async throws(BookingError) in
        let outcome = await call.service.book(
          try call.uuid("draft_id"), key: call.request.headers["Idempotency-Key"],
          version: call.body?["version"]?.int.map { Int($0) }, by: call.caller)
        return try answer(outcome)
      }),
  ]

  private static func answer(
    _ work: DraftWork, _ call: APICall, status: Int = 200
  ) -> APIAnswer {
    APIAnswer(
      [("draft", work.file.json(in: work.around))], status: status,
      headers: [("ETag", BookingTag.of(work.file.draft.version))],
      correlationID: call.caller.correlationID)
  }
}
