import HTTP
import Kit
import Synchronization

/// A language model in a box, in the shape of chat completions: a clerk who follows simple rules, or
/// whatever script it was given. The same messages always get the same answer.
final class ModelService: Sendable {
  static let requestsMax = 200
  static let scriptMax = 1_000

  private struct State {
    var script: [JSONValue] = []
    /// The last line of the script is said again and again.
    var repeats = false
    var requests: [String] = []
    var answers = 0
  }

  private let key: String
  private let state = Mutex(State())

  init(settings: SandboxSettings) { key = settings.modelKey }

  func reset() { state.withLock { $0 = State() } }

  /// What was asked, oldest first: each request's body.
  var requests: [String] { state.withLock { $0.requests } }

  func set(_ script: [JSONValue], repeats: Bool) {
    state.withLock { state in
      state.script = Array(script.prefix(Self.scriptMax))
      state.repeats = repeats
    }
  }

  func answer(_ request: HTTPRequest) -> Reply {
    guard request.headers["Authorization"] == "Bearer " + key else {
      return Self.refusal(401, "invalid_api_key", "Incorrect API key provided.")
    }
    guard request.path == "/llm/v1/chat/completions" else {
      return Self.refusal(404, "not_found", "There is no such address.")
    }
    guard request.method == "POST" else {
      return Self.refusal(405, "method_not_allowed", "Only POST is supported.")
    }
    guard let body = try? JSONValue.parse(request.body), body["model"]?.string != nil,
      let messages = body["messages"]?.elements, !messages.isEmpty
    else { return Self.refusal(400, "invalid_request_error", "model and messages are required.") }
    if let problem = Self.problem(in: messages) {
      return Self.refusal(400, "invalid_request_error", problem)
    }
    let (line, number) = state.withLock { state -> (JSONValue?, Int) in
      state.requests.append(String(decoding: request.body, as: UTF8.self))
      if state.requests.count > Self.requestsMax { state.requests.removeFirst() }
      state.answers += 1
      let line = state.script.first
      if state.script.count > 1 || !state.repeats, !state.script.isEmpty {
        state.script.removeFirst()
      }
      return (line, state.answers)
    }
    let talk = ModelTalk(messages)
    guard let line else { return Self.completion(ModelClerk(talk).reply, number) }
    if let raw = line["raw"]?.string {
      return Reply(
        status: Int(line["status"]?.int ?? 200), contentType: "application/json",
        body: Array(raw.utf8))
    }
    return Self.completion(ModelLine(line, talk), number)
  }

  /// What such servers refuse: a call that got no answer, or an answer to no call.
  private static func problem(in messages: [JSONValue]) -> String? {
    var open: Set<String> = []
    for message in messages {
      let role = message["role"]?.string ?? ""
      if role == "tool" {
        guard let id = message["tool_call_id"]?.string, open.remove(id) != nil else {
          return "messages with role 'tool' must be a response to a preceding message with "
            + "'tool_calls'."
        }
        continue
      }
      guard open.isEmpty else {
        return "An assistant message with 'tool_calls' must be followed by tool messages "
          + "responding to each 'tool_call_id'."
      }
      guard ["system", "user", "assistant"].contains(role) else { return "Unknown role." }
      open = Set((message["tool_calls"]?.elements ?? []).compactMap { $0["id"]?.string })
    }
    return open.isEmpty ? nil : "A tool call has no answer."
  }

  private static func refusal(_ status: Int, _ code: String, _ words: String) -> Reply {
    .json(
      ["error": ["message": .string(words), "type": .string(code), "code": .string(code)]],
      status: status)
  }

  private static func completion(_ line: ModelLine, _ number: Int) -> Reply {
    let calls = line.calls.enumerated().map { i, call in
      JSON.object([
        ("id", .string("call_\(number)_\(i)")), ("type", "function"),
        (
          "function",
          ["name": .string(call.name), "arguments": .string(call.arguments)]
        ),
      ])
    }
    var message: [(String, JSON)] = [("role", "assistant"), ("content", .optional(line.text))]
    if !calls.isEmpty { message.append(("tool_calls", .array(calls))) }
    return .json([
      "id": .string("chatcmpl-\(number)"), "object": "chat.completion", "model": "sandbox-clerk",
      "created": 0,
      "choices": [
        [
          "index": 0, "message": .object(message),
          "finish_reason": .string(calls.isEmpty ? "stop" : "tool_calls"),
        ]
      ], "usage": ["prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0],
    ])
  }
}

/// What the model says next: text, calls, or both.
struct ModelLine: Sendable {
  var text: String?
  var calls: [(name: String, arguments: String)]

  init(_ text: String) {
    self.text = text
    calls = []
  }

  init(call name: String, _ arguments: JSON) {
    text = nil
    calls = [(name, arguments.text)]
  }

  /// Of a script: `{"content":"...","tool_calls":[{"name":"...","arguments":{...}}]}`. In arguments
  /// `$draft` and `$items_sha256` stand for what the last answer of a tool said.
  init(_ json: JSONValue, _ talk: ModelTalk) {
    text = json["content"]?.string
    calls = (json["tool_calls"]?.elements ?? []).map { call in
      let given = call["arguments"]
      let text = given?.string ?? given?.rawText ?? "{}"
      return (
        call["name"]?.string ?? "",
        text.replacing("$draft", with: talk.draftID ?? "none").replacing(
          "$items_sha256", with: talk.draft?["items_sha256"]?.string ?? "none")
      )
    }
  }
}
