import Kit

/// The judgement of a rule: pure, the same for what happens and for what would have happened.
public enum ReplyRule {
  /// One automatic answer a thread in this time, whichever rule gives it.
  public static let quietFor = Duration.hours(24)

  /// The conditions first; then what no rule can switch off.
  public static func judge(
    _ conditions: RuleConditions, _ situation: RuleSituation
  ) -> RuleJudgement {
    switch situation.sender {
    case .customer: break
    case .operator: return .silent("the marketplace itself is never answered by a rule")
    case .technician: return .silent("one of ours wrote it")
    }
    if let why = mismatch(conditions, situation) { return .doesNotMatch(why) }
    if situation.isAnswered { return .silent("a person has answered") }
    if situation.threadStatus != .unread { return .silent("a person has read it") }
    if Robot.wrote(senderName: situation.senderName, text: situation.text) {
      return .silent("it reads like a machine's own answer")
    }
    if let last = situation.lastAutoReplyAt, situation.now.duration(since: last) < quietFor {
      return .silent("one automatic answer a thread a day, and it has had it")
    }
    if let why = delay(of: situation.order, conditions, situation.now) { return .raise(why) }
    if situation.now.duration(since: situation.messageAt) > conditions.messageAgeMax {
      return .silent("the message is too old for an automatic answer")
    }
    return .reply
  }

  private static func mismatch(
    _ conditions: RuleConditions, _ situation: RuleSituation
  ) -> String? {
    let topic = situation.topic.lowercased()
    if !conditions.topics.isEmpty,
      !conditions.topics.contains(where: { topic.contains($0.lowercased()) })
    {
      return "the topic is another"
    }
    let status = situation.order?.status ?? RuleConditions.noOrder
    if !conditions.orderStatuses.isEmpty, !conditions.orderStatuses.contains(status) {
      return situation.order == nil ? "it is about no order" : "the order is \(status)"
    }
    if !conditions.languages.isEmpty, !conditions.languages.contains(situation.language) {
      return "it is written in another language"
    }
    let isOpen = OpeningHours(conditions.openingHours)?.isOpen(at: situation.local) ?? false
    switch conditions.hours {
    case .anytime: return nil
    case .open: return isOpen ? nil : "nobody is there at that time"
    case .closed: return isOpen ? "people are there at that time" : nil
    }
  }

  /// Why the order is late, in words; then a person answers, never a rule.
  private static func delay(
    of order: RuleSituation.Order?, _ conditions: RuleConditions, _ now: Timestamp
  ) -> String? {
    guard let order, !order.isShipped, !order.isOff else { return nil }
    if let shipBy = order.shipBy, now > shipBy {
      return "the order has not shipped, and it should have by now"
    }
    if let placed = order.placedAt, now.duration(since: placed) > conditions.oldAfter {
      return "the order is old and has not shipped"
    }
    return nil
  }
}
