import Kit

/// A conversation as the clerk reads it.
struct ModelTalk: Sendable {
  /// What the customer said, oldest first.
  let said: [String]
  /// The last of it came after the clerk's last question.
  let isAnswered: Bool
  /// The clerk's own last words.
  let lastWords: String?
  /// The draft, as the last answer of a tool showed it.
  let draft: JSONValue?
  let draftID: String?
  /// What the catalogue has, from the tool's answer.
  let items: [(id: String, name: String)]
  /// The last message, where it is a tool's refusal.
  let refusal: JSONValue?
  let order: JSONValue?

  init(_ messages: [JSONValue]) {
    var said: [String] = []
    var lastWords: String?
    var isAnswered = false
    var draft: JSONValue?
    var items: [(id: String, name: String)] = []
    var refusal: JSONValue?
    var order: JSONValue?
    for message in messages {
      refusal = nil
      switch message["role"]?.string {
      case "user":
        said.append(message["content"]?.string ?? "")
        isAnswered = true
      case "assistant":
        if let text = message["content"]?.string, !text.isEmpty {
          lastWords = text
          isAnswered = false
        }
      case "tool":
        guard
          let json = try? JSONValue.parse(Array((message["content"]?.string ?? "").utf8))
        else { continue }
        draft = json["draft"] ?? json["error"]?["details"]?["draft"] ?? draft
        order = json["order"] ?? order
        if let found = json["items"]?.elements, json["draft"] == nil {
          items = found.compactMap { item in
            item["id"]?.string.flatMap { id in item["name"]?.string.map { (id, $0) } }
          }
        }
        if json["error"] != nil { refusal = json["error"] }
      default: continue
      }
    }
    self.said = said
    self.lastWords = lastWords
    self.isAnswered = isAnswered
    self.draft = draft
    self.items = items
    self.refusal = refusal
    self.order = order
    draftID = draft?["draft_id"]?.string
  }
}
