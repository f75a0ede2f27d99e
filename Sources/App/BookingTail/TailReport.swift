public import Kit

/// What became of a batch: a verdict for every item, and every call that was made for them.
public struct TailReport: Sendable {
  public var verdicts: [TailVerdict]
  /// For `api_calls`; calls for tokens go to the accounts' own `record` instead.
  public var calls: [CallRecord]

  public init(verdicts: [TailVerdict] = [], calls: [CallRecord] = []) {
    self.verdicts = verdicts
    self.calls = calls
  }

  /// How the items fared, by id.
  public var outcomes: [String: TailOutcome] {
    Dictionary(verdicts.map { ($0.itemID, $0.outcome) }) { first, _ in first }
  }
}
