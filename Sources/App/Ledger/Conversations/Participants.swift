import Conversations
import Kit

/// Participants as a conversation's row keeps them.
enum Participants {
  static func json(_ participants: [ThreadParticipant]) -> JSON {
    .array(
      participants.map {
        .object([
          ("type", .string(MessageText.line($0.type))), ("id", .optional($0.id)),
          ("name", .optional($0.name.map { MessageText.line($0) })),
        ])
      })
  }

  static func read(_ text: String) -> [ThreadParticipant] {
    ((try? JSONValue.parse(Array(text.utf8)))?.elements ?? []).compactMap { value in
      guard let type = value["type"]?.string else { return nil }
      return ThreadParticipant(
        type: type, id: value["id"]?.string, name: value["name"]?.string)
    }
  }
}
