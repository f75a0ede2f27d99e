import Cryptography
import Kit

/// A customer's answer, signed with the customer's own key over the question that the server signed.
/// Whoever carries it, an agent too, can neither make nor change one.
///
/// A compact JWS of type `quayside-mandate+jws`; its payload has `confirmation_id`, `question_sha256`
/// (of the question's JWS, 64 digits), `decision` (`yes` or `no`), `iat` (seconds since 1970) and, where
/// the customer was heard, `words`.
public struct Mandate: Sendable {
  public static let type = "quayside-mandate+jws"
  /// How far the customer's clock may be from ours.
  static let clockSlack = Duration.minutes(2)

  public let text: String
  public let signer: String
  public let accepts: Bool
  public let words: String?

  /// Which key it says that it is signed with; nothing was checked yet.
  public static func keyID(of text: String) -> String? { SignedText(text)?.keyID }

  /// Reads and checks it; there is no other way to have one.
  ///
  /// - Throws: `BookingError` `.signatureInvalid` with what is wrong.
  init(
    _ text: String, answering question: Confirmation, about draft: Draft, with key: CustomerKey,
    now: Timestamp
  ) throws(BookingError) {
    func refused(_ words: String) -> BookingError { BookingError(.signatureInvalid, words) }
    guard let signed = SignedText(text), signed.type == Self.type else {
      throw refused("a mandate is a compact JWS with alg ES256, kid, and typ \(Self.type)")
    }
    guard signed.keyID == key.id, key.businessID == draft.businessID,
      key.phone == draft.customerPhone
    else { throw refused("that key is not this customer's") }
    guard key.revokedAt == nil else { throw refused("that key was revoked") }
    guard signed.isSigned(by: key.key) else { throw refused("the signature does not fit") }
    guard let payload = try? JSONValue.parse(signed.payload), payload.kind == .object,
      let asked = question.question
    else { throw refused("the mandate's payload is no JSON object") }
    let known: Set<String> = ["confirmation_id", "question_sha256", "decision", "iat", "words"]
    let names = payload.members.map(\.key)
    guard Set(names).isSubset(of: known), Set(names).count == names.count else {
      throw refused("the payload has members that a mandate does not have")
    }
    guard payload["confirmation_id"]?.string == question.id.text,
      payload["question_sha256"]?.string == SignedQuestion.digest(asked)
    else { throw refused("the mandate answers another question") }
    guard let seconds = payload["iat"]?.int, (0...253_402_300_799).contains(seconds) else {
      throw refused("iat is the time of signing, in seconds since 1970")
    }
    let at = Timestamp(microseconds: seconds * 1_000_000)
    guard at > question.askedAt - Self.clockSlack, at < now + Self.clockSlack else {
      throw refused("it was not signed between the question and now")
    }
    switch payload["decision"]?.string {
    case "yes": accepts = true
    case "no": accepts = false
    case .some, nil: throw refused("decision is yes or no")
    }
    let words = payload["words"]?.string
    if let words, TextRule(.lines, 0...2_000).problem(with: words) != nil {
      throw refused("words are text of at most 2000 characters")
    }
    self.words = words
    self.text = text
    signer = key.id
  }
}
