import Booking
import Bookings
import Cryptography
import HTTP
import Kit
import Testing

/// Attacks on an order that takes the customer's own signature. None of them books.
extension ConsentTests {
  private typealias Play = @Sendable (Stand, Wallet, Wallet.Asked) async throws -> String

  /// The customer has a key, the agent has the signed question; what it hands in has to be refused.
  private static func forged(_ name: String, _ make: @escaping Play) -> Attack {
    Attack(name: name, code: "CONFIRMATION_REQUIRED", change: SignatureTests.level) { stand in
      let wallet = try Wallet()
      try await wallet.enrol(at: stand)
      let asked = try await wallet.ask(try await stand.readyDraft(), at: stand)
      let answer = try await wallet.give(
        try await make(stand, wallet, asked), to: asked, at: stand)
      #expect(answer.code == "SIGNATURE_INVALID", "\(answer.text)")
      #expect(answer.json?["error"]?["must_act"]?.string == "customer")
      return try await stand.book(asked.draft)
    }
  }

  private static func parts(_ text: String) -> [String] {
    text.split(separator: ".").map(String.init)
  }

  static let signatureAttacks: [Attack] = [
    forged("signed with the agent's own key") { _, _, asked in
      try Wallet().mandate(asked)
    },
    forged("signed with the agent's own key, in the customer's name") { _, wallet, asked in
      let payload = try JSONValue.parse(
        #require(Base64.decodeURL(parts(try wallet.mandate(asked))[1])))
      return try Wallet().sign(
        ["alg": "ES256", "typ": "quayside-mandate+jws", "kid": .string(wallet.id)],
        .raw(payload.rawText))
    },
    forged("no signature, and alg none") { _, wallet, asked in
      let head = JSON.object([
        ("alg", "none"), ("kid", .string(wallet.id)), ("typ", "quayside-mandate+jws"),
      ])
      return Base64.encodeURL(head.bytes) + "." + parts(try wallet.mandate(asked))[1] + "."
    },
    forged("an HMAC with the customer's public key for a secret") { _, wallet, asked in
      let head = JSON.object([
        ("alg", "HS256"), ("kid", .string(wallet.id)), ("typ", "quayside-mandate+jws"),
      ])
      let input = Base64.encodeURL(head.bytes) + "." + parts(try wallet.mandate(asked))[1]
      let mac = HMAC.sha256(key: wallet.key.publicKey.point, Array(input.utf8))
      return input + "." + Base64.encodeURL(mac)
    },
    forged("the key to check with comes in the header") { _, wallet, asked in
      let mine = try Wallet()
      let payload = try JSONValue.parse(
        #require(Base64.decodeURL(parts(try wallet.mandate(asked))[1])))
      return try mine.sign(
        .object([
          ("alg", "ES256"), ("typ", "quayside-mandate+jws"), ("kid", .string(wallet.id)),
          ("jwk", mine.key.publicKey.jwk),
        ]), .raw(payload.rawText))
    },
    forged("a no that is turned into a yes") { _, wallet, asked in
      let no = parts(try wallet.mandate(asked, decision: "no"))
      let payload = String(
        decoding: try #require(Base64.decodeURL(no[1])), as: UTF8.self)
      let yes = Array(payload.replacing("\"no\"", with: "\"yes\"").utf8)
      return no[0] + "." + Base64.encodeURL(yes) + "." + no[2]
    },
    forged("zeros for a signature") { _, wallet, asked in
      let real = parts(try wallet.mandate(asked))
      return real[0] + "." + real[1] + "."
        + Base64.encodeURL([UInt8](repeating: 0, count: 64))
    },
    forged("the server's own signature handed back") { _, _, asked in asked.question },
    forged("signed for another purpose") { _, wallet, asked in
      try wallet.mandate(asked, type: "JWT")
    },
    forged("signed before it was asked") { _, wallet, asked in
      try wallet.mandate(asked, at: .now() - .hours(1))
    },
    forged("the signed yes to a smaller order") { stand, wallet, asked in
      let small = try await wallet.ask(
        try await stand.readyDraft(quantity: 1, name: "Robin"), at: stand)
      return try wallet.mandate(small)
    },
    forged("the right question's id, another question's digest") { stand, wallet, asked in
      let small = try await wallet.ask(
        try await stand.readyDraft(quantity: 1, name: "Robin"), at: stand)
      return try wallet.mandate(asked, question: small.question)
    },
    forged("another customer's key") { stand, _, asked in
      let neighbour = try Wallet()
      try await neighbour.enrol(at: stand, phone: "9025550122")
      return try neighbour.mandate(asked)
    },
    forged("a key that was revoked") { stand, wallet, asked in
      try await stand.step("DELETE", "/api/customer-keys/\(wallet.id)", nil, stand.staff)
      return try wallet.mandate(asked)
    },
    forged("a key that another business vouches for") { stand, _, asked in
      let mine = try Wallet()
      let staff = try await stand.service.makeKey(
        for: "shoe-shop", name: "desk", kind: .staff
      ).secret
      let answer = try await mine.enrolment(at: stand, phone: "9025550199", as: staff)
      #expect(answer.status == 201)
      return try mine.mandate(asked)
    },
    forged("orders for the reader in the mandate") { _, wallet, asked in
      try wallet.mandate(asked, more: [("level", 3), ("confirm", true)])
    },
    Attack(
      name: "an agent vouches for its own key", code: "CONFIRMATION_REQUIRED",
      change: SignatureTests.level
    ) { stand in
      let draft = try await stand.readyDraft()
      let answer = try await Wallet().enrolment(
        at: stand, phone: "9025550199", as: stand.agent)
      #expect(answer.code == "FORBIDDEN")
      return try await stand.book(draft)
    },
    Attack(
      name: "a tap on our page where a signature is asked for", code: "CONFIRMATION_TOO_WEAK",
      hasCourier: true
    ) { stand in
      let draft = try await stand.readyDraft()
      try await stand.tap(try await stand.ask(draft))
      try await stand.take(LevelRule([(0, .signed)]))
      let again = try await stand.call(
        "POST", "/api/drafts/\(draft)/confirmations", ["channel": "page"], as: stand.agent)
      #expect(again.code == "CHANNEL_UNAVAILABLE", "\(again.text)")
      return try await stand.book(draft)
    },
    Attack(
      name: "a signed no", code: "CONFIRMATION_DECLINED", change: SignatureTests.level
    ) { stand in
      let wallet = try Wallet()
      try await wallet.enrol(at: stand)
      let asked = try await wallet.ask(try await stand.readyDraft(), at: stand)
      let said = try await wallet.give(
        try wallet.mandate(asked, decision: "no"), to: asked, at: stand)
      #expect(said.status == 200, "\(said.text)")
      let again = try await wallet.give(try wallet.mandate(asked), to: asked, at: stand)
      #expect(again.code == "CONFIRMATION_USED", "\(again.text)")
      return try await stand.book(asked.draft)
    },
    Attack(
      name: "changed after it was signed", code: "CONFIRMATION_VOID", change: SignatureTests.level
    ) { stand in
      let wallet = try Wallet()
      try await wallet.enrol(at: stand)
      let asked = try await wallet.ask(try await stand.readyDraft(), at: stand)
      _ = try await wallet.give(try wallet.mandate(asked), to: asked, at: stand)
      try await stand.step(
        "PUT", "/api/drafts/\(asked.draft)/details", ["notes": "and ten more"], stand.agent)
      try await stand.step("POST", "/api/drafts/\(asked.draft)/summary", [:], stand.agent)
      return try await stand.book(asked.draft)
    },
    Attack(
      name: "signed too late", code: "CONFIRMATION_REQUIRED", change: SignatureTests.level
    ) { stand in
      let wallet = try Wallet()
      try await wallet.enrol(at: stand)
      let asked = try await wallet.ask(try await stand.readyDraft(), at: stand)
      stand.ahead.move(.minutes(16))
      let late = try await wallet.give(
        try wallet.mandate(asked, at: .now() + .minutes(16)), to: asked, at: stand)
      #expect(late.code == "CONFIRMATION_EXPIRED", "\(late.text)")
      return try await stand.book(asked.draft)
    },
    Attack(
      name: "another agent hands in the signed yes", code: "CONFIRMATION_REQUIRED",
      change: SignatureTests.level
    ) { stand in
      let wallet = try Wallet()
      try await wallet.enrol(at: stand)
      let asked = try await wallet.ask(try await stand.readyDraft(), at: stand)
      let answer = try await wallet.give(
        try wallet.mandate(asked), to: asked, at: stand, as: stand.otherAgent)
      #expect(answer.code == "NOT_FOUND")
      return try await stand.book(asked.draft)
    },
    Attack(
      name: "one signature, twenty requests at once", code: "DRAFT_CLOSED", orders: 1,
      change: SignatureTests.level
    ) { stand in
      let wallet = try Wallet()
      try await wallet.enrol(at: stand)
      let asked = try await wallet.ask(try await stand.readyDraft(), at: stand)
      let mandate = try wallet.mandate(asked)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for i in 0..<20 {
          group.addTask {
            _ = try await wallet.give(mandate, to: asked, at: stand)
            _ = try await stand.book(asked.draft, key: "k\(i)")
          }
        }
        try await group.waitForAll()
      }
      return try await stand.book(asked.draft, key: "last")
    },
  ]
}
