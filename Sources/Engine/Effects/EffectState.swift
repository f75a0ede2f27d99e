/// Where an effect stands. Each state has one owner that moves it on (`docs/states.md`).
public enum EffectState: String, Sendable, Hashable, CaseIterable {
  /// Written down, not attempted. Owner: the dispatcher, when due.
  case planned
  /// Intent committed; the one call may be under way. Owner: the worker that holds the lease.
  case sending
  /// The call was answered well; the proof is still to be read. Owner: the dispatcher, when due.
  case verifying
  /// The answer was lost. Owner: the dispatcher, which looks, and never does it again.
  case unknown
  /// Read back and proved. Final.
  case confirmed
  /// The outside said no, and that settles it. Final.
  case refused
  /// The rules ran out. Owner: a person.
  case needsPerson = "needs_person"
  /// It became pointless before it was attempted. Final.
  case cancelled

  /// The dispatcher moves it on.
  public var isActive: Bool {
    switch self {
    case .planned, .sending, .verifying, .unknown: true
    case .confirmed, .refused, .needsPerson, .cancelled: false
    }
  }
}
