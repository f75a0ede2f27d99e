import Conversations
public import Ledger

/// Why an answer was not written down. Nothing was sent.
public enum ReplyRefusal: Error, CustomStringConvertible {
  case noSuchConversation
  /// In words for whoever wrote it.
  case text(String)
  case file(String)
  /// Something newer arrived while it was written.
  case newer([ReplyPlanned.NewerMessage])
  case sameWordsOpen(messageID: Int64)
  case notAllowed(recipient: String)
  case storage(String)

  public var description: String {
    switch self {
    case .noSuchConversation: "There is no such conversation."
    case .text(let why), .file(let why), .storage(let why): why
    case .newer(let messages):
      "\(messages.count == 1 ? "A newer message" : "\(messages.count) newer messages") arrived while "
        + "you wrote. Read, then send again."
    case .sameWordsOpen:
      "The same words are on their way already, or wait for a decision above. Nothing was sent twice."
    case .notAllowed(let recipient):
      "The marketplace does not let this thread reach \(recipient)."
    }
  }
}
