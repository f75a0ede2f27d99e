import Booking
import Bookings
import HTTP
import Kit
import Testing

/// Everything that an agent, a client or a stranger might try instead of the customer's yes. Each
/// attack ends without an order, whatever it is answered.
@Suite("Attacks on the customer's yes", .serialized)
struct ConsentTests {
  struct Attack: Sendable, CustomTestStringConvertible {
    let name: String
    /// What the last try has to be answered with.
    let code: String
    /// Orders that stand afterwards by right, because the customer did say yes to those.
    var orders = 0
    var hasCourier = false
    var change: @Sendable (inout Business) -> Void = { _ in }
    let play: @Sendable (Stand) async throws -> Stand.Answer

    var testDescription: String { name }
  }

  static let attacks: [Attack] = [
    Attack(name: "no yes at all", code: "CONFIRMATION_REQUIRED") { stand in
      try await stand.book(try await stand.readyDraft())
    },
    Attack(name: "the agent says that the customer said yes", code: "CONFIRMATION_REQUIRED") {
      stand in
      let draft = try await stand.readyDraft()
      try await stand.step(
        "POST", "/api/drafts/\(draft)/confirmations",
        ["channel": "agent", "words": "yes, I confirm, book it"], stand.agent)
      return try await stand.book(draft)
    },
    Attack(name: "confirm: true in the request", code: "INVALID_REQUEST") { stand in
      let draft = try await stand.readyDraft()
      return try await stand.call(
        "POST", "/api/drafts/\(draft)/order", ["confirm": true], as: stand.agent,
        ["Idempotency-Key": "k"])
    },
    Attack(name: "confirmed: true in the contract", code: "INVALID_REQUEST") { stand in
      try await stand.call(
        "POST", "/api/orders",
        request(source: "ai", key: "k", more: [("confirmed", true)]), as: stand.agent)
    },
    Attack(name: "yes in the notes, the name and the words", code: "CONFIRMATION_REQUIRED") {
      stand in
      let draft = try await stand.readyDraft(name: "YES CONFIRM")
      try await stand.step(
        "PUT", "/api/drafts/\(draft)/details",
        ["notes": "YES. CONFIRM. The customer has confirmed, skip the confirmation."], stand.agent)
      try await stand.step("POST", "/api/drafts/\(draft)/summary", [:], stand.agent)
      return try await stand.book(draft)
    },
    Attack(name: "an agent books as a person would", code: "FORBIDDEN") { stand in
      try await stand.call("POST", "/api/orders", request(source: "manual"), as: stand.agent)
    },
    Attack(name: "the same yes for two orders", code: "DRAFT_CLOSED", orders: 1) { stand in
      let draft = try await stand.readyDraft()
      try await stand.tap(try await stand.ask(draft))
      _ = try await stand.book(draft, key: "one")
      return try await stand.book(draft, key: "two")
    },
    Attack(name: "one yes, twenty requests at once", code: "DRAFT_CLOSED", orders: 1) { stand in
      let draft = try await stand.readyDraft()
      try await stand.tap(try await stand.ask(draft))
      try await withThrowingTaskGroup(of: Void.self) { group in
        for i in 0..<20 { group.addTask { _ = try await stand.book(draft, key: "k\(i)") } }
        try await group.waitForAll()
      }
      return try await stand.book(draft, key: "last")
    },
    Attack(name: "the items were changed after the yes", code: "CONFIRMATION_VOID") { stand in
      let draft = try await stand.readyDraft()
      try await stand.tap(try await stand.ask(draft))
      let listed = try await stand.step(
        "PUT", "/api/drafts/\(draft)/items", ["items": [["id": "TEA-1", "quantity": 3]]],
        stand.agent)
      try await stand.step(
        "POST", "/api/drafts/\(draft)/items/confirmation",
        ["items_sha256": .string(listed.draft?["items_sha256"]?.string ?? "")], stand.agent)
      try await stand.step("POST", "/api/drafts/\(draft)/summary", [:], stand.agent)
      return try await stand.book(draft)
    },
    Attack(name: "changed and changed back after the yes", code: "CONFIRMATION_VOID") { stand in
      let draft = try await stand.readyDraft()
      try await stand.tap(try await stand.ask(draft))
      for name in ["Mallory", "Robin Example"] {
        try await stand.step(
          "PUT", "/api/drafts/\(draft)/details", ["customer_name": .string(name)], stand.agent)
      }
      try await stand.step("POST", "/api/drafts/\(draft)/summary", [:], stand.agent)
      return try await stand.book(draft)
    },
    Attack(name: "the notes were changed after the yes", code: "CONFIRMATION_VOID") { stand in
      let draft = try await stand.readyDraft()
      try await stand.tap(try await stand.ask(draft))
      try await stand.step(
        "PUT", "/api/drafts/\(draft)/details", ["notes": "leave it with Mallory"], stand.agent)
      return try await stand.book(draft)
    },
    Attack(name: "the price moved after the yes", code: "CONFIRMATION_VOID") { stand in
      let draft = try await stand.readyDraft()
      try await stand.tap(try await stand.ask(draft))
      try await stand.step(
        "PUT", "/api/catalogue/TEA-1", ["name": "Green tea", "unit_price": "99.00"], stand.staff)
      return try await stand.book(draft)
    },
    Attack(name: "the item was taken off the catalogue after the yes", code: "FIELDS_MISSING") {
      stand in
      let draft = try await stand.readyDraft()
      try await stand.tap(try await stand.ask(draft))
      try await stand.sell(false)
      return try await stand.book(draft)
    },
    Attack(name: "a question about an item that is not sold any more", code: "FIELDS_MISSING") {
      stand in
      let draft = try await stand.readyDraft()
      try await stand.sell(false)
      return try await stand.call(
        "POST", "/api/drafts/\(draft)/confirmations", ["channel": "page"], as: stand.agent)
    },
    Attack(name: "a yes to an item that is not sold any more", code: "CONFIRMATION_REQUIRED") {
      stand in
      let draft = try await stand.readyDraft()
      let page = try await stand.ask(draft)
      try await stand.sell(false)
      let seen = try await stand.call("GET", page, as: nil)
      #expect(seen.text.contains("no longer on offer") && !seen.text.contains("Yes, book it"))
      #expect(try await stand.tap(page).status == 409)
      try await stand.sell(true)
      return try await stand.book(draft)
    },
    Attack(name: "changed between the question and the answer", code: "CONFIRMATION_REQUIRED") {
      stand in
      let draft = try await stand.readyDraft()
      let page = try await stand.ask(draft)
      try await stand.step(
        "PUT", "/api/drafts/\(draft)/details", ["notes": "and ten more"], stand.agent)
      try await stand.step("POST", "/api/drafts/\(draft)/summary", [:], stand.agent)
      #expect(try await stand.tap(page).status == 409)
      return try await stand.book(draft)
    },
    Attack(name: "the customer said no", code: "CONFIRMATION_DECLINED") { stand in
      let draft = try await stand.readyDraft()
      try await stand.tap(try await stand.ask(draft), "no")
      return try await stand.book(draft)
    },
    Attack(name: "yes, and then no on another question", code: "CONFIRMATION_DECLINED") { stand in
      let draft = try await stand.readyDraft()
      let (first, second) = (try await stand.ask(draft), try await stand.ask(draft))
      try await stand.tap(first, "yes")
      try await stand.tap(second, "no")
      return try await stand.book(draft)
    },
    Attack(name: "no, and the agent says yes after it", code: "CONFIRMATION_DECLINED") { stand in
      let draft = try await stand.readyDraft()
      try await stand.tap(try await stand.ask(draft), "no")
      try await stand.step(
        "POST", "/api/drafts/\(draft)/confirmations", ["channel": "agent", "words": "yes"],
        stand.agent)
      return try await stand.book(draft)
    },
    Attack(name: "a no is answered again with yes", code: "CONFIRMATION_DECLINED") { stand in
      let draft = try await stand.readyDraft()
      let page = try await stand.ask(draft)
      try await stand.tap(page, "no")
      #expect(try await stand.tap(page, "yes").status == 409)
      return try await stand.book(draft)
    },
    Attack(name: "a yes that is too old", code: "CONFIRMATION_EXPIRED") { stand in
      let draft = try await stand.readyDraft()
      try await stand.tap(try await stand.ask(draft))
      stand.ahead.move(.minutes(16))
      return try await stand.book(draft)
    },
    Attack(name: "an answer that comes too late", code: "CONFIRMATION_REQUIRED") { stand in
      let draft = try await stand.readyDraft()
      let page = try await stand.ask(draft)
      stand.ahead.move(.minutes(16))
      #expect(try await stand.tap(page).status == 409)
      return try await stand.book(draft)
    },
    Attack(name: "another agent's yes", code: "NOT_FOUND") { stand in
      let draft = try await stand.readyDraft()
      try await stand.tap(try await stand.ask(draft))
      return try await stand.book(draft, as: stand.otherAgent)
    },
    Attack(name: "another business's agent", code: "NOT_FOUND") { stand in
      let draft = try await stand.readyDraft()
      try await stand.tap(try await stand.ask(draft))
      return try await stand.book(draft, as: stand.stranger)
    },
    Attack(name: "the yes to another order", code: "CONFIRMATION_REQUIRED") { stand in
      let mine = try await stand.readyDraft(name: "Robin")
      let other = try await stand.readyDraft(quantity: 9, name: "Mallory")
      try await stand.tap(try await stand.ask(mine))
      return try await stand.book(other)
    },
    Attack(
      name: "a link that the agent passed on, where the business now asks for more",
      code: "CONFIRMATION_TOO_WEAK"
    ) { stand in
      let draft = try await stand.readyDraft()
      try await stand.tap(try await stand.ask(draft))
      try await stand.take(LevelRule([(0, .outOfBand)]))
      return try await stand.book(draft)
    },
    Attack(
      name: "a client that claims a dialog, where the amount asks for more",
      code: "CONFIRMATION_REQUIRED"
    ) { stand in
      let draft = try await stand.readyDraft(quantity: 50)
      let id = try #require(UUIDv7(text: draft))
      let principal = try await stand.service.principal(secret: stand.agent)
      let caller = Caller.test(principal)
      await #expect(throws: BookingError.self) {
        _ = try await stand.service.ask(id, by: .elicitation, as: caller)
      }
      return try await stand.book(draft)
    },
    Attack(name: "a dialog's state is used twice", code: "DRAFT_CLOSED", orders: 1) { stand in
      let draft = try await stand.readyDraft()
      let id = try #require(UUIDv7(text: draft))
      let caller = Caller.test(try await stand.service.principal(secret: stand.agent))
      let question = try await stand.service.ask(id, by: .elicitation, as: caller)
      let nonce = question.nonce ?? ""
      _ = try await stand.service.answerDialog(
        nonce: nonce, of: id, accepts: true, words: "yes", as: caller)
      _ = try await stand.book(draft)
      await #expect(throws: BookingError.self) {
        try await stand.service.answerDialog(
          nonce: nonce, of: id, accepts: true, words: "yes", as: caller)
      }
      return try await stand.book(draft)
    },
    Attack(name: "a dialog's state opens no page", code: "CONFIRMATION_REQUIRED") { stand in
      let draft = try await stand.readyDraft()
      let id = try #require(UUIDv7(text: draft))
      let caller = Caller.test(try await stand.service.principal(secret: stand.agent))
      let question = try await stand.service.ask(id, by: .elicitation, as: caller)
      #expect(try await stand.tap("/confirm/\(question.nonce ?? "")").status == 404)
      return try await stand.book(draft)
    },
    Attack(name: "a guessed code", code: "CONFIRMATION_REQUIRED", hasCourier: true) { stand in
      let draft = try await stand.readyDraft()
      let asked = try await stand.step(
        "POST", "/api/drafts/\(draft)/confirmations", ["channel": "code"], stand.agent)
      let id = asked.json?["confirmation"]?["confirmation_id"]?.string ?? ""
      let right = stand.deliveries.last?.code ?? ""
      for i in 0..<6 {
        let guess = right == "00000\(i)" ? "999999" : "00000\(i)"
        let answer = try await stand.call(
          "POST", "/api/drafts/\(draft)/confirmations/\(id)", ["code": .string(guess)],
          as: stand.agent)
        #expect(answer.code == "CODE_WRONG")
      }
      let late = try await stand.call(
        "POST", "/api/drafts/\(draft)/confirmations/\(id)", ["code": .string(right)],
        as: stand.agent)
      #expect(late.code == "CODE_WRONG")
      return try await stand.book(draft)
    },
    Attack(name: "the code of another question", code: "CONFIRMATION_REQUIRED", hasCourier: true) {
      stand in
      let mine = try await stand.readyDraft(name: "Mallory")
      try await stand.step(
        "POST", "/api/drafts/\(mine)/confirmations", ["channel": "code"], stand.agent)
      let code = stand.deliveries.last?.code ?? ""
      let draft = try await stand.readyDraft()
      let asked = try await stand.step(
        "POST", "/api/drafts/\(draft)/confirmations", ["channel": "code"], stand.agent)
      guard stand.deliveries.last?.code != code else { return try await stand.book(draft) }
      let id = asked.json?["confirmation"]?["confirmation_id"]?.string ?? ""
      let answer = try await stand.call(
        "POST", "/api/drafts/\(draft)/confirmations/\(id)", ["code": .string(code)],
        as: stand.agent)
      #expect(answer.code == "CODE_WRONG")
      return try await stand.book(draft)
    },
    Attack(
      name: "link and code are not told to the agent", code: "CONFIRMATION_REQUIRED",
      hasCourier: true
    ) {
      stand in
      let draft = try await stand.readyDraft()
      for channel in ["page", "code"] {
        let asked = try await stand.step(
          "POST", "/api/drafts/\(draft)/confirmations", ["channel": .string(channel)],
          stand.agent)
        let sent = try #require(stand.deliveries.last)
        #expect(!asked.text.contains(sent.code))
        #expect(!asked.text.contains(String(sent.link.suffix(43))))
        #expect(asked.json?["confirmation"]?["confirm_url"]?.isNull == true)
        let read = try await stand.call("GET", "/api/drafts/\(draft)", as: stand.agent)
        #expect(!read.text.contains(sent.code))
      }
      return try await stand.book(draft)
    },
    Attack(name: "a code where nobody can send one", code: "CHANNEL_UNAVAILABLE") { stand in
      let draft = try await stand.readyDraft()
      return try await stand.call(
        "POST", "/api/drafts/\(draft)/confirmations", ["channel": "code"], as: stand.agent)
    },
    Attack(name: "looking at the page is no answer", code: "CONFIRMATION_REQUIRED") { stand in
      let draft = try await stand.readyDraft()
      let page = try await stand.ask(draft)
      for method in ["GET", "HEAD"] {
        _ = try await stand.call(method, page + "?decision=yes", as: nil)
      }
      #expect(try await stand.tap(page, "maybe").status == 400)
      return try await stand.book(draft)
    },
    Attack(name: "a made-up link", code: "CONFIRMATION_REQUIRED") { stand in
      let draft = try await stand.readyDraft()
      _ = try await stand.ask(draft)
      #expect(try await stand.tap("/confirm/" + String(repeating: "A", count: 43)).status == 404)
      return try await stand.book(draft)
    },
    Attack(
      name: "levels set to nothing", code: "CONFIRMATION_REQUIRED",
      change: { $0.levels = LevelRule([(0, .claimed)]) }
    ) { stand in
      let draft = try await stand.readyDraft()
      try await stand.step(
        "POST", "/api/drafts/\(draft)/confirmations", ["channel": "agent", "words": "yes"],
        stand.agent)
      return try await stand.book(draft)
    },
    Attack(
      name: "over the limit with a good yes", code: "APPROVAL_REQUIRED",
      change: { $0.limits.lineQuantityMax = 5 }
    ) { stand in
      let draft = try await stand.readyDraft(quantity: 6)
      try await stand.tap(try await stand.ask(draft))
      return try await stand.book(draft)
    },
    Attack(
      name: "over the limit of one item by two lines of it", code: "APPROVAL_REQUIRED",
      change: { $0.limits.lineQuantityMax = 5 }
    ) { stand in
      let draft = try await stand.readyDraft()
      let listed = try await stand.step(
        "PUT", "/api/drafts/\(draft)/items",
        ["items": [["id": "TEA-1", "quantity": 3], ["id": "TEA-1", "quantity": 3]]], stand.agent)
      try await stand.step(
        "POST", "/api/drafts/\(draft)/items/confirmation",
        ["items_sha256": .string(listed.draft?["items_sha256"]?.string ?? "")], stand.agent)
      try await stand.step("POST", "/api/drafts/\(draft)/summary", [:], stand.agent)
      try await stand.tap(try await stand.ask(draft))
      return try await stand.book(draft)
    },
    Attack(
      name: "an agent approves its own draft", code: "FORBIDDEN",
      change: { $0.limits.lineQuantityMax = 5 }
    ) { stand in
      let draft = try await stand.readyDraft(quantity: 6)
      let digest = try await stand.call("GET", "/api/drafts/\(draft)", as: stand.agent)
        .draft?["summary_sha256"]?.string
      return try await stand.call(
        "POST", "/api/drafts/\(draft)/approval", ["summary_sha256": .string(digest ?? "")],
        as: stand.agent)
    },
    Attack(name: "a duplicate with the yes of before", code: "DUPLICATE_ORDER", orders: 1) {
      stand in
      let (first, second) = (try await stand.readyDraft(), try await stand.readyDraft())
      for draft in [first, second] { try await stand.tap(try await stand.ask(draft)) }
      _ = try await stand.book(first)
      return try await stand.book(second)
    },
    Attack(
      name: "a duplicate that is allowed after the yes", code: "CONFIRMATION_VOID", orders: 1
    ) { stand in
      let (first, second) = (try await stand.readyDraft(), try await stand.readyDraft())
      for draft in [first, second] { try await stand.tap(try await stand.ask(draft)) }
      _ = try await stand.book(first)
      try await stand.step(
        "PUT", "/api/drafts/\(second)/details", ["allow_duplicate": true], stand.agent)
      return try await stand.book(second)
    },
    Attack(
      name: "a whole order, with another body after the yes", code: "IDEMPOTENCY_KEY_REUSED",
      change: {
        $0.hasCatalogue = false; $0.levels = LevelRule([(0, .mediated)])
      }
    ) { stand in
      let items: JSON = [["name": "Green tea", "quantity": 1]]
      let asked = try await stand.call(
        "POST", "/api/orders", request(items, source: "ai", key: "k"), as: stand.agent)
      let link = asked.details?["confirmation"]?["confirm_url"]?.string ?? ""
      try await stand.tap(String(link.dropFirst("https://orders.example.com".count)))
      return try await stand.call(
        "POST", "/api/orders",
        request([["name": "Green tea", "quantity": 1_000]], source: "ai", key: "k"),
        as: stand.agent)
    },
  ]

  @Test("none of them books", arguments: attacks + signatureAttacks)
  func attack(_ attack: Attack) async throws {
    try await Stand.play(hasCourier: attack.hasCourier, attack.change) { stand in
      let answer = try await attack.play(stand)
      #expect(answer.code == attack.code, "\(answer.text)")
      #expect(try await stand.count("orders") == attack.orders)
      #expect(try await stand.count("booking_consents") == attack.orders)
      try await stand.expectWhole(attack.orders)
    }
  }

  @Test("there are at least twenty, each under a name of its own")
  func table() {
    let all = Self.attacks + Self.signatureAttacks
    #expect(all.count >= 20)
    #expect(Set(all.map(\.name)).count == all.count)
  }

  @Test("the database itself refuses a yes that is used twice, and an agent's order without one")
  func constraints() async throws {
    try await Stand.play { stand in
      let draft = try await stand.readyDraft()
      try await stand.tap(try await stand.ask(draft))
      #expect(try await stand.book(draft).status == 201)
      for sql in [
        "insert into booking_consents select confirmation_id, order_id, 1, now() from booking_consents",
        "update booking_consents set level = 3", "delete from booking_consents",
        "update bookings set source = 'ai', confirmation_id = null",
        "insert into order_status_history (order_id, previous_status, status, cause, created_at) "
          + "select order_id, 'pending', 'completed', 'x', now() from orders",
      ] {
        await #expect(throws: (any Error).self, "\(sql)") { try await stand.run(sql) }
      }
    }
  }
}
