import AgentStage
import ClusterStage
import HTTP
import Kit
import Synchronization
import Testing

/// The question within a legacy call's own event stream, message by message.
@Suite("Dialogs of the legacy revisions", .serialized)
struct LegacyDialogTests {
  private static func book(_ draft: String) -> String {
    """
    {"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"book_draft",\
    "arguments":{"draft_id":"\(draft)"}}}
    """
  }

  private static let accept =
    #"{"jsonrpc":"2.0","id":"ask-1","result":{"action":"accept","content":{"confirm":true}}}"#

  /// Posts until somebody asked for it.
  private func eventually(
    _ client: RawClient, _ body: String, _ session: HTTPHeaders, until status: Int = 202
  ) async throws {
    let ends = ContinuousClock.now + TestCluster.patience
    while try await client.post(body, session).status != status {
      try #require(ContinuousClock.now < ends, "nobody asked")
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// The messages of an event stream.
  private func messages(_ answer: AgentStage.Answer) throws -> [JSONValue] {
    #expect(answer.headers["Content-Type"]?.hasPrefix("text/event-stream") == true)
    return try answer.text.split(separator: "\n").filter { $0.hasPrefix("data: ") }.map {
      try JSONValue.parse(Array($0.dropFirst(6).utf8))
    }
  }

  @Test("the question, then the order", arguments: ["2025-06-18", "2025-11-25"])
  func asked(_ revision: String) async throws {
    try await AgentStage.play { stage in
      let client = RawClient(stage)
      let session = try await client.begin(revision)
      let draft = try await stage.readyDraft()
      async let booking = client.post(Self.book(draft), session)
      try await eventually(client, Self.accept, session)
      let all = try messages(try await booking)
      #expect(all.count == 2)
      #expect(all.first?["method"]?.string == "elicitation/create")
      #expect(all.first?["params"]?["requestedSchema"]?["properties"]?["confirm"] != nil)
      #expect((all.first?["params"]?["mode"] == nil) == (revision == "2025-06-18"))
      #expect(all.last?["id"]?.int == 9)
      #expect(all.last?["result"]?["structuredContent"]?["order"] != nil)
      #expect(try await stage.orders() == 1)
      // The accept once more, alone: nobody asked.
      #expect(try await client.post(Self.accept, session).status == 400)
    }
  }

  @Test("another session's accept is heard by nobody")
  func elsewhere() async throws {
    try await AgentStage.play { stage in
      let client = RawClient(stage)
      let session = try await client.begin("2025-11-25")
      let other = try await client.begin("2025-11-25")
      let draft = try await stage.readyDraft()
      async let booking = client.post(Self.book(draft), session)
      let refusal = #"{"jsonrpc":"2.0","id":"ask-1","error":{"code":-1,"message":"no"}}"#
      for _ in 0..<5 { #expect(try await client.post(Self.accept, other).status == 400) }
      try await eventually(client, refusal, session)
      let all = try messages(try await booking)
      #expect(all.last?["result"]?["isError"]?.bool == true)
      #expect(try await stage.orders() == 0)
    }
  }

  @Test("a call that the client gives up, and a session that ends, end the question")
  func givenUp() async throws {
    try await AgentStage.play { stage in
      let client = RawClient(stage)
      let cancelled =
        #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":9}}"#
      for ends in ["cancel", "delete"] {
        let session = try await client.begin("2025-11-25")
        let draft = try await stage.readyDraft(quantity: ends == "cancel" ? 1 : 2)
        let done = Done()
        async let booking = {
          defer { done.set() }
          return try await client.post(Self.book(draft), session)
        }()
        let limit = ContinuousClock.now + TestCluster.patience
        while !done.isSo {
          try #require(ContinuousClock.now < limit, "the question stays open")
          if ends == "cancel" {
            _ = try await client.post(cancelled, session)
          } else if try await stage.step(of: draft) == "final_confirmation" {
            _ = try await stage.send("DELETE", "/mcp", nil, as: stage.agent, session)
          }
          try await Task.sleep(for: .milliseconds(20))
        }
        let answer = try await booking
        #expect(answer.orderID == nil)
      }
      #expect(try await stage.orders() == 0)
    }
  }
}

private final class Done: Sendable {
  private let flag = Mutex(false)
  var isSo: Bool { flag.withLock { $0 } }
  func set() { flag.withLock { $0 = true } }
}
