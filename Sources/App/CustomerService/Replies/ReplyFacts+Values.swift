import Conversations
import Ledger

extension ReplyFacts {
  /// What a template's variables stand for here; what nobody knows is missing.
  func values(in language: MessageLanguage, agent: String?) -> [ReplyVariable: String] {
    var values: [ReplyVariable: String] = [:]
    func put(_ variable: ReplyVariable, _ text: String?) {
      guard let text else { return }
      let line = MessageText.line(text)
      // Somebody else's name must not bring a variable of its own into an answer.
      if !line.isEmpty, !line.contains("{{"), !line.contains("}}") { values[variable] = line }
    }
    put(.customerName, customerName)
    let first = firstName ?? customerName?.split(separator: " ").first.map(String.init)
    put(.customerFirstName, first)
    put(.orderID, orderID)
    put(.orderStatus, orderStatus.flatMap { Self.words(for: $0, language) })
    put(.orderItems, items)
    put(.orderShipBy, shipBy)
    put(.trackingNumber, trackingPIN)
    put(.trackingURL, trackingPIN.map { Self.trackingURL($0, language) })
    put(.shopName, shopName)
    put(.agentName, agent)
    return values
  }

  private static func trackingURL(_ pin: String, _ language: MessageLanguage) -> String {
    let folder = language == .french ? "suivi-reperage/fr" : "track-reperage/en"
    return "https://www.canadapost-postescanada.ca/\(folder)#/search?searchFor=\(pin)"
  }

  /// Our status in a customer's words.
  private static func words(for status: String, _ language: MessageLanguage) -> String? {
    let isFrench = language == .french
    return switch status {
    case "pending_acceptance", "parked", "acceptance_failed":
      isFrench ? "en cours de vérification" : "being checked"
    case "accepted": isFrench ? "en préparation" : "being prepared"
    case "label_created": isFrench ? "emballée" : "packed"
    case "shipped": isFrench ? "expédiée" : "shipped"
    case "cancelled": isFrench ? "annulée" : "cancelled"
    default: nil
    }
  }
}
