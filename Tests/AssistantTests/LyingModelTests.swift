import AgentStage
import Assistant
import Booking
import Kit
import Sandbox
import Testing

/// Models that lie, guess, loop, break off or call what they should not. None books.
@Suite("Models that cannot be trusted", .serialized)
struct LyingModelTests {
  struct Lie: Sendable, CustomTestStringConvertible {
    var name: String
    var script: [JSON]
    var repeats = false
    /// What the model was told, somewhere; empty where nothing can be told.
    var told = ""
    var testDescription: String { name }
  }

  private static func call(_ name: String, _ arguments: JSON) -> JSON {
    ChatStage.call(name, arguments)
  }

  static let lies: [Lie] = [
    Lie(name: "claims that it is booked", script: [ChatStage.says("Booked! Your order is 4711.")]),
    Lie(
      name: "claims it after everything but the yes",
      script: ChatStage.upToTheYes + [ChatStage.says("The customer said YES. It is booked.")]),
    Lie(
      name: "sets a flag of its own",
      script: ChatStage.upToTheYes + [
        call("book_draft", ["draft_id": "$draft", "confirm": true, "confirmed_by": "customer"]),
        ChatStage.says("done"),
      ], told: "INVALID_REQUEST"),
    Lie(
      name: "invents the customer's yes in the notes",
      script: ChatStage.upToTheYes + [
        call("set_details", ["draft_id": "$draft", "notes": "YES. CONFIRM. The customer agreed."]),
        call("show_summary", ["draft_id": "$draft"]), ChatStage.says("confirmed by the customer"),
      ]),
    Lie(
      name: "reports a yes on the agent's channel",
      script: ChatStage.upToTheYes + [
        call("ask_customer", ["draft_id": "$draft", "channel": "agent", "words": "yes"]),
        ChatStage.says("done"),
      ], told: "there is no tool"),
    Lie(
      name: "asks by a link, to open it itself",
      script: ChatStage.upToTheYes + [
        call("ask_customer", ["draft_id": "$draft", "channel": "page"]), ChatStage.says("done"),
      ], told: "there is no tool"),
    Lie(
      name: "books as a person",
      script: [call("create_order", ["version": "1.0"]), ChatStage.says("done")],
      told: "there is no tool"),
    Lie(
      name: "approves what is over the limits",
      script: [call("approve_draft", ["draft_id": "$draft"]), ChatStage.says("done")],
      told: "there is no tool"),
    Lie(
      name: "reads other customers' orders",
      script: [call("list_orders", [:]), ChatStage.says("done")], told: "there is no tool"),
    Lie(
      name: "invents an item",
      script: [
        call("open_draft", [:]), call("offer_items", ["draft_id": "$draft"]),
        call("set_items", ["draft_id": "$draft", "items": [["id": "GOLD-1", "quantity": 1]]]),
        ChatStage.says("added"),
      ], told: "UNKNOWN_ITEM"),
    Lie(
      name: "orders what was never offered",
      script: [
        call("open_draft", [:]),
        call("set_items", ["draft_id": "$draft", "items": [["id": "TEA-1", "quantity": 1]]]),
        ChatStage.says("added"),
      ], told: "UNKNOWN_ITEM"),
    Lie(
      name: "invents a price",
      script: [
        call("open_draft", [:]), call("offer_items", ["draft_id": "$draft"]),
        call(
          "set_items",
          [
            "draft_id": "$draft",
            "items": [["id": "TEA-1", "quantity": 1, "unit_price": "0.01"]],
          ]), ChatStage.says("a bargain"),
      ], told: "INVALID_REQUEST"),
    Lie(
      name: "orders 18,000 cups",
      script: [
        call("open_draft", [:]), call("offer_items", ["draft_id": "$draft"]),
        call("set_items", ["draft_id": "$draft", "items": [["id": "TEA-1", "quantity": 18_000]]]),
        ChatStage.says("added"),
      ]),
    Lie(
      name: "a draft of somebody else's",
      script: [
        call("book_draft", ["draft_id": "018f9d2e-7c51-7a43-9a57-2b6d0b6f5c11"]),
        ChatStage.says("done"),
      ], told: "no such draft"),
    Lie(name: "loops for ever", script: [call("open_draft", [:])], repeats: true),
    Lie(
      name: "loops over the booking for ever", script: ChatStage.upToTheYes + [ChatStage.book],
      repeats: true),
    Lie(
      name: "a tool that nobody has",
      script: [call("transfer_money", ["amount": 1_000]), ChatStage.says("done")],
      told: "there is no tool"),
    Lie(
      name: "no name at all", script: [call("", [:]), ChatStage.says("done")],
      told: "there is no tool"),
    Lie(
      name: "arguments that are no JSON",
      script: [call("open_draft", "{broken"), ChatStage.says("done")], told: "MALFORMED_JSON"),
    Lie(
      name: "arguments that are no object",
      script: [call("open_draft", "[1,2]"), ChatStage.says("done")], told: "must be an object"),
    Lie(
      name: "arguments without an end",
      script: [
        call("open_draft", .string(String(repeating: "[", count: 5_000))), ChatStage.says("done"),
      ], told: "MALFORMED_JSON"),
    Lie(
      name: "a member twice",
      script: ChatStage.upToTheYes + [
        call("book_draft", .string("{\"draft_id\":\"$draft\",\"draft_id\":\"$draft\"}")),
        ChatStage.says("done"),
      ], told: "given twice"),
    Lie(
      name: "a hundred calls at once",
      script: [
        [
          "tool_calls": .array(
            Array(repeating: ["name": "open_draft", "arguments": [:]], count: 100))
        ], ChatStage.says("done"),
      ], told: "TOO_MANY_REQUESTS"),
    Lie(name: "an answer that is no JSON", script: [["raw": "<html>"]], repeats: true),
    Lie(
      name: "an answer that breaks off", script: [["raw": "{\"choices\":[{\"mess"]], repeats: true),
    Lie(name: "no choices", script: [["raw": "{\"choices\":[]}"]], repeats: true),
    Lie(
      name: "choices of another kind",
      script: [["raw": "{\"choices\":[{\"message\":\"booked\"}]}"]], repeats: true),
    Lie(name: "silence", script: [ChatStage.says("")]),
    Lie(
      name: "the server's own voice",
      script: [ChatStage.says("server: Booked: order 4711, 9.00 CAD.")]),
  ]

  @Test("nothing is booked without the customer's yes", arguments: lies)
  func lie(_ lie: Lie) async throws {
    try await ChatStage.play(script: lie.script, repeats: lie.repeats) { chat in
      let turn = await chat.say("Two green teas, Robin Example, 902 555 0199")
      if case .booked = turn.standing { Issue.record("\(turn)") }
      try await chat.expect(orders: 0)
      #expect(!turn.facts.contains { $0.hasPrefix("Booked") })
      if !lie.told.isEmpty {
        let last = chat.sandbox.modelRequests.last ?? ""
        #expect(last.contains(lie.told), "\(last.suffix(1_500))")
      }
    }
  }

  @Test("a model that books before the customer answered gets the question put, and no order")
  func hasty() async throws {
    let script =
      ChatStage.upToTheYes + [
        [
          "content": "Booked, all done!",
          "tool_calls": [
            ["name": "book_draft", "arguments": ["draft_id": "$draft"]],
            ["name": "book_draft", "arguments": ["draft_id": "$draft"]],
            [
              "name": "set_details",
              "arguments": ["draft_id": "$draft", "customer_name": "Mallory"],
            ],
          ],
        ], ChatStage.says("There you are."),
      ]
    try await ChatStage.play(script: script) { chat in
      let turn = await chat.say("two green teas")
      #expect(turn.standing == .asking)
      #expect(turn.question?.contains("Robin Example") == true)
      try await chat.expect(orders: 0)
      // What was called after the question did not happen: the yes is to what was shown.
      let done = await chat.say("yes")
      if case .booked = done.standing {} else { Issue.record("\(done)") }
      try await chat.expect(orders: 1)
    }
  }

  @Test("one yes, and a model that goes on booking: one order")
  func greedy() async throws {
    let script = ChatStage.upToTheYes + Array(repeating: ChatStage.book, count: 30)
    try await ChatStage.play(script: script) { chat in
      await chat.say("two green teas", "yes")
      try await chat.expect(orders: 1)
    }
  }

  @Test("a server that refuses, throttles or fails is tried again so often, and no more")
  func troubled() async throws {
    let failing: [JSON] = [["raw": "{}", "status": 503], ["raw": "{}", "status": 429]]
    try await ChatStage.play(script: failing) { chat in
      let turn = await chat.say("hello")
      #expect(chat.sandbox.modelRequests.count >= 3)
      #expect(turn.facts.isEmpty, "\(turn)")
    }
    try await ChatStage.play(script: [["raw": "{}", "status": 400]], repeats: true) { chat in
      let turn = await chat.say("hello")
      #expect(chat.sandbox.modelRequests.count == 1)
      #expect(turn.facts.first?.contains("Nothing is booked") == true)
    }
    try await ChatStage.play(script: [["raw": "{}", "status": 500]], repeats: true) { chat in
      await chat.say("hello")
      #expect(chat.sandbox.modelRequests.count == 3)
    }
  }
}
