import AgentStage
import HTTP
import Kit
import Testing

/// The attack that most servers accept: the state and the answer of one dialog, sent for something else.
@Suite("Answers of a dialog that are used again", .serialized)
struct ReplayTests {
  @Test("sent again they give the same order to the byte, and no second one")
  func again() async throws {
    try await AgentStage.play { stage in
      let client = RawClient(stage)
      let draft = try await stage.readyDraft()
      let asked = try await client.book(draft)
      #expect(asked.result?["resultType"]?.string == "input_required")
      let first = try await client.book(draft, state: asked.state, answer: RawClient.yes)
      let second = try await client.book(draft, state: asked.state, answer: RawClient.yes)
      #expect(first.orderID != nil)
      #expect(second.toolText == first.toolText)
      let other = try await client.book(draft, key: "k2", state: asked.state, answer: RawClient.yes)
      #expect(other.toolText.contains("DRAFT_CLOSED"))
      #expect(try await stage.orders() == 1)
      #expect(try await stage.consents() == 1)
    }
  }

  @Test("without a key a call stands for its draft and the version it names, and books once")
  func versions() async throws {
    try await AgentStage.play { stage in
      let client = RawClient(stage)
      let draft = try await stage.readyDraft()
      func version() async throws -> Int64 {
        try #require(try await stage.api("GET", "/api/drafts/\(draft)")["draft"]?["version"]?.int)
      }
      // A client that can show nothing is refused.
      let silent = RawClient.meta([:])
      let early = try await client.book(draft, key: nil, version: try await version(), meta: silent)
      #expect(early.toolText.contains("CONFIRMATION_REQUIRED"), "\(early.toolText)")
      _ = try await stage.api("PUT", "/api/drafts/\(draft)/details", ["notes": "third floor"])
      _ = try await stage.api("POST", "/api/drafts/\(draft)/summary", [:])
      let now = try await version()
      for wanted in [now, nil] {
        let again = try await client.book(draft, key: nil, version: wanted, meta: silent)
        #expect(again.toolText.contains("CONFIRMATION_REQUIRED"), "\(again.toolText)")
      }
      let asked = try await client.book(draft, key: nil, version: now)
      let booked = try await client.book(
        draft, key: nil, version: now, state: asked.state, answer: RawClient.yes)
      let id = try #require(booked.orderID, "\(booked.text)")
      let repeated = try await client.book(draft, key: nil, version: now)
      #expect(repeated.toolText == booked.toolText)
      let other = try await client.book(draft, key: nil)
      #expect(other.toolText.contains("DRAFT_CLOSED") && other.toolText.contains(id))
      #expect(try await stage.orders() == 1)
      #expect(try await stage.consents() == 1)
    }
  }

  @Test("twenty at once book once")
  func atOnce() async throws {
    try await AgentStage.play { stage in
      let client = RawClient(stage)
      let draft = try await stage.readyDraft()
      let state = try await client.book(draft).state
      try await withThrowingTaskGroup(of: Void.self) { group in
        for i in 0..<20 {
          group.addTask {
            _ = try await client.book(draft, key: "k\(i)", state: state, answer: RawClient.yes)
          }
        }
        try await group.waitForAll()
      }
      #expect(try await stage.orders() == 1)
      #expect(try await stage.consents() == 1)
    }
  }

  @Test("for another draft, or by another key, they are of no question")
  func elsewhere() async throws {
    try await AgentStage.play { stage in
      let client = RawClient(stage)
      let (draft, other) = (try await stage.readyDraft(), try await stage.readyDraft(quantity: 5))
      let state = try #require(try await client.book(draft).state)
      let moved = try await client.book(other, state: state, answer: RawClient.yes)
      #expect(moved.status == 400 && moved.rpcCode == -32602)
      // The secret of one draft under the name of another.
      let forged = state.replacing(draft, with: other)
      let lied = try await client.book(other, state: forged, answer: RawClient.yes)
      #expect(lied.status == 400 && lied.rpcCode == -32602)
      let thief = RawClient(stage, key: stage.otherAgent)
      #expect(try await thief.book(draft, state: state, answer: RawClient.yes).orderID == nil)
      let person = RawClient(stage, key: stage.staff)
      #expect(try await person.book(draft, state: state, answer: RawClient.yes).orderID == nil)
      #expect(try await stage.orders() == 0)
    }
  }

  @Test(
    "a state that was tampered with is of no question",
    arguments: [
      "", "x", "qsq1.f..", "qsq1.f.00000000-0000-7000-8000-000000000000.AAAA", "cut", "longer",
      "page", "huge",
    ])
  func tampered(_ how: String) async throws {
    try await AgentStage.play { stage in
      let client = RawClient(stage)
      let draft = try await stage.readyDraft()
      let good = try #require(try await client.book(draft).state)
      let state =
        switch how {
        case "cut": String(good.dropLast())
        case "longer": good + "A"
        case "page": good.replacing("qsq1.f.", with: "qsq1.p.")
        case "huge": good + String(repeating: "A", count: 100_000)
        default: how
        }
      let answer = try await client.book(draft, state: state, answer: RawClient.yes)
      #expect(answer.orderID == nil)
      #expect(try await stage.orders() == 0)
    }
  }

  @Test("after a change of the draft the accept is to something else")
  func changed() async throws {
    try await AgentStage.play { stage in
      let client = RawClient(stage)
      let draft = try await stage.readyDraft()
      let state = try await client.book(draft).state
      _ = try await stage.api("PUT", "/api/drafts/\(draft)/details", ["notes": "and ten more"])
      _ = try await stage.api("POST", "/api/drafts/\(draft)/summary", [:])
      let answer = try await client.book(draft, state: state, answer: RawClient.yes)
      #expect(answer.toolText.contains("CONFIRMATION_VOID"))
      #expect(try await stage.orders() == 0)
    }
  }

  @Test("a declined question stays declined, and an answer without a state asks anew")
  func declined() async throws {
    try await AgentStage.play { stage in
      let client = RawClient(stage)
      let draft = try await stage.readyDraft()
      let stateless = try await client.book(draft, answer: RawClient.yes)
      #expect(stateless.result?["resultType"]?.string == "input_required")
      let state = stateless.state
      let no = try await client.book(draft, state: state, answer: ["action": "decline"])
      #expect(no.toolText.contains("CONFIRMATION_DECLINED"))
      let yes = try await client.book(draft, state: state, answer: RawClient.yes)
      #expect(yes.toolText.contains("CONFIRMATION_DECLINED"))
      #expect(try await stage.orders() == 0)
    }
  }

  static let noYes: [JSON] = [
    ["action": "accept"], ["action": "accept", "content": [:]],
    ["action": "accept", "content": ["confirm": "true"]],
    ["action": "accept", "content": ["confirm": 1]],
    ["action": "accept", "content": ["confirm": [true]]],
    ["action": "accept", "content": ["confirm": false]],
    ["action": "accept", "content": ["words": "yes, confirm, book it"]],
    ["action": "accept", "content": "yes"], ["action": "ACCEPT", "content": ["confirm": true]],
    ["action": true, "content": ["confirm": true]], ["content": ["confirm": true]], [], "accept",
    ["action": "cancel", "content": ["confirm": true]],
    ["action": "decline", "content": ["confirm": true]],
  ]

  @Test("only an accept with a tick is a yes", arguments: noYes.map(\.text))
  func ticks(_ answer: String) async throws {
    try await AgentStage.play { stage in
      let client = RawClient(stage)
      let draft = try await stage.readyDraft()
      let state = try await client.book(draft).state
      let given = try await client.book(draft, state: state, answer: .raw(answer))
      #expect(given.orderID == nil)
      #expect(try await stage.orders() == 0)
    }
  }

  @Test("above what a dialog is worth nobody is asked by one, and an old accept does not count")
  func level() async throws {
    try await AgentStage.play { stage in
      let client = RawClient(stage)
      // 40 x 4.50 is over 100.00, from where on level 2 holds.
      let draft = try await stage.readyDraft(quantity: 40)
      let answer = try await client.book(draft)
      #expect(answer.result?["isError"]?.bool == true)
      #expect(answer.toolText.contains("CONFIRMATION_REQUIRED"))
      #expect(answer.state == nil)
      #expect(try await stage.orders() == 0)
    }
  }

  @Test("text in notes stays within its line of the question")
  func spoofed() async throws {
    try await AgentStage.play { stage in
      let notes = "none\n\nTotal: 0.01 CAD\nBook this order?\u{202e}"
      let draft = try await stage.readyDraft(notes: notes)
      let asked = try await RawClient(stage).book(draft)
      let message =
        asked.result?["inputRequests"]?["confirmation"]?["params"]?["message"]?.string ?? ""
      let totals = message.split(separator: "\n").filter { $0.hasPrefix("Total:") }
      #expect(totals == ["Total: 9.00 CAD"])
      #expect(!message.contains("\u{202e}"))
    }
  }

  @Test("a client that can only open links sends its user to the page")
  func links() async throws {
    try await AgentStage.play { stage in
      let client = RawClient(stage)
      let draft = try await stage.readyDraft()
      let meta = RawClient.meta(["elicitation": ["url": [:]]])
      let asked = try await client.book(draft, meta: meta)
      let params = asked.result?["inputRequests"]?["confirmation"]?["params"]
      #expect(params?["mode"]?.string == "url")
      let link = try #require(params?["url"]?.string)
      #expect(!link.contains("Robin") && params?["message"]?.string?.contains("Robin") == false)
      // Opened is not answered.
      async let waiting = client.book(
        draft, state: asked.state, answer: ["action": "accept"], meta: meta)
      _ = try await stage.send(
        "POST", String(link.dropFirst(stage.url.count)), Array("decision=yes".utf8), as: nil,
        ["Content-Type": "application/x-www-form-urlencoded"])
      let booked = try await waiting
      #expect(booked.orderID != nil)
      #expect(try await stage.orders() == 1)
    }
  }
}
