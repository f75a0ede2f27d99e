/// What a rule makes of a message. The reason is for people.
public enum RuleJudgement: Sendable, Equatable {
  /// Answer, unless a person does so first.
  case reply
  /// A robot's answer would do harm: a person has to look.
  case raise(String)
  case silent(String)
  /// Not a message for this rule.
  case doesNotMatch(String)

  public var reason: String {
    switch self {
    case .reply: "answers"
    case .raise(let why), .silent(let why), .doesNotMatch(let why): why
    }
  }
}
