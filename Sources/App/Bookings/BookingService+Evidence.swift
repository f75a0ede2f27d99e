public import Booking
import Cryptography
public import Kit
public import Ledger
import Postgres

extension BookingService {
  /// Everything that shows how an order came about, as one document that can be checked without us:
  /// `tools/verify-evidence` does.
  public func evidence(of id: String, by caller: Caller) async throws(BookingError) -> JSON {
    let order = try await order(id, by: caller)
    let found = try await asking { () async throws(PostgresError) in
      try await ledger.proof(of: order)
    }
    guard let proof = found else { throw .notFound("order") }
    var members: [(String, JSON)] = [
      ("format", "quayside-evidence/1"), ("order", order.json),
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
      members.append(("confirmation", .object(confirmation)))
    }
    members.append(("approval", proof.approval ?? .null))
    members.append(("history", .array(proof.moves.map(\.json))))
    members.append(("calls", .array(proof.calls)))
    members.append(("exported_at", .string(Timestamp.now().iso8601)))
    let digest = CanonicalJSON.digest(of: .object(members))
    members.append(("evidence_sha256", .string(Hex.encode(digest))))
    return .object(members)
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
