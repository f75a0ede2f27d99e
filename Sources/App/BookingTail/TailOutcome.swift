/// What has to become of an item of the outbox.
public enum TailOutcome: Sendable, Equatable {
  /// It happened, and that was seen.
  case done
  /// It certainly did not happen, or repeating is harmless: one try more is counted, and it is due
  /// again after this long.
  case again(after: Duration, reason: String)
  /// Nothing was sent, for lack of quota: no try is counted.
  case later(after: Duration, reason: String)
  /// The answer was lost: one try more is counted, and after this long it is handed in again with
  /// `mayBeDone`.
  case lookUp(after: Duration, reason: String)
  /// The rules ran out or a person has to do something; the words say what.
  case failed(reason: String)
}
