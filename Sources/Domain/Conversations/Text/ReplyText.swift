/// What an answer may look like (contract 8.4).
public enum ReplyText {
  /// Of the body as it goes over the wire.
  public static let charactersMax = 50_000
  public static let charactersMin = 3

  /// - Returns: what keeps the text from being sent, in words for whoever wrote it; `nil` when
  ///   nothing does.
  public static func problem(_ text: String) -> String? {
    let bare = MessageText.comparable(text)
    if bare.count < charactersMin {
      return
        "A message has at least \(charactersMin) characters; the marketplace takes no shorter one."
    }
    let wire = MessageText.wire(text).unicodeScalars.count
    if wire > charactersMax {
      return "A message has at most \(charactersMax) characters; this one has \(wire)."
    }
    if let left = ReplyTemplate.leftover(in: text) {
      return "“\(left)” is still to be filled in; a message with an open variable is never sent."
    }
    return nil
  }
}
