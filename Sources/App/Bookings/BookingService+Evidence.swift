public import Booking
import Cryptography
public import Kit
public import Ledger
import Postgres

extension BookingService {
  /// Everything that shows how an order came about, as one signed document in canonical form, which can
  /// be checked without us: `tools/verify-evidence` does.
  public func evidence(of id: String, by caller: Caller) async throws(BookingError) -> JSON {
    let order = try await order(id, by: caller)
    let found = try await asking { () async throws(PostgresError) in
      try await ledger.proof(of: order)
    }
    guard let proof = found else { throw .notFound("order") }
    let signing = try await signingKey()
    var members: [(String, JSON)] = [
      ("format", "quayside-evidence/2"), ("order", order.json),
      ("principal", .string(order.principal)), ("correlation_id", .string(proof.correlationID)),
      ("request_sha256", .string(proof.requestDigest)),
    ]
    if let summary = proof.summary {
      members.append(("summary", .string(summary)))
      members.append(("summary_sha256", .string(Hex.encode(SHA256.hash(summary.utf8)))))
    }
    if let one = proof.confirmation, case .object(var confirmation) = one.json {
      confirmation.append(("draft_id", .string(one.draftID.text)))
      confirmation.append(("principal", .string(one.principal)))
      confirmation.append(("nonce_sha256", .string(Hex.encode(one.nonce))))
      confirmation.append(("consumed_at", .optional(proof.consumedAt)))
      if let signer = one.signer {
        let key = try await asking { () async throws(PostgresError) in
          try await ledger.customerKey(signer, of: order.businessID)
        }
        confirmation.append(("question", .optional(one.question)))
        confirmation.append(("mandate", .optional(one.mandate)))
        confirmation.append(("customer_key", key?.json ?? .null))
      }
      members.append(("confirmation", .object(confirmation)))
    }
    members.append(("approval", proof.approval ?? .null))
    members.append(("history", .array(proof.moves.map(\.json))))
    members.append(("calls", .array(proof.calls)))
    members.append(("exported_at", .string(Timestamp.now().iso8601)))
    members.append(("exported_by", .string(caller.principal.keyID)))
    // The answer around the document has it as well: so nothing of the file is left to be changed.
    members.append(("export_correlation_id", .string(caller.correlationID)))
    members.append(("signing_key", signing.key.publicKey.jwk))
    let digest = Hex.encode(CanonicalJSON.digest(of: .object(members)))
    members.append(("evidence_sha256", .string(digest)))
    members.append(("signature", .string(try Self.sign(digest, by: signing))))
    return .raw(String(decoding: CanonicalJSON.bytes(of: JSON.object(members)), as: UTF8.self))
  }

  private static func sign(_ digest: String, by key: SigningKey) throws(BookingError) -> String {
    let payload = JSON.object([("evidence_sha256", .string(digest))])
    do throws(CryptographyError) {
      return try key.sign(CanonicalJSON.bytes(of: payload), type: "quayside-evidence+jws")
    } catch {
      throw BookingError(.system, "the evidence could not be signed")
    }
  }
}

extension BookingMove {
  public var json: JSON {
    .object([
      ("previous_status", .string(previous)), ("status", .string(status)),
      ("cause", .string(cause)), ("actor", .string(actor)),
      ("correlation_id", .optional(correlationID)), ("at", .string(at.iso8601)),
    ])
  }
}
