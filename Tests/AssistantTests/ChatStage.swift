import AgentStage
import Assistant
import HTTPClient
import Kit
import Sandbox
import Testing

/// A conversation with a model of the sandbox's, over real HTTP.
struct ChatStage: Sendable {
  let stage: AgentStage
  let sandbox: Sandbox
  let assistant: Assistant

  static func play(
    hasCourier: Bool = false, script: [JSON] = [], repeats: Bool = false,
    _ body: (ChatStage) async throws -> Void
  ) async throws {
    try await AgentStage.play(hasCourier: hasCourier) { stage in
      let sandbox = try Sandbox.start()
      sandbox.script(model: script, repeats: repeats)
      do {
        try await body(
          ChatStage(
            stage: stage, sandbox: sandbox, assistant: try await open(stage, sandbox)))
      } catch {
        await sandbox.stop()
        throw error
      }
      await sandbox.stop()
    }
  }

  static func open(
    _ stage: AgentStage, _ sandbox: Sandbox, deadline: Duration = .seconds(30)
  ) async throws -> Assistant {
    let account = ModelAccount(
      url: sandbox.baseURL + "/llm/v1", key: sandbox.settings.modelKey, name: "clerk",
      deadline: deadline)
    let origin = try #require(Origin(url: account.url))
    return try await Assistant.open(
      model: .live(account, http: HTTPClient(.init(allowedOrigins: [origin])), log: .silent),
      service: stage.service, secret: stage.agent, log: .silent)
  }

  /// What the customer says, one after the other; the last turn.
  @discardableResult
  func say(_ words: String...) async -> ChatTurn {
    var last = ChatTurn(lines: [], standing: .nothingBooked)
    for one in words { last = await assistant.hear(one) }
    return last
  }

  /// So many orders stand, each with the one yes that was used for it.
  func expect(orders: Int, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let (standing, used) = (try await stage.orders(), try await stage.consents())
    #expect(standing == orders, sourceLocation: sourceLocation)
    #expect(used == orders, sourceLocation: sourceLocation)
  }

  /// What a model calls to have everything but the customer's yes.
  static let upToTheYes: [JSON] = [
    call("open_draft", [:]), call("offer_items", ["draft_id": "$draft"]),
    call(
      "set_items", ["draft_id": "$draft", "items": [["id": "TEA-1", "quantity": 2]]]),
    call("confirm_items", ["draft_id": "$draft", "items_sha256": "$items_sha256"]),
    call(
      "set_details",
      [
        "draft_id": "$draft", "customer_name": "Robin Example", "customer_phone": "9025550199",
      ]), call("show_summary", ["draft_id": "$draft"]),
  ]

  static let book = call("book_draft", ["draft_id": "$draft"])

  static func call(_ name: String, _ arguments: JSON) -> JSON {
    ["tool_calls": [["name": .string(name), "arguments": arguments]]]
  }

  static func says(_ text: String) -> JSON { ["content": .string(text)] }
}

extension ChatTurn {
  var question: String? {
    for case .question(let text) in lines { return text }
    return nil
  }

  var facts: [String] {
    lines.compactMap { if case .server(let text) = $0 { text } else { nil } }
  }
}
