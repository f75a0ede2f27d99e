import Booking
import Bookings
import Cryptography
import HTTP
import Kit
import Testing

/// Where an order takes the customer's own signature: what a wallet does, and everything that is tried
/// instead of it.
@Suite("A yes that the customer signed", .serialized)
struct SignatureTests {
  static let level: @Sendable (inout Business) -> Void = { $0.levels = LevelRule([(0, .signed)]) }

  @Test("signed question, signed answer, one order; and who has it can check it years later")
  func wholeWay() async throws {
    try await Stand.play(Self.level) { stand in
      let wallet = try Wallet()
      try await wallet.enrol(at: stand)
      let draft = try await stand.readyDraft()
      let asked = try await wallet.ask(draft, at: stand)
      #expect(asked.level == 3)
      // What is shown to the customer is in it, signed by the server.
      let keys = try await stand.call("GET", "/api/keys.json", as: nil)
      let server = try #require(keys.json?["keys"]?.elements.first)
      let payload = try #require(asked.payload)
      #expect(payload["summary"]?["total"]?.string == "9.00")
      #expect(payload["summary_sha256"]?.string == asked.summaryDigest)
      #expect(asked.header?["kid"]?.string == server["kid"]?.string)
      let given = try await wallet.give(wallet.mandate(asked), to: asked, at: stand)
      #expect(given.status == 200, "\(given.text)")
      #expect(given.draft?["step"]?.string == "create_order")
      let booked = try await stand.book(draft)
      #expect(booked.status == 201, "\(booked.text)")
      #expect(
        try await stand.rows("select level::text from booking_consents") == ["3"])
      try await stand.expectWhole(1)
    }
  }

  @Test("a whole order of an agent's is answered with the question to sign")
  func wholeOrder() async throws {
    try await Stand.play({
      $0.hasCatalogue = false
      $0.levels = LevelRule([(0, .signed)])
    }) { stand in
      let wallet = try Wallet()
      try await wallet.enrol(at: stand, phone: "+1 902 555 0199")
      let body = request([["name": "Green tea", "quantity": 1]], source: "ai", key: "k")
      let first = try await stand.call("POST", "/api/orders", body, as: stand.agent)
      #expect(first.code == "CONFIRMATION_REQUIRED")
      let asked = try #require(
        Wallet.Asked(first.details?["confirmation"], first.details?["draft"]))
      let given = try await wallet.give(wallet.mandate(asked), to: asked, at: stand)
      #expect(given.status == 200, "\(given.text)")
      let again = try await stand.call("POST", "/api/orders", body, as: stand.agent)
      #expect(again.status == 201, "\(again.text)")
      try await stand.expectWhole(1)
    }
  }

  @Test("customers' keys are the business's to vouch for, one customer's each")
  func keys() async throws {
    try await Stand.play { stand in
      let wallet = try Wallet()
      try await wallet.enrol(at: stand)
      try await wallet.enrol(at: stand)
      let other = try await wallet.enrolment(at: stand, phone: "9025550111", as: stand.staff)
      #expect(other.status == 400, "\(other.text)")
      #expect(other.details?["errors"]?.elements.first?["path"]?.string == "$.public_key")
      let off = try await stand.call(
        "POST", "/api/customer-keys",
        [
          "customer_phone": "9025550199",
          "public_key": [
            "kty": "EC", "crv": "P-256", "x": .string(String(repeating: "A", count: 43)),
            "y": .string(String(repeating: "A", count: 43)),
          ],
        ], as: stand.staff)
      #expect(off.status == 400, "\(off.text)")
      let listed = try await stand.call(
        "GET", "/api/customer-keys?customer_phone=9025550199", as: stand.staff)
      #expect(
        listed.json?["customer_keys"]?.elements.map { $0["key_id"]?.string } == [wallet.id])
      let desk = try await stand.one("select key_id from api_keys where name = 'desk'")
      #expect(listed.json?["customer_keys"]?.elements.map { $0["added_by"]?.string } == [desk])
      let second = try await stand.service.makeKey(
        for: "tea-house", name: "second desk", kind: .staff)
      let revoked = try await stand.call(
        "DELETE", "/api/customer-keys/\(wallet.id)", as: second.secret)
      #expect(revoked.status == 200, "\(revoked.text)")
      // Revoked again by somebody else, it stays the first one's act.
      try await stand.step("DELETE", "/api/customer-keys/\(wallet.id)", nil, stand.staff)
      let their = try await stand.one("select key_id from api_keys where name = 'second desk'")
      #expect(
        try await stand.rows("select added_by || ' ' || revoked_by from customer_keys")
          == ["\(desk) \(their)"])
      let again = try await wallet.enrolment(at: stand, phone: "9025550199", as: stand.staff)
      #expect(again.status == 400, "a key that was lost does not come back: \(again.text)")
      let none = try await stand.call("DELETE", "/api/customer-keys/nobodys", as: stand.staff)
      #expect(none.status == 404)
      // Without a key there is nobody to sign.
      let draft = try await stand.readyDraft()
      let asked = try await stand.call(
        "POST", "/api/drafts/\(draft)/confirmations", ["channel": "signature"], as: stand.agent)
      #expect(asked.code == "CHANNEL_UNAVAILABLE", "\(asked.text)")
      try await stand.expectWhole(0)
    }
  }

  @Test("two processes that need the first key at once sign with the same one; a new one is new")
  func serverKey() async throws {
    try await Stand.play { stand in
      let other = stand.another()
      let all = try await withThrowingTaskGroup(of: String.self) { group in
        for i in 0..<8 {
          let service = i % 2 == 0 ? stand.service : other
          group.addTask { try await service.publicKeys().text }
        }
        return try await group.reduce(into: Set<String>()) { $0.insert($1) }
      }
      #expect(all.count == 1)
      let first = try #require(try JSONValue.parse(Array(all.first?.utf8 ?? "".utf8))["keys"])
      try await stand.service.replaceSigningKey()
      let after = try JSONValue.parse(try await other.publicKeys().bytes)["keys"]
      #expect(after?.elements.count == 2)
      #expect(after?.elements.last?["kid"]?.string == first.elements.first?["kid"]?.string)
      #expect(after?.elements.first?["kid"]?.string != first.elements.first?["kid"]?.string)
    }
  }
}
