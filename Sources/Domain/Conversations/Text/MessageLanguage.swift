/// The two languages that the shop's customers write in.
public enum MessageLanguage: String, Sendable, Hashable, CaseIterable {
  case english = "en"
  case french = "fr"

  private static let frenchWords: Set<String> = [
    "le", "la", "les", "des", "une", "est", "bonjour", "merci", "vous", "nous", "je", "mon", "ma",
    "pour", "avec", "pas", "commande", "livraison", "colis", "que", "qui", "mais", "où", "quand",
    "reçu", "bonsoir", "votre", "suis", "et", "du", "ce", "cette",
  ]
  private static let englishWords: Set<String> = [
    "the", "is", "my", "your", "hello", "hi", "thanks", "thank", "you", "order", "not", "and",
    "when",
    "where", "have", "has", "it", "please", "received", "package", "for", "with", "was", "this",
  ]
  private static let wordsMax = 200

  /// What the text is written in, else what the customer's locale says, else English.
  public static func guess(_ text: String, locale: String? = nil) -> MessageLanguage {
    var french = 0
    var english = 0
    let words = text.lowercased().split { !$0.isLetter }.prefix(wordsMax)
    for word in words {
      if frenchWords.contains(String(word)) { french += 1 }
      if englishWords.contains(String(word)) { english += 1 }
    }
    if french != english { return french > english ? .french : .english }
    return locale?.lowercased().hasPrefix("fr") == true ? .french : .english
  }
}
