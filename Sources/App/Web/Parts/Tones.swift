import Effects
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
