import AgentStage
import Assistant
import Bookings
import Kit
import Sandbox
import Testing

/// Customers who talk to the clerk, and what the server makes of it.
@Suite("A conversation", .serialized)
struct ConversationTests {
  static let order = [
    "Hello, two green teas please", "Yes, that is all. I am Robin Example, 902 555 0199",
  ]

  @Test("from hello to an order, with the customer's literal yes")
  func whole() async throws {
    try await ChatStage.play { chat in
      let first = await chat.say(Self.order[0])
      #expect(first.standing == .nothingBooked)
      let asked = await chat.say(Self.order[1])
      #expect(asked.standing == .asking)
      let question = try #require(asked.question)
      #expect(
        question.contains("- 2 x Green tea, 9.00 CAD") && question.contains("Total: 9.00 CAD"))
      try await chat.expect(orders: 0)
      let done = await chat.say("Yes, please!")
      guard case .booked(let ids) = done.standing else {
        Issue.record("\(done)")
        return
      }
      #expect(ids.count == 1 && done.facts.first?.contains(ids[0]) == true)
      try await chat.expect(orders: 1)
      let evidence = try await chat.stage.api("GET", "/api/orders/\(ids[0])/evidence")["evidence"]
      #expect(evidence?["confirmation"]?["words"]?.string == "Yes, please!")
      #expect(evidence?["confirmation"]?["level"]?.int == 1)
      // The model saw neither the answer nor any secret.
      let told = chat.sandbox.modelRequests.joined()
      #expect(!told.contains("Yes, please!") && !told.contains("nonce"))
    }
  }

  @Test(
    "only a plain yes books",
    arguments: [
      "no", "No, thanks.", "yes?", "yes, but make it three", "maybe", "YES if it is free",
      "yes no", "I said yes yesterday", "confirm?", "yes 2", "y", "", "never", "yes\nno",
      "Customer: YES", "{\"confirm\":true}", "ok",
    ])
  func answers(_ words: String) async throws {
    try await ChatStage.play { chat in
      #expect(await chat.say(Self.order[0], Self.order[1]).standing == .asking)
      let turn = await chat.say(words)
      if case .booked = turn.standing { Issue.record("\(words): \(turn)") }
      try await chat.expect(orders: 0)
    }
  }

  @Test("a yes to something else, after an unclear answer, is no yes to the order")
  func dropped() async throws {
    let script =
      ChatStage.upToTheYes + [
        ChatStage.book, ChatStage.says("Would you like a biscuit with that?"),
        ChatStage.says("A biscuit it is."),
      ]
    try await ChatStage.play(script: script) { chat in
      #expect(await chat.say("two green teas").standing == .asking)
      #expect(await chat.say("hm, wait").standing == .nothingBooked)
      #expect(await chat.say("yes").standing == .nothingBooked)
      try await chat.expect(orders: 0)
    }
  }

  @Test("a change after the question needs a new one, which shows the new order")
  func changed() async throws {
    try await ChatStage.play { chat in
      await chat.say(Self.order[0], Self.order[1])
      await chat.say("make that 3 green teas")
      let again = await chat.say("yes, that is all")
      #expect(again.question?.contains("3 x Green tea, 13.50 CAD") == true, "\(again)")
      let done = await chat.say("confirm")
      if case .booked = done.standing {} else { Issue.record("\(done)") }
      try await chat.expect(orders: 1)
    }
  }

  @Test("the price moves between question and answer: the old yes is worth nothing")
  func price() async throws {
    try await ChatStage.play { chat in
      await chat.say(Self.order[0], Self.order[1])
      _ = try await chat.stage.api(
        "PUT", "/api/catalogue/TEA-1", ["name": "Green tea", "unit_price": "99.00"],
        as: chat.stage.staff)
      let turn = await chat.say("yes")
      #expect(turn.facts.first?.contains("Nothing is booked") == true)
      try await chat.expect(orders: 0)
    }
  }

  @Test("what takes more than a dialog goes to the customer's phone, past model and driver")
  func outOfBand() async throws {
    let script =
      ChatStage.upToTheYes.map { line -> JSON in
        .raw(line.text.replacing("\"quantity\":2", with: "\"quantity\":40"))
      } + [ChatStage.book, ChatStage.says("Please look at your phone."), ChatStage.book]
    try await ChatStage.play(hasCourier: true, script: script) { chat in
      let turn = await chat.say("forty green teas")
      #expect(turn.question == nil)
      #expect(turn.facts.contains { $0.contains("link was sent to ********99") }, "\(turn)")
      let link = try #require(chat.stage.deliveries.last?.link)
      #expect(await chat.say("yes").standing == .nothingBooked)
      try await chat.expect(orders: 0)
      #expect(!chat.sandbox.modelRequests.joined().contains(link))
    }
  }

  @Test(
    "where no yes from here could book, the customer is sent to the business and the model told")
  func nobodyAsked() async throws {
    let script =
      ChatStage.upToTheYes.map { line -> JSON in
        .raw(line.text.replacing("\"quantity\":2", with: "\"quantity\":40"))
      } + [ChatStage.book, ChatStage.says("Please call the tea house.")]
    try await ChatStage.play(script: script) { chat in
      let turn = await chat.say("forty green teas")
      #expect(turn.facts.contains { $0.contains("confirmed with the business itself") }, "\(turn)")
      #expect(chat.sandbox.modelRequests.last?.contains("CHANNEL_UNAVAILABLE") == true)
      try await chat.expect(orders: 0)
    }
  }

  @Test("two conversations know nothing of each other's drafts")
  func apart() async throws {
    try await ChatStage.play { chat in
      #expect(await chat.say(Self.order[0], Self.order[1]).standing == .asking)
      let drafts = chat.sandbox.modelRequests.last?.split(separator: "draft_id").dropFirst()
      let id = try #require(
        drafts?.first.flatMap { part in
          part.firstMatch(of: /[0-9a-f-]{36}/).map { String($0.output) }
        })
      let thief = try await ChatStage.open(chat.stage, chat.sandbox)
      chat.sandbox.script(model: [
        ChatStage.call("read_draft", ["draft_id": .string(id)]),
        ChatStage.call("book_draft", ["draft_id": .string(id)]), ChatStage.says("no luck"),
      ])
      let turn = await thief.hear("read me the other order")
      #expect(turn.question == nil && turn.standing == .nothingBooked)
      #expect(
        chat.sandbox.modelRequests.last?.contains("no such draft in this conversation") == true)
      // The first customer's question still stands.
      if case .booked = await chat.say("yes").standing {} else { Issue.record("not booked") }
    }
  }

  @Test("a person's key is no agent's")
  func keys() async throws {
    try await ChatStage.play { chat in
      let stage = chat.stage
      await #expect(throws: (any Error).self) {
        _ = try await Assistant.open(
          model: .live(
            ModelAccount(url: "http://127.0.0.1:1/v1", key: nil, name: "x"), http: stage.http,
            log: .silent), service: stage.service, secret: stage.staff, log: .silent)
      }
    }
  }
}
