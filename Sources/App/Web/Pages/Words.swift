import Effects
import Kit
import Orders

/// What a colour says; each also has words beside it.
enum Tone: String, Sendable { case calm, busy, good, warn, bad, done, off }

extension OrderStatus {
  /// In the order of the work, trouble beside the step where it happens.
  static let inOrderOfWork: [OrderStatus] = [
    .received, .pendingAcceptance, .parked, .acceptanceFailed, .accepted, .labelCreated, .shipped,
    .cancelled,
  ]

  var words: String {
    switch self {
    case .received: "Received"
    case .parked: "Parked"
    case .pendingAcceptance: "To accept"
    case .accepted: "Accepted"
    case .acceptanceFailed: "Acceptance failed"
    case .labelCreated: "Label ready"
    case .shipped: "Shipped"
    case .cancelled: "Cancelled"
    }
  }

  var tone: Tone {
    switch self {
    case .received: .calm
    case .parked: .warn
    case .pendingAcceptance: .calm
    case .accepted: .busy
    case .acceptanceFailed: .bad
    case .labelCreated: .good
    case .shipped: .done
    case .cancelled: .off
    }
  }
}

extension EffectState {
  /// The most urgent first.
  static let byUrgency: [EffectState] = [
    .needsPerson, .refused, .unknown, .verifying, .sending, .planned,
  ]

  var words: String {
    switch self {
    case .planned: "Planned"
    case .sending: "Being sent"
    case .verifying: "Waiting for proof"
    case .unknown: "Answer lost"
    case .confirmed: "Proved"
    case .refused: "Refused"
    case .needsPerson: "Needs a person"
    case .cancelled: "Cancelled"
    }
  }

  var explanation: String {
    switch self {
    case .planned: "Written down; it starts when it is due."
    case .sending: "The one call may be under way right now."
    case .verifying: "Answered well; the proof is still to be read back."
    case .unknown: "The answer got lost; we look what happened and never send it twice."
    case .confirmed: "Read back and proved."
    case .refused: "The other side said no, and that settles it."
    case .needsPerson: "The rules ran out; a person decides."
    case .cancelled: "It became pointless before it was attempted."
    }
  }

  var tone: Tone {
    switch self {
    case .planned: .calm
    case .sending, .verifying: .busy
    case .unknown: .warn
    case .confirmed: .good
    case .refused, .needsPerson: .bad
    case .cancelled: .off
    }
  }
}

/// Names of the machine, as people say them.
enum Words {
  static func deed(_ kind: String) -> String {
    switch Deed(rawValue: kind) {
    case .acceptOrder: "Accept order"
    case .buyLabel: "Buy label"
    case .fetchLabel: "Fetch label"
    case .postTracking: "Post tracking"
    case .markShipped: "Mark shipped"
    case .voidLabel: "Void label"
    case .refundLabel: "Refund label"
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

  /// What starts with `kind: ` as people say it: `buy_label: too heavy`.
  static func need(_ text: String) -> String {
    guard let colon = text.firstIndex(of: ":"), Deed(rawValue: String(text[..<colon])) != nil
    else { return text }
    let rest = text[text.index(after: colon)...].drop { $0 == " " }
    return deed(String(text[..<colon])) + (rest.isEmpty ? "" : ": " + rest)
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
