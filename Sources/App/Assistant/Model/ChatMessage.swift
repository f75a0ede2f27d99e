import Kit

/// A call that a model wants to be made.
struct ModelCall: Sendable {
  var id: String
  var name: String
  /// JSON text, or what was meant to be.
  var arguments: String
}

/// One message of a conversation, as chat completions have it.
enum ChatMessage: Sendable {
  case system(String)
  case user(String)
  case assistant(String?, [ModelCall])
  case tool(id: String, String)

  var json: JSON {
    switch self {
    case .system(let text): ["role": "system", "content": .string(text)]
    case .user(let text): ["role": "user", "content": .string(text)]
    case .tool(let id, let text):
      ["role": "tool", "tool_call_id": .string(id), "content": .string(text)]
    case .assistant(let text, let calls):
      .object(
        [("role", "assistant"), ("content", .optional(text))]
          + (calls.isEmpty ? [] : [("tool_calls", .array(calls.map(\.json)))]))
    }
  }

  var bytes: Int {
    switch self {
    case .system(let text), .user(let text), .tool(_, let text): text.utf8.count
    case .assistant(let text, let calls):
      (text?.utf8.count ?? 0)
        + calls.reduce(0) { $0 + $1.arguments.utf8.count + $1.name.utf8.count }
    }
  }
}

extension ModelCall {
  var json: JSON {
    [
      "id": .string(id), "type": "function",
      "function": ["name": .string(name), "arguments": .string(arguments)],
    ]
  }
}

/// What a model answered.
struct ModelReply: Sendable {
  var text: String?
  var calls: [ModelCall]

  /// Reads an answer of chat completions. What is called is looked at, not how the answer says that it
  /// ended; a call without an id is given one, and arguments may come as an object.
  ///
  /// - Returns: `nil` for what is no such answer.
  init?(_ json: JSONValue) {
    guard let message = json["choices"]?.elements.first?["message"], message.kind == .object else {
      return nil
    }
    let content = message["content"]
    text =
      content?.string
      ?? content.map { $0.elements.compactMap { $0["text"]?.string }.joined() }
      .flatMap { $0.isEmpty ? nil : $0 }
    calls = (message["tool_calls"]?.elements ?? []).enumerated().map { i, call in
      let arguments = call["function"]?["arguments"]
      return ModelCall(
        id: call["id"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? "call-\(UUIDv7.make().text)",
        name: call["function"]?["name"]?.string ?? "",
        arguments: arguments?.string ?? arguments.map { $0.isNull ? "" : $0.rawText } ?? "")
    }
  }
}
