public import Kit

/// How near an answer's deadline is. The market's clock does not stop at night or on weekends.
public enum AnswerClock {
  public enum Urgency: String, Sendable, CaseIterable { case none, onTime, soon, overdue }

  /// `soon` when three quarters of the time are over.
  /// - Parameter within: how long an answer may take at all.
  public static func urgency(
    answerBy: Timestamp?, within: Duration, now: Timestamp
  ) -> Urgency {
    guard let answerBy else { return .none }
    if now >= answerBy { return .overdue }
    return now >= answerBy - within / 4 ? .soon : .onTime
  }
}
