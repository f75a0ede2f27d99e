import Kit

/// When a rule answers. An empty list asks nothing.
public struct RuleConditions: Sendable, Equatable {
  public enum Hours: String, Sendable, CaseIterable {
    case anytime
    /// Only while people are there.
    case open
    /// Only while they are not.
    case closed
  }

  /// Words of the topic, of which one must occur, whatever its case.
  public var topics: [String] = []
  /// The order's statuses (`accepted`, `shipped`, ...); `none` is a thread without an order.
  public var orderStatuses: [String] = []
  public var languages: [MessageLanguage] = []
  public var hours = Hours.anytime
  public var openingHours = "Mon-Fri 09:00-17:00"
  /// An order that is older than this and has not shipped is never answered by a rule.
  public var oldAfter = Duration.hours(72)
  /// Messages older than this are left to people: a rule that answers last week's question harms.
  public var messageAgeMax = Duration.hours(24)

  public init() {}

  public static let noOrder = "none"

  /// - Returns: what is wrong with them, in words; `nil` when they can be saved.
  public var problem: String? {
    if OpeningHours(openingHours) == nil {
      return "opening hours look like “Mon-Fri 09:00-17:00, Sat 10:00-14:00”"
    }
    if oldAfter <= .zero { return "an order must be allowed some age" }
    if topics.count > 20 || topics.contains(where: { $0.count > 100 }) {
      return "at most 20 words of topics, each of up to 100 characters"
    }
    return nil
  }
}
