import Ledger
import Orders

/// Names of the machine, as people say them.
enum Words {
  static func deed(_ kind: String) -> String {
    switch Deed(rawValue: kind) {
    case .acceptOrder: "Accept order"
    case .refuseOrder: "Refuse order"
    case .cancelOrder: "Cancel order"
    case .buyLabel: "Buy label"
    case .fetchLabel: "Fetch label"
    case .postTracking: "Post tracking"
    case .markShipped: "Mark shipped"
    case .voidLabel: "Void label"
    case .refundLabel: "Refund label"
    case .updateOffer: "Update offers"
    case .sendMessage: "Send message"
    case nil: plain(kind)
    }
  }

  static func parcel(_ status: ShipmentStatus) -> String {
    switch status {
    case .labelCreationInitiated: "Label being bought"
    case .labelBought: "Label bought"
    case .labelCreated: "Label ready"
    case .trackingUpdated: "Tracking posted"
    case .voidPending: "Being voided"
    case .voided: "Voided"
    case .refundRequested: "Refund asked for"
    }
  }

  /// `WAITING_DEBIT` as `Waiting debit`.
  static func plain(_ name: String) -> String {
    let words = name.lowercased().map { $0 == "_" ? " " : $0 }
    return words.prefix(1).map { $0.uppercased() }.joined() + String(words.dropFirst())
  }

  /// `order.hold` as `Order: hold`.
  static func act(_ action: String) -> String {
    guard let dot = action.firstIndex(of: ".") else { return plain(action) }
    let verb = action[action.index(after: dot)...].map { $0 == "_" ? " " : $0 }
    return plain(String(action[..<dot])) + ": " + String(verb)
  }

  /// What starts with `kind: ` as people say it: `buy_label: too heavy`.
  static func need(_ text: String) -> String {
    guard let colon = text.firstIndex(of: ":") else { return text }
    let kind = String(text[..<colon])
    guard Deed(rawValue: kind) != nil || BookingEffect(rawValue: kind) != nil else { return text }
    let rest = text[text.index(after: colon)...].drop { $0 == " " }
    return deed(kind) + (rest.isEmpty ? "" : ": " + rest)
  }

  static func count(_ number: Int) -> String {
    var digits = String(number.magnitude)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return (number < 0 ? "-" : "") + ([digits] + groups).joined(separator: "\u{202f}")
  }

  static func count(_ number: Int, _ one: String, _ many: String) -> String {
    "\(count(number)) \(number == 1 ? one : many)"
  }
}
