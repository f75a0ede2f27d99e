import AgentStage
import HTTP
import Kit
import Testing

/// Messages as they stand on the wire, right or wrong.
struct RawClient: Sendable {
  let stage: AgentStage
  var key: String?

  init(_ stage: AgentStage, key: String? = nil) {
    self.stage = stage
    self.key = key ?? stage.agent
  }

  static let modern = "2026-07-28"

  static func meta(_ capabilities: JSON = ["elicitation": [:]], version: String = modern) -> JSON {
    .object([
      ("io.modelcontextprotocol/protocolVersion", .string(version)),
      ("io.modelcontextprotocol/clientCapabilities", capabilities),
    ])
  }

  func post(_ body: String, _ headers: HTTPHeaders = [:]) async throws -> AgentStage.Answer {
    var headers = headers
    if headers["Accept"] == nil { headers["Accept"] = "application/json, text/event-stream" }
    return try await stage.send("POST", "/mcp", Array(body.utf8), as: key, headers)
  }

  /// A request of the modern revision, with the headers that it takes.
  func modern(
    _ method: String, _ params: [(String, JSON)] = [], meta: JSON = RawClient.meta(),
    change: (inout HTTPHeaders) -> Void = { _ in }
  ) async throws -> AgentStage.Answer {
    var headers: HTTPHeaders = [
      "MCP-Protocol-Version": Self.modern, "Mcp-Method": method,
    ]
    for case ("name", .string(let name)) in params { headers["Mcp-Name"] = name }
    change(&headers)
    let message = JSON.object([
      ("jsonrpc", "2.0"), ("id", 7), ("method", .string(method)),
      ("params", .object(params + [("_meta", meta)])),
    ])
    return try await post(message.text, headers)
  }

  func book(
    _ draft: String, key: String? = "k", version: Int64? = nil, state: String? = nil,
    answer: JSON? = nil, meta: JSON = RawClient.meta()
  ) async throws -> AgentStage.Answer {
    var arguments: [(String, JSON)] = [("draft_id", .string(draft))]
    if let key { arguments.append(("idempotency_key", .string(key))) }
    if let version { arguments.append(("version", .int(version))) }
    var params: [(String, JSON)] = [
      ("name", "book_draft"), ("arguments", .object(arguments)),
    ]
    if let answer { params.append(("inputResponses", ["confirmation": answer])) }
    if let state { params.append(("requestState", .string(state))) }
    return try await modern("tools/call", params, meta: meta)
  }

  /// Begins a legacy session; gives the headers that go with it.
  func begin(
    _ version: String, _ capabilities: JSON = ["elicitation": [:]]
  ) async throws -> HTTPHeaders {
    let message = JSON.object([
      ("jsonrpc", "2.0"), ("id", 1), ("method", "initialize"),
      (
        "params",
        [
          "protocolVersion": .string(version), "capabilities": capabilities,
          "clientInfo": ["name": "raw", "version": "1"],
        ]
      ),
    ])
    let answer = try await post(message.text)
    try #require(answer.status == 200, "\(answer.text)")
    let agreed = answer.json?["result"]?["protocolVersion"]?.string ?? ""
    return [
      "Mcp-Session-Id": answer.headers["Mcp-Session-Id"] ?? "", "MCP-Protocol-Version": agreed,
    ]
  }

  static let yes: JSON = ["action": "accept", "content": ["confirm": true]]
}

extension AgentStage.Answer {
  var result: JSONValue? { json?["result"] }
  var rpcCode: Int64? { json?["error"]?["code"]?.int }
  var state: String? { result?["requestState"]?.string }
  var toolText: String { result?["content"]?.elements.first?["text"]?.string ?? "" }
  var orderID: String? { result?["structuredContent"]?["order"]?["order_id"]?.string }
}
