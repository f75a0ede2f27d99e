import Kit

/// What one attempt at an effect came to. It is the only way forward: whoever performs, verifies or
/// looks returns one of these, and `EffectMachine` makes the next state of it.
public enum Step: Sendable, Equatable {
  /// Proved: it happened, once.
  case done(String)
  /// Answered well; read it back after this long.
  case verify(after: Duration)
  /// It certainly did not happen (or repeating is provably harmless): try again after this long.
  case again(after: Duration, why: String)
  /// The answer was lost: look after this long.
  case lost(after: Duration, why: String)
  /// We looked and still do not know: look again after this long.
  case lookAgain(after: Duration, why: String)
  /// The outside said no.
  case refused(String)
  /// The rules ran out.
  case ask(String)
  /// It became pointless; nothing was sent.
  case pointless(String)
  /// Nothing was tried (a paused lane, a lease too short to begin): hand it back unchanged.
  case released(after: Duration, why: String)

  /// Nothing was tried, since a person holds the order: planned again until that person releases it.
  /// Whether it is held still is for the decision to say, which has the order's lock.
  case held(String)

  /// The words that the effect's row keeps.
  public var words: String {
    switch self {
    case .done(let why), .refused(let why), .ask(let why), .pointless(let why),
      .held(let why):
      why
    case .verify: "answered; to be read back"
    case .again(_, let why), .lost(_, let why), .lookAgain(_, let why), .released(_, let why): why
    }
  }
}
