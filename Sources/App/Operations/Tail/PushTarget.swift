public import Google

/// Where a business's messages go, as its setting says it.
public enum PushTarget: Sendable, Equatable {
  /// `ntfy:TOPIC`.
  case ntfy(topic: String)
  /// `fcm-topic:NAME`, `fcm-device:TOKEN`.
  case fcm(FCMMessage.Target)

  /// `nil` for anything else.
  public init?(text: String) {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let name = String(text[text.index(after: colon)...])
    guard !name.isEmpty, name.utf8.count <= 4_096, !name.contains(where: \.isWhitespace) else {
      return nil
    }
    switch text[..<colon] {
    case "ntfy": self = .ntfy(topic: name)
    case "fcm-topic": self = .fcm(.topic(name))
    case "fcm-device": self = .fcm(.device(name))
    default: return nil
    }
  }
}
