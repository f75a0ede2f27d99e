import Booking
import BookingAPI
import Bookings
import Kit
import Ledger
import Testing

@Suite("How a customer is asked")
struct AskingTests {
  /// An agent's whole order.
  static let order = request([["name": "Green tea", "quantity": 2]], source: "ai", key: "k")

  /// A business that takes such an order, with a yes of level 1.
  static let plain: @Sendable (inout Business) -> Void = {
    $0.hasCatalogue = false
    $0.levels = LevelRule([(0, .mediated)])
  }

  private func post(_ stand: Stand) async throws -> Stand.Answer {
    try await stand.call("POST", "/api/orders", Self.order, as: stand.agent)
  }

  private func path(_ link: String?) throws -> String {
    String(try #require(link).dropFirst("https://orders.example.com".count))
  }

  @Test("when the courier fails, the same request asks again, as often as it takes")
  func hiccup() async throws {
    try await Stand.play(hasCourier: true, Self.plain) { stand in
      stand.deliveries.strike()
      // More often than a customer may be asked about one draft.
      let tries = DraftFile.confirmationsMax + 5
      for _ in 0..<tries {
        let refused = try await post(stand)
        #expect(refused.code == "CONFIRMATION_REQUIRED", "\(refused.text)")
        #expect(refused.details?["confirmation"] == nil && refused.details?["not_asked"] != nil)
      }
      #expect(stand.deliveries.count == tries)
      #expect(try await stand.count("booking_confirmations") == tries)
      stand.deliveries.resume()
      let asked = try await post(stand)
      let question = asked.details?["confirmation"]
      #expect(question?["sent_to"]?.string?.hasSuffix("99") == true, "\(asked.text)")
      // The customer has this one: the next try says so, and sends nothing.
      let again = try await post(stand)
      #expect(again.details?["confirmation"]?.rawText == question?.rawText, "\(again.text)")
      #expect(stand.deliveries.count == tries + 1)
      #expect(try await stand.tap(try path(stand.deliveries.last?.link)).status == 200)
      #expect(try await post(stand).status == 201)
      try await stand.expectWhole(1)
    }
  }

  @Test("a link that arrived although the courier said that it did not is as good as any")
  func late() async throws {
    try await Stand.play(hasCourier: true, Self.plain) { stand in
      stand.deliveries.strike()
      #expect(try await post(stand).code == "CONFIRMATION_REQUIRED")
      #expect(try await stand.tap(try path(stand.deliveries.last?.link)).status == 200)
      #expect(try await post(stand).status == 201)
      try await stand.expectWhole(1)
    }
  }

  @Test("a link whose answer was lost is given again, or another one; they lead to one order")
  func lost() async throws {
    try await Stand.play(Self.plain) { stand in
      let first = try await post(stand).details?["confirmation"]?["confirm_url"]?.string
      // As an agent that waits for the customer does it.
      for _ in 0..<DraftFile.confirmationsMax + 5 {
        let again = try await post(stand)
        #expect(again.details?["confirmation"]?["confirm_url"]?.string == first, "\(again.text)")
      }
      #expect(try await stand.count("booking_confirmations") == 1)
      // A process that never knew the link puts a question of its own.
      let principal = try await stand.service.principal(secret: stand.agent)
      let outcome = await stand.another().createOrderFromAI(
        Self.order.bytes, by: .test(principal))
      guard case .refused(let error) = outcome else {
        Issue.record("\(outcome)")
        return
      }
      let details = try JSONValue.parse(JSON.object(error.details).bytes)
      let second = details["confirmation"]?["confirm_url"]?.string
      #expect(second != nil && second != first)
      for link in [first, second] {
        #expect(try await stand.tap(try path(link)).status == 200)
      }
      #expect(try await post(stand).status == 201)
      #expect(try await stand.count("booking_consents") == 1)
      try await stand.expectWhole(1)
    }
  }

  @Test("nobody is asked for a yes that could not book: the business has to act, and is named")
  func tooWeak() async throws {
    try await Stand.play { stand in
      // 50 x 4.50 takes level 2, and without a courier a page is worth level 1.
      let draft = try await stand.readyDraft(quantity: 50)
      let asked = try await stand.call(
        "POST", "/api/drafts/\(draft)/confirmations", ["channel": "page"], as: stand.agent)
      #expect(asked.code == "CHANNEL_UNAVAILABLE", "\(asked.text)")
      #expect(asked.json?["error"]?["must_act"]?.string == "business")
      #expect(asked.details?["level"]?.int == 1 && asked.details?["level_required"]?.int == 2)
      // What the agent says of itself is kept as before: nobody is asked by it.
      try await stand.step(
        "POST", "/api/drafts/\(draft)/confirmations", ["channel": "agent", "words": "yes"],
        stand.agent)
      #expect(try await stand.rows("select channel from booking_confirmations") == ["agent"])
    }
  }

  @Test("an agent's whole order that no yes could book is refused as such, as often as it comes")
  func tooWeakWhole() async throws {
    let highest: @Sendable (inout Business) -> Void = { $0.hasCatalogue = false }
    try await Stand.play(highest) { stand in
      for _ in 0..<2 {
        let refused = try await post(stand)
        #expect(refused.code == "CHANNEL_UNAVAILABLE", "\(refused.text)")
        #expect(refused.json?["error"]?["must_act"]?.string == "business")
        #expect(refused.draft?["level_required"]?.int == 2)
      }
      #expect(try await stand.count("booking_confirmations") == 0)
      // The customer's own key is another way.
      let wallet = try Wallet()
      try await wallet.enrol(at: stand, phone: "+1 902 555 0199")
      let asked = try await post(stand)
      #expect(asked.code == "CONFIRMATION_REQUIRED", "\(asked.text)")
      #expect(asked.details?["confirmation"]?["channel"]?.string == "signature")
    }
    try await Stand.play(hasCourier: true, highest) { stand in
      let asked = try await post(stand)
      #expect(asked.code == "CONFIRMATION_REQUIRED", "\(asked.text)")
      try await stand.tap(try path(stand.deliveries.last?.link))
      #expect(try await post(stand).status == 201)
    }
  }

  @Test("a yes counts from when it was given, and its page tells what became of it")
  func life() async throws {
    try await Stand.play { stand in
      func page(_ path: String) async throws -> String {
        try await stand.call("GET", path, as: nil).text
      }
      let draft = try await stand.readyDraft()
      let link = try await stand.ask(draft)
      stand.ahead.move(.minutes(14))
      #expect(try await stand.tap(link).status == 200)
      #expect(try await page(link).contains("It is not booked yet"))
      stand.ahead.move(.minutes(14))
      #expect(try await page(link).contains("within a minute"))
      let booked = try await stand.book(draft)
      #expect(booked.status == 201, "\(booked.text)")
      let orderID = try #require(booked.orderID)
      #expect(try await page(link).contains("the order is booked. Its number is \(orderID)."))
      let evidence = try await stand.call(
        "GET", "/api/orders/\(orderID)/evidence", as: stand.staff)
      let yes = evidence.json?["evidence"]?["confirmation"]
      let moments = ["expires_at", "consumed_at", "holds_until"].compactMap {
        yes?[$0]?.string.flatMap { Timestamp(iso8601: $0) }
      }
      #expect(moments.count == 3 && moments == moments.sorted(), "\(evidence.text)")

      let slow = try await stand.readyDraft(name: "Slow")
      let slowLink = try await stand.ask(slow)
      #expect(try await stand.tap(slowLink).status == 200)
      stand.ahead.move(.minutes(16))
      #expect(try await page(slowLink).contains("not booked in time"))
      #expect(try await stand.book(slow).code == "CONFIRMATION_EXPIRED")
      let changed = try await stand.readyDraft(name: "Changed")
      let changedLink = try await stand.ask(changed)
      #expect(try await stand.tap(changedLink).status == 200)
      try await stand.step(
        "PUT", "/api/drafts/\(changed)/details", ["notes": "more"], stand.agent)
      #expect(try await page(changedLink).contains("the order was changed since"))
    }
  }

  @Test("nobody is asked about a slot that is full, and a page that waits says when it is")
  func fullSlot() async throws {
    try await Stand.play({ $0.requiresSlot = true }) { stand in
      for (id, hour) in [("s1", 10), ("s2", 11)] {
        try await stand.step(
          "PUT", "/api/slots/\(id)",
          [
            "starts_at": .string("2040-01-01T\(hour):00:00Z"),
            "ends_at": .string("2040-01-01T\(hour):30:00Z"), "capacity": 1,
          ], stand.staff)
      }
      let asked = try await stand.readyDraftWithSlot("s1", name: "Asked")
      let shown = try await stand.readyDraftWithSlot("s1", name: "Shown")
      let page = try await stand.ask(asked)
      try await stand.step(
        "POST", "/api/orders", request(name: "Quick", more: [("slot_id", "s1")]), stand.staff)
      func expectFull(_ answer: Stand.Answer) {
        #expect(answer.code == "SLOT_UNAVAILABLE", "\(answer.text)")
        let near = answer.details?["nearest_slots"]?.elements.compactMap { $0["slot_id"]?.string }
        #expect(near == ["s2"], "\(answer.text)")
      }
      expectFull(
        try await stand.call(
          "POST", "/api/drafts/\(shown)/confirmations", ["channel": "page"], as: stand.agent))
      expectFull(
        try await stand.call(
          "PUT", "/api/drafts/\(shown)/details", ["slot_id": "s1"], as: stand.agent))
      let late = try await stand.call("GET", page, as: nil)
      #expect(late.text.contains("That time is no longer free"), "\(late.text)")
      #expect(!late.text.contains("Yes, book it"))
      #expect(try await stand.tap(page).status == 409)
      // A whole order is refused at once, and books when there is a place again.
      let whole = request(
        [["name": "Green tea", "quantity": 2]], source: "ai", key: "k", more: [("slot_id", "s1")])
      expectFull(try await stand.call("POST", "/api/orders", whole, as: stand.agent))
      #expect(try await stand.count("booking_confirmations") == 1)
    }
  }

  @Test("nobody is asked about an order like one that was just booked")
  func duplicate() async throws {
    try await Stand.play(Self.plain) { stand in
      try await stand.step(
        "POST", "/api/orders", request([["name": "Green tea", "quantity": 2]]), stand.staff)
      let again = try await post(stand)
      #expect(again.code == "DUPLICATE_ORDER", "\(again.text)")
      #expect(again.draft?["missing"]?.elements.first?["path"]?.string == "$.allow_duplicate")
      #expect(try await stand.count("booking_confirmations") == 0)
      // When the window is past it is an order like any other.
      stand.ahead.move(.minutes(6))
      #expect(try await post(stand).code == "CONFIRMATION_REQUIRED")
    }
  }

  @Test("a slot is shown on the business's own clock, and digested as the moment that it is")
  func clock() async throws {
    try await Stand.play(
      hasCourier: true,
      {
        $0.requiresSlot = true
        $0.timeZone = "America/Halifax"
      }
    ) { stand in
      let caller = Caller.test(try await stand.service.principal(secret: stand.agent))
      for (day, shown) in [
        ("2040-11-21", "21 November 2040, 11:00 (America/Halifax)"),
        ("2040-07-04", "4 July 2040, 12:00 (America/Halifax)"),
      ] {
        try await stand.step(
          "PUT", "/api/slots/\(day)",
          [
            "starts_at": .string("\(day)T15:00:00Z"), "ends_at": .string("\(day)T16:00:00Z"),
            "capacity": 1,
          ], stand.staff)
        let draft = try await stand.readyDraftWithSlot(day, name: "Customer of \(day)")
        let page = try await stand.call("GET", try await stand.ask(draft), as: nil)
        #expect(page.text.contains("<br>On \(shown)"), "\(page.text)")
        #expect(stand.deliveries.last?.text.contains(", on \(shown). ") == true)
        let work = try await stand.service.draft(try #require(UUIDv7(text: draft)), by: caller)
        let summary = SummaryText(work).description
        #expect(summary.contains("\nOn: \(shown)"), "\(summary)")
        for text in [page.text, summary, stand.deliveries.last?.text ?? ""] {
          #expect(!text.contains("15:00"))
        }
        let shownAgain = try await stand.step(
          "POST", "/api/drafts/\(draft)/summary", [:], stand.agent)
        #expect(shownAgain.json?["summary"]?["slot_starts_at"]?.string == "\(day)T15:00:00Z")
      }
    }
  }

  @Test("a business has the time zone that it was given, else Toronto's, and never a made-up one")
  func zone() async throws {
    try await Stand.play { stand in
      let told = try await stand.call("GET", "/api/capabilities", as: stand.agent)
      #expect(told.json?["capabilities"]?["time_zone"]?.string == "America/Toronto")
      var business = try #require(try await stand.ledger.business("tea-house"))
      business.timeZone = "Europe/Paris"
      try await stand.ledger.write(business)
      #expect(try await stand.ledger.business("tea-house") == business)
      business.timeZone = "Mars/Olympus"
      let unknown = business
      await #expect(throws: (any Error).self) { try await stand.ledger.write(unknown) }
      #expect(
        try await stand.one("select time_zone from businesses where business_id = 'tea-house'")
          == "Europe/Paris")
    }
  }
}
