/// Why an order is not simply accepted, and what the shop's policy says about it.
public struct Objection: Sendable, Equatable {
  /// `hold` or `refuse`.
  public let answer: AcceptancePolicy.Answer
  /// For the history and the order's page.
  public let reason: String

  public init(_ answer: AcceptancePolicy.Answer, _ reason: String) {
    self.answer = answer
    self.reason = reason
  }
}
