public import Booking
public import Cryptography
public import Kit
public import Ledger
import Postgres

/// What the server signs, and what customers sign with keys of their own.
extension BookingService {
  // MARK: The server's key

  /// The key that signs now; the first that is asked for is made.
  func signingKey() async throws(BookingError) -> SigningKey {
    if let known = try await asking({ () async throws(PostgresError) in
      try await ledger.signingKey()
    }) {
      return known
    }
    let made = try Self.newSigningKey()
    let kept = try await asking { () async throws(PostgresError) in
      try await ledger.offer(made)
      return try await ledger.signingKey()
    }
    guard let kept else { throw BookingError(.system, "there is no key to sign with") }
    return kept
  }

  /// From now on another key signs; what the ones before signed can still be checked.
  public func replaceSigningKey() async throws(BookingError) {
    let made = try Self.newSigningKey()
    try await asking { () async throws(PostgresError) in
      try await ledger.replaceSigningKey(by: made)
    }
  }

  /// What evidence and questions are checked with, as a JSON Web Key Set: the newest first.
  public func publicKeys() async throws(BookingError) -> JSON {
    _ = try await signingKey()
    let keys = try await asking { () async throws(PostgresError) in
      try await ledger.publicSigningKeys()
    }
    return .object([
      (
        "keys",
        .array(
          keys.map { key in
            guard case .object(var members) = key.jwk else { return key.jwk }
            members += [("kid", .string(key.thumbprint)), ("alg", "ES256"), ("use", "sig")]
            return .object(members)
          })
      )
    ])
  }

  private static func newSigningKey() throws(BookingError) -> SigningKey {
    do throws(CryptographyError) {
      return SigningKey(try P256PrivateKey.make())
    } catch {
      throw BookingError(.system, "no key could be made")
    }
  }

  // MARK: Questions

  /// - Throws: `BookingError` `.channelUnavailable` where the draft's customer has no key.
  func signingKey(for work: DraftWork) async throws(BookingError) -> SigningKey {
    guard try await hasKey(customerOf: work.file.draft) else {
      throw BookingError(
        .channelUnavailable, "no key of this customer's is known; the business can add one")
    }
    return try await signingKey()
  }

  func hasKey(customerOf draft: Draft) async throws(BookingError) -> Bool {
    let keys = try await asking { () async throws(PostgresError) in
      try await ledger.customerKeys(of: draft.businessID, phone: draft.customerPhone ?? "")
    }
    return keys.contains { $0.revokedAt == nil }
  }

  static func signed(
    _ question: Confirmation, _ work: DraftWork, by key: SigningKey
  ) throws(BookingError) -> String {
    let summary = work.file.repriced(in: work.around).summary(
      currency: work.around.business.currency, slot: work.around.slot)
    do throws(CryptographyError) {
      return try SignedQuestion.make(question, summary: summary, by: key)
    } catch {
      throw BookingError(.system, "the question could not be signed")
    }
  }

  // MARK: Answers

  /// Takes the customer's signed answer, whoever carries it.
  ///
  /// - Parameter mandate: a compact JWS, as `Mandate` has it.
  /// - Throws: `BookingError` `.signatureInvalid` when this customer did not sign this answer.
  public func answer(
    _ confirmationID: UUIDv7, of draftID: UUIDv7, mandate: String, as caller: Caller
  ) async throws(BookingError) -> DraftWork {
    try caller.principal.require(.book)
    guard let keyID = Mandate.keyID(of: mandate) else {
      throw BookingError(
        .signatureInvalid, "a mandate is a compact JWS with exactly alg ES256, kid and typ",
        problems: [.init("$.mandate", .format, "must be a compact JWS")])
    }
    let key = try await asking { () async throws(PostgresError) in
      try await ledger.customerKey(keyID, of: caller.principal.businessID)
    }
    guard let key else {
      throw BookingError(
        .signatureInvalid, "that key is not this customer's",
        problems: [.init("$.mandate", .notAllowed, "names a key that is not known")])
    }
    return try await change(draftID, "answer_signature", by: caller) {
      (work) throws(BookingError) in
      guard work.file.draft.principal == caller.principal.keyID else { throw .notFound("draft") }
      try work.file.answer(confirmationID, mandate: mandate, by: key, work.around)
    }
  }

  // MARK: Customers' keys

  /// A person of the business vouches that a key is a customer's.
  ///
  /// - Throws: `BookingError` `.invalidRequest` where it is another customer's, or was revoked.
  public func add(
    _ key: P256PublicKey, of phone: String, by caller: Caller
  ) async throws(BookingError) -> CustomerKey {
    try caller.principal.require(.approve)
    let wanted = CustomerKey(
      businessID: caller.principal.businessID, phone: OrderRequest.plainPhone(phone), key: key,
      addedAt: .now(), addedBy: caller.principal.keyID)
    let known = try await asking { () async throws(PostgresError) in
      try await ledger.customerKeys(of: wanted.businessID, phone: wanted.phone)
    }
    guard known.count < CustomerKey.perCustomerMax || known.contains(where: { $0.id == wanted.id })
    else {
      throw .invalid([
        .init(
          "$.customer_phone", .range,
          "has \(CustomerKey.perCustomerMax) keys already, with the revoked ones")
      ])
    }
    let stored = try await asking { () async throws(PostgresError) in try await ledger.add(wanted) }
    guard let stored, stored.phone == wanted.phone, stored.revokedAt == nil else {
      throw .invalid([
        .init("$.public_key", .notAllowed, "is another customer's, or was revoked; make a new one")
      ])
    }
    return stored
  }

  public func customerKeys(
    of phone: String?, by caller: Caller
  ) async throws(BookingError) -> [CustomerKey] {
    try caller.principal.require(.approve)
    return try await asking { () async throws(PostgresError) in
      try await ledger.customerKeys(
        of: caller.principal.businessID, phone: phone.map(OrderRequest.plainPhone))
    }
  }

  /// What the key signs from now on counts for nothing.
  public func revokeCustomerKey(
    _ id: String, by caller: Caller
  ) async throws(BookingError) -> CustomerKey {
    try caller.principal.require(.approve)
    let found = try await asking { () async throws(PostgresError) in
      try await ledger.revokeCustomerKey(
        id, of: caller.principal.businessID, by: caller.principal.keyID)
    }
    guard let found else { throw .notFound("key") }
    return found
  }
}
