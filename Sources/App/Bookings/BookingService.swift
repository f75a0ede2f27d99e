public import Booking
import Cryptography
public import Kit
public import Ledger
import Postgres

/// Booking of orders, whoever asks: HTTP, tools, a chat or the command line. Every rule about what may
/// be booked is behind these functions; no door in front of them can leave one out.
public final class BookingService: Sendable {
  let ledger: Ledger
  let settings: BookingSettings
  let log: Log
  let events: BookingLog
  private let committer: BookingCommitter
  private let keys: KeyRing
  private let underWay = UnderWay()
  private let recent = RecentAnswers()
  let links = OpenLinks()

  public init(ledger: Ledger, settings: BookingSettings, log: Log) {
    self.ledger = ledger
    self.settings = settings
    self.log = log
    events = BookingLog(log: log)
    committer = BookingCommitter(ledger: ledger, settings: settings, log: log)
    keys = KeyRing(ledger: ledger, life: settings.keyLife)
  }

  // MARK: Who asks

  /// - Parameter secret: as the caller sent it, `qsk_...`.
  /// - Throws: `BookingError` `.unauthenticated` when nobody has such a key.
  public func principal(secret: String) async throws(BookingError) -> Principal {
    guard
      let found = try await asking({ () async throws(PostgresError) in
        try await keys.principal(secret: secret)
      })
    else {
      throw BookingError(.unauthenticated, "this key is not known, or was revoked")
    }
    return found
  }

  /// Makes a key for a business. The secret is told once, here; only its digest is kept.
  ///
  /// - Throws: `BookingError` when the business is unknown or a scope is not fit for the kind.
  public func makeKey(
    for businessID: String, name: String, kind: Principal.Kind, scopes: Set<Scope>? = nil
  ) async throws(BookingError) -> (principal: Principal, secret: String) {
    _ = try await business(businessID)
    let scopes = scopes ?? Scope.standard(kind)
    if let wrong = scopes.first(where: { !$0.isFit(for: kind) }) {
      throw BookingError(
        .forbidden, "\(wrong.rawValue) is not for a key of kind \(kind.rawValue)")
    }
    let secret = "qsk_" + Base64.encodeURL(SecureRandom.bytes(32))
    let principal = Principal(
      keyID: "key_" + Base64.encodeURL(SecureRandom.bytes(9)), businessID: businessID, kind: kind,
      scopes: scopes)
    try await asking { () async throws(PostgresError) in
      try await ledger.addKey(principal, name: name, digest: SHA256.hash(secret.utf8))
    }
    return (principal, secret)
  }

  // MARK: Businesses

  /// - Throws: `BookingError` `.notFound`.
  public func business(_ id: String) async throws(BookingError) -> Business {
    let found = try await asking { () async throws(PostgresError) in
      try await ledger.business(id)
    }
    guard let found else { throw .notFound("business") }
    return found
  }

  /// Whether agents may book for this business at all. `false` for a business that nobody knows.
  public func isOrderBookingEnabled(_ businessID: String) async throws(BookingError) -> Bool {
    try await asking { () async throws(PostgresError) in
      try await ledger.business(businessID)
    }?.isBookingEnabled ?? false
  }

  // MARK: Booking

  static let createOperation = "POST /api/orders"

  /// Books an order that an agent collected, once its customer confirmed it: the documented contract,
  /// as it came. Without a confirmation it answers `CONFIRMATION_REQUIRED` with the way to one, and the
  /// same request may then be sent again.
  public func createOrderFromAI(
    _ body: [UInt8], key: String? = nil, by caller: Caller
  ) async -> CreateOutcome {
    await create(body, key: key, by: caller, as: .ai)
  }

  /// Books an order as the request says: by an agent, or by a person of the business.
  ///
  /// - Parameter key: of the header, over which the body's must not disagree.
  public func create(
    _ body: [UInt8], key: String?, by caller: Caller, as source: BookingSource? = nil
  ) async -> CreateOutcome {
    do throws(BookingError) {
      let (request, digest) = try read(body)
      let principal = caller.principal
      let source =
        source ?? request.source ?? (principal.kind == .agent ? .ai : .manual)
      try principal.require(source == .ai ? .book : .write)
      guard request.businessID == principal.businessID else {
        throw BookingError(
          .forbidden, "this key is for another business",
          problems: [.init("$.payload.user_id", .notAllowed, "must be \(principal.businessID)")])
      }
      let name = KeyName(
        businessID: principal.businessID, principal: principal.keyID,
        operation: Self.createOperation,
        key: try idempotencyKey(key, request.idempotencyKey, isRequired: source == .ai))
      return await once(name, digest) { () async throws(BookingError) -> CreateOutcome in
        let wish: CreateTicket.Wish
        switch source {
        case .manual: wish = .order(request)
        case .ai:
          self.events.aiDecision("book", business: name.businessID, draft: nil)
          do throws(BookingError) {
            wish = .draft(try await self.draft(for: request, name, digest, by: caller))
          } catch {
            if error.code.status < 500 {
              self.events.aiGuardrailTriggered(error, business: name.businessID)
            }
            throw await self.namingSlots(error, of: name.businessID)
          }
        }
        let outcome = await self.commit(wish, name, body: body, digest: digest, by: caller)
        guard case .draft(let draft) = wish else { return outcome }
        return await self.asked(outcome, draft, by: caller)
      }
    } catch {
      return .refused(error)
    }
  }

  /// Books a draft: the last of the seven steps.
  ///
  /// - Parameter version: of the draft, when the caller knows which it means.
  public func book(
    _ draftID: UUIDv7, key: String?, version: Int? = nil, by caller: Caller
  ) async -> CreateOutcome {
    do throws(BookingError) {
      try caller.principal.require(.book)
      let file = try await draft(draftID, by: caller).file
      guard file.draft.principal == caller.principal.keyID else { throw .notFound("draft") }
      if let version, version != file.draft.version {
        throw .versionConflict(is: file.draft.version, given: version)
      }
      let name = KeyName(
        businessID: caller.principal.businessID, principal: caller.principal.keyID,
        operation: "POST /api/drafts/{draft_id}/order",
        key: try idempotencyKey(key, nil, isRequired: true))
      let digest = SHA256.hash("draft:\(draftID.text):\(version ?? 0)".utf8)
      let body = file.draft.stored.bytes
      events.aiDecision("book", business: name.businessID, draft: draftID)
      return await once(name, digest) { () async throws(BookingError) -> CreateOutcome in
        await self.commit(.draft(file.draft), name, body: body, digest: digest, by: caller)
      }
    } catch {
      return .refused(error)
    }
  }

  /// Bytes of a request's JSON; more is refused.
  public static let bodyBytesMax = 256 << 10

  private func read(_ body: [UInt8]) throws(BookingError) -> (OrderRequest, digest: [UInt8]) {
    let json = try Self.json(body)
    let request = try OrderRequest(json)
    guard let canonical = CanonicalJSON.bytes(of: json) else {
      throw BookingError(.malformedJSON, "a number is too large")
    }
    return (request, SHA256.hash(canonical))
  }

  /// - Throws: `BookingError` `.malformedJSON` with the offset of the trouble.
  public static func json(_ body: [UInt8]) throws(BookingError) -> JSONValue {
    do throws(JSONError) {
      return try JSONValue.parse(body, limits: JSONLimits(bytes: bodyBytesMax, depth: 16))
    } catch {
      throw BookingError(
        body.count > bodyBytesMax ? .tooLarge : .malformedJSON, error.description,
        details: [("offset", .int(Int64(error.offset)))])
    }
  }

  /// Header or body, bare or quoted: one key either way.
  private func idempotencyKey(
    _ header: String?, _ body: String?, isRequired: Bool
  ) throws(BookingError) -> String {
    let header = header.map(Self.unquoted)
    if let header, TextRule.key.problem(with: header) != nil {
      throw BookingError(.keyInvalid, "an idempotency key is 1 to 255 visible ASCII characters")
    }
    if let header, let body, header != Self.unquoted(body) {
      throw BookingError(.keyInvalid, "the header and the body give different idempotency keys")
    }
    if let key = header ?? body.map(Self.unquoted) { return key }
    guard !isRequired else {
      throw BookingError(
        .keyRequired, "an order by an agent needs an idempotency key",
        problems: [
          .init("$.idempotency_key", .missing, "is required, or the header Idempotency-Key")
        ])
    }
    // Its own: it makes a commit that nobody heard of findable.
    return "auto:" + UUIDv7.make().text
  }

  static func unquoted(_ key: String) -> String {
    key.utf8.count > 2 && key.hasPrefix("\"") && key.hasSuffix("\"")
      ? String(key.dropFirst().dropLast()) : key
  }

  /// One request with a key at a time in this process; the others are told to come back.
  private func once(
    _ name: KeyName, _ digest: [UInt8],
    _ body: () async throws(BookingError) -> CreateOutcome
  ) async -> CreateOutcome {
    if let known = recent[name] {
      guard known.digest == digest else { return .refused(.keyReused) }
      events.orderReplayed(known.orderID, business: name.businessID)
      return .replayed(status: known.status, body: known.body, orderID: known.orderID)
    }
    guard underWay.begin(name) else { return .refused(.inFlight) }
    defer { underWay.end(name) }
    do throws(BookingError) {
      let outcome = try await body()
      recent.remember(outcome, of: name, digest: digest)
      return outcome
    } catch {
      return .refused(error)
    }
  }

  private func commit(
    _ wish: CreateTicket.Wish, _ name: KeyName, body: [UInt8], digest: [UInt8], by caller: Caller
  ) async -> CreateOutcome {
    let ticket = CreateTicket(
      orderID: UUIDv7.make().text, principal: caller.principal, wish: wish, key: name,
      rawDigest: SHA256.hash(body), digest: digest, body: body,
      correlationID: caller.correlationID)
    let outcome = await committer.commit(ticket)
    return await finished(outcome, ticket, by: caller)
  }

  /// Tells the log, and adds to a refusal what helps.
  private func finished(
    _ outcome: CreateOutcome, _ ticket: CreateTicket, by caller: Caller
  ) async -> CreateOutcome {
    let business = caller.principal.businessID
    var source = BookingSource.manual
    if case .draft = ticket.wish { source = .ai }
    switch outcome {
    case .booked(_, _, let orderID, _):
      events.orderCreated(orderID, business: business, source: source)
      return outcome
    case .replayed(_, _, let orderID):
      events.orderReplayed(orderID, business: business)
      return outcome
    case .refused(let error):
      if error.code == .duplicateOrder {
        events.duplicateOrderBlocked(error, business: business, phone: ticket.phone)
      }
      if source == .ai, error.code.status < 500 {
        events.aiGuardrailTriggered(error, business: business)
      }
      return .refused(await helped(error, ticket, by: caller))
    }
  }
}

extension CreateTicket {
  var phone: String {
    switch wish {
    case .order(let order): order.customerPhone
    case .draft(let draft): draft.customerPhone ?? ""
    }
  }
}
