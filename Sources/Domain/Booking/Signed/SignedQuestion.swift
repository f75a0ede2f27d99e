public import Cryptography
public import Kit

/// What a customer with a key of their own is asked: the summary as the server signed it. The signed
/// answer names its digest, and so this summary and no other.
public enum SignedQuestion {
  public static let type = "quayside-question+jws"

  /// A compact JWS.
  public static func make(
    _ question: Confirmation, summary: JSON, by key: SigningKey
  ) throws(CryptographyError) -> String {
    let payload = JSON.object([
      ("confirmation_id", .string(question.id.text)), ("draft_id", .string(question.draftID.text)),
      ("draft_version", .int(Int64(question.draftVersion))), ("summary", summary),
      ("summary_sha256", .string(Hex.encode(question.digest))),
      ("asked_at", .string(question.askedAt.iso8601)),
      ("expires_at", .string(question.expiresAt.iso8601)),
    ])
    return try key.sign(CanonicalJSON.bytes(of: payload), type: type)
  }

  /// What a mandate names it by.
  public static func digest(_ text: String) -> String { Hex.encode(SHA256.hash(text.utf8)) }
}
