/// How one of our messages came about (seed 003).
public enum MessageType: String, Sendable, Hashable, CaseIterable {
  case manual
  case autoReply = "auto_reply"
}
