/// Whether a message was written by a machine: two machines that answer each other never stop.
public enum Robot {
  private static let names = [
    "no-reply", "noreply", "no_reply", "do-not-reply", "donotreply", "mailer-daemon", "postmaster",
    "ne-pas-repondre", "nepasrepondre",
  ]
  private static let phrases = [
    "out of office", "out of the office", "automatic reply", "automated response", "auto-reply",
    "autoreply", "automatic response", "i am currently away", "undeliverable",
    "delivery has failed",
    "delivery status notification", "this is an automated message", "do not reply to this",
    "réponse automatique", "absent du bureau", "absence du bureau", "message automatique",
    "ne pas répondre à ce", "courriel automatique",
  ]
  private static let headCharactersMax = 400

  public static func wrote(senderName: String?, text: String) -> Bool {
    let name = (senderName ?? "").lowercased()
    if names.contains(where: name.contains) { return true }
    let head = text.prefix(headCharactersMax).lowercased()
    return phrases.contains(where: head.contains)
  }
}
