import Booking
import Cryptography
import HTTP
import Kit
import Testing

/// A customer's device with a key of its own: reads a signed question, signs an answer. Where a test
/// wants it to, it lies.
struct Wallet: Sendable {
  let key: P256PrivateKey
  var id: String { key.publicKey.thumbprint }

  init() throws { key = try P256PrivateKey.make() }

  /// A question as the agent passes it on.
  struct Asked: Sendable {
    var draft: String
    var id: String
    var question: String
    var level: Int64
    var summaryDigest: String

    init?(_ confirmation: JSONValue?, _ draft: JSONValue?) {
      guard let id = confirmation?["confirmation_id"]?.string,
        let question = confirmation?["question"]?.string,
        let draftID = draft?["draft_id"]?.string
      else { return nil }
      self.id = id
      self.question = question
      self.draft = draftID
      level = confirmation?["level"]?.int ?? -1
      summaryDigest = confirmation?["summary_sha256"]?.string ?? ""
    }

    var header: JSONValue? { part(0) }
    var payload: JSONValue? { part(1) }

    private func part(_ index: Int) -> JSONValue? {
      Base64.decodeURL(question.split(separator: ".")[index]).flatMap { try? JSONValue.parse($0) }
    }
  }

  // MARK: With the server

  func enrolment(
    at stand: Stand, phone: String, as holder: String
  ) async throws -> Stand.Answer {
    try await stand.call(
      "POST", "/api/customer-keys",
      ["customer_phone": .string(phone), "public_key": key.publicKey.jwk], as: holder)
  }

  func enrol(at stand: Stand, phone: String = "902 555 0199") async throws {
    let answer = try await enrolment(at: stand, phone: phone, as: stand.staff)
    try #require(answer.status == 201, "\(answer.text)")
    #expect(answer.json?["customer_key"]?["key_id"]?.string == id)
  }

  func ask(_ draft: String, at stand: Stand) async throws -> Asked {
    let answer = try await stand.step(
      "POST", "/api/drafts/\(draft)/confirmations", ["channel": "signature"], stand.agent)
    return try #require(Asked(answer.json?["confirmation"], answer.json?["draft"]))
  }

  func give(
    _ mandate: String, to asked: Asked, at stand: Stand, as holder: String? = nil
  ) async throws -> Stand.Answer {
    try await stand.call(
      "POST", "/api/drafts/\(asked.draft)/confirmations/\(asked.id)/mandate",
      ["mandate": .string(mandate)], as: holder ?? stand.agent)
  }

  // MARK: Signing

  func mandate(
    _ asked: Asked, decision: String = "yes", question: String? = nil, type: String? = nil,
    at moment: Timestamp = .now(), more: [(String, JSON)] = []
  ) throws -> String {
    let members: [(String, JSON)] =
      [
        ("confirmation_id", .string(asked.id)),
        ("question_sha256", .string(Hex.encode(SHA256.hash((question ?? asked.question).utf8)))),
        ("decision", .string(decision)), ("iat", .int(moment.microseconds / 1_000_000)),
      ] + more
    return try sign(
      JSON.object([
        ("alg", "ES256"), ("typ", .string(type ?? "quayside-mandate+jws")), ("kid", .string(id)),
      ]), JSON.object(members))
  }

  /// Signs whatever header and payload, properly.
  func sign(_ header: JSON, _ payload: JSON) throws -> String {
    let input = Base64.encodeURL(header.bytes) + "." + Base64.encodeURL(payload.bytes)
    return input + "." + Base64.encodeURL(try ES256.sign(Array(input.utf8), with: key))
  }
}
