public import Booking
import Cryptography
public import Kit
public import Ledger
import Postgres

/// A question that was put to the customer.
public struct Question: Sendable {
  public var confirmation: Confirmation
  public var work: DraftWork
  /// The page's address, where the agent is to pass it on; `nil` where it was sent past the agent.
  public var link: String?
  /// Where link and code went, hidden but for its end.
  public var sentTo: String?
  /// The secret of a dialog's state: for the door that shows the dialog, never for a model.
  public var nonce: String?

  public var json: JSON {
    guard case .object(var members) = confirmation.json else { return confirmation.json }
    members.append(("confirm_url", .optional(link)))
    members.append(("sent_to", .optional(sentTo)))
    members.append(("question", .optional(confirmation.question)))
    return .object(members)
  }
}

/// Step 6: the customer's yes.
extension BookingService {
  /// Asks the customer.
  ///
  /// - Parameter channel: `.signature` is for a customer whose key is known, and its answer is a mandate.
  ///   `.page` and `.code` go past the agent where there is a courier; without one
  ///   a page's link is the agent's to pass on, which is worth less, and a code is impossible. What an
  ///   agent reports of itself is kept as a claim.
  /// - Parameter words: with `.agent`, what the customer said.
  /// - Throws: `BookingError` `.channelUnavailable` where a yes on that channel could not book this order.
  public func ask(
    _ draftID: UUIDv7, by channel: ConfirmationChannel, words: String? = nil, as caller: Caller
  ) async throws(BookingError) -> Question {
    try caller.principal.require(.book)
    let known = try await draft(draftID, by: caller)
    guard known.file.draft.principal == caller.principal.keyID else { throw .notFound("draft") }
    let isDirect = settings.courier != nil && (channel == .page || channel == .code)
    guard channel != .code || isDirect else {
      throw BookingError(
        .channelUnavailable, "no code can be sent from here; ask by the page instead")
    }
    let signing = channel == .signature ? try await signingKey(for: known) : nil
    let secret = Base64.encodeURL(SecureRandom.bytes(32))
    let code = Self.newCode()
    let id = UUIDv7.make()
    let work = try await change(draftID, "ask_\(channel.rawValue)", by: caller) {
      (work) throws(BookingError) in
      var question = Confirmation(
        id: id, draftID: draftID, draftVersion: work.file.draft.version,
        digest: work.file.digest(in: work.around), channel: channel,
        level: channel.level(isDirect: isDirect), principal: caller.principal.keyID,
        nonce: SHA256.hash(secret.utf8), askedAt: work.around.now,
        expiresAt: work.around.now + work.around.business.confirmationLife)
      if isDirect { question.code = Self.codeDigest(id, code) }
      if let signing { question.question = try Self.signed(question, work, by: signing) }
      try work.file.ask(question, work.around)
      if channel == .agent {
        try work.file.answer(id, accepts: true, words: words, proof: .none, work.around)
      }
    }
    guard let asked = work.file.confirmations.first(where: { $0.id == id }) else {
      throw BookingError(.system, "the question was not stored")
    }
    var question = Question(confirmation: asked, work: work)
    let link = settings.publicURL + "/confirm/" + secret
    if isDirect, let courier = settings.courier {
      let isSent = await courier.deliver(delivery(work, link: link, code: code))
      guard isSent else {
        // Or it would stand in the way of the next question until it is too old.
        _ = try? await change(draftID, "not_delivered", by: caller) { (work) throws(BookingError) in
          work.file.noteUndelivered(id, work.around)
        }
        throw BookingError(.integration, "the customer could not be reached; try again")
      }
      question.sentTo = BookingLog.masked(work.file.draft.customerPhone ?? "")
    } else if channel == .page {
      question.link = link
      links.remember(link, of: id)
    } else if channel == .elicitation {
      question.nonce = secret
    }
    events.aiDecision("ask_\(channel.rawValue)", business: work.around.business.id, draft: draftID)
    return question
  }

  /// Takes the six digits that the customer gave to the agent.
  public func answer(
    _ confirmationID: UUIDv7, of draftID: UUIDv7, code: String, words: String?, as caller: Caller
  ) async throws(BookingError) -> DraftWork {
    try caller.principal.require(.book)
    return try await change(draftID, "answer_code", by: caller) { (work) throws(BookingError) in
      guard work.file.draft.principal == caller.principal.keyID else { throw .notFound("draft") }
      try work.file.answer(
        confirmationID, accepts: true, words: words,
        proof: .code(Self.codeDigest(confirmationID, code)), work.around)
    }
  }

  /// Takes the answer of a dialog that a client showed: a yes of level 1, and single use.
  ///
  /// - Parameter nonce: from the question; only its door has it.
  public func answerDialog(
    nonce: String, of draftID: UUIDv7, accepts: Bool, words: String?, as caller: Caller
  ) async throws(BookingError) -> DraftWork {
    let digest = SHA256.hash(nonce.utf8)
    return try await change(draftID, "answer_dialog", by: caller) { (work) throws(BookingError) in
      let mine = work.file.confirmations.first {
        $0.nonce == digest && $0.channel == .elicitation
          && $0.principal == caller.principal.keyID
      }
      guard let mine else { throw .notFound("question") }
      try work.file.answer(
        mine.id, accepts: accepts, words: words, proof: .nonce, work.around)
    }
  }

  // MARK: The customer's page

  /// What the page behind a link shows.
  public struct Page: Sendable {
    public var confirmation: Confirmation
    public var work: DraftWork
    /// The order is still what was asked about, and nobody has answered yet.
    public var isOpen: Bool
  }

  /// - Throws: `BookingError` `.notFound` for a link that is none of ours.
  public func page(secret: String) async throws(BookingError) -> Page {
    let (draftID, id) = try await question(secret)
    let found = try await asking { () async throws(PostgresError) in
      try await ledger.draft(draftID)
    }
    guard let work = found, let one = work.file.confirmations.first(where: { $0.id == id }) else {
      throw .notFound("question")
    }
    return Page(
      confirmation: one, work: work, isOpen: work.file.isOpen(one, in: work.around))
  }

  /// The customer's tap.
  public func answerPage(
    secret: String, accepts: Bool, correlationID: String
  ) async throws(BookingError) {
    let (draftID, id) = try await question(secret)
    let page = try await page(secret: secret)
    let call = BookingCall(
      businessID: page.work.around.business.id, draftID: draftID, operation: "answer_page",
      principal: "customer", outcome: "ok", correlationID: correlationID)
    let result = try await asking { () async throws(PostgresError) in
      try await ledger.changeDraft(draftID, call: call) { (work) throws(BookingError) in
        try work.file.answer(
          id, accepts: accepts, words: accepts ? "Yes, book it" : "No, do not book it",
          proof: .nonce, work.around)
      }
    }
    try result?.get()
  }

  private func question(
    _ secret: String
  ) async throws(BookingError) -> (draft: UUIDv7, confirmation: UUIDv7) {
    let digest = SHA256.hash(secret.utf8)
    let found = try await asking { () async throws(PostgresError) in
      try await ledger.question(nonce: digest)
    }
    // A dialog's secret opens no page.
    guard let found,
      let work = try await asking({ () async throws(PostgresError) in
        try await ledger.draft(found.draft)
      }),
      work.file.confirmations.contains(where: {
        $0.id == found.confirmation && ($0.channel == .page || $0.channel == .code)
      })
    else { throw .notFound("question") }
    return found
  }

  // MARK: Secrets

  private static func newCode() -> String {
    let number = SecureRandom.bytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } % 1_000_000
    let digits = String(number)
    return String(repeating: "0", count: 6 - digits.count) + digits
  }

  /// Bound to its question: the digits of another are worth nothing.
  private static func codeDigest(_ id: UUIDv7, _ code: String) -> [UInt8] {
    SHA256.hash((id.text + ":" + code).utf8)
  }

  private func delivery(_ work: DraftWork, link: String, code: String) -> Courier.Delivery {
    let draft = work.file.draft
    let lines = draft.lines.map { "\($0.quantity) x \($0.name)" }.joined(separator: ", ")
    let total = draft.lines.total.map { ", \(Amount.text($0)) \(work.around.business.currency)" }
    let time = work.around.slot.map { ", on \($0.shownStart)" }
    return Courier.Delivery(
      businessID: work.around.business.id, businessName: work.around.business.name,
      phone: draft.customerPhone ?? "",
      text: "\(work.around.business.name): \(lines)\(total ?? "")\(time ?? ""). Look at it and "
        + "answer: \(link) or give the code \(code) to the assistant.", link: link, code: code)
  }
}
