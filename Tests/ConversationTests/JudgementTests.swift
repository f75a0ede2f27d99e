import Conversations
import Kit
import Testing

@Suite("The judgement of a rule")
struct JudgementTests {
  private static let now = Timestamp(microseconds: 1_790_000_000_000_000)

  private func situation(_ change: (inout RuleSituation) -> Void = { _ in }) -> RuleSituation {
    var situation = RuleSituation(
      now: Self.now, local: LocalMoment(weekday: 3, minute: 600), threadStatus: .unread,
      topic: "Delivery of my order",
      order: .init(status: "accepted", placedAt: Self.now - .hours(5), shipBy: nil),
      sender: .customer, senderName: "Robin Example", text: "Where is it?", language: .english,
      messageAt: Self.now - .minutes(5), isAnswered: false, lastAutoReplyAt: nil)
    change(&situation)
    return situation
  }

  private func judge(_ change: (inout RuleSituation) -> Void) -> RuleJudgement {
    judge({ _ in }, change)
  }

  private func judge(
    _ conditions: (inout RuleConditions) -> Void, _ change: (inout RuleSituation) -> Void
  ) -> RuleJudgement {
    var rule = RuleConditions()
    conditions(&rule)
    return ReplyRule.judge(rule, situation(change))
  }

  private func isSilent(_ judgement: RuleJudgement) -> Bool {
    if case .silent = judgement { return true }
    return false
  }

  private func isRaised(_ judgement: RuleJudgement) -> Bool {
    if case .raise = judgement { return true }
    return false
  }

  private func isOther(_ judgement: RuleJudgement) -> Bool {
    if case .doesNotMatch = judgement { return true }
    return false
  }

  @Test("a new unread message of a customer is answered")
  func answers() {
    #expect(judge({ _ in }, { _ in }) == .reply)
  }

  @Test("guards that no condition can switch off")
  func guards() {
    #expect(isSilent(judge { $0.sender = .operator }))
    #expect(isSilent(judge { $0.sender = .technician }))
    #expect(isSilent(judge { $0.isAnswered = true }))
    #expect(isSilent(judge { $0.threadStatus = .read }))
    #expect(isSilent(judge { $0.threadStatus = .archived }))
    #expect(isSilent(judge { $0.lastAutoReplyAt = Self.now - .hours(23) }))
    #expect(judge { $0.lastAutoReplyAt = Self.now - .hours(25) } == .reply)
    #expect(isSilent(judge { $0.text = "Réponse automatique : absent du bureau" }))
    #expect(isSilent(judge { $0.senderName = "noreply" }))
    #expect(isSilent(judge { $0.messageAt = Self.now - .hours(30) }))
  }

  @Test(
    "a late order is a person's, whatever the rule says; a shipped or cancelled one is not late")
  func late() {
    let old: (inout RuleSituation) -> Void = { $0.order?.placedAt = Self.now - .hours(80) }
    #expect(isRaised(judge(old)))
    #expect(isRaised(judge { $0.order?.shipBy = Self.now - .hours(1) }))
    for status in ["shipped", "cancelled"] {
      #expect(
        judge {
          old(&$0)
          $0.order?.status = status
        } == .reply)
    }
    #expect(judge { $0.order = nil } == .reply)
  }

  @Test("conditions: topic, order, language, hours")
  func conditions() {
    #expect(isOther(judge({ $0.topics = ["refund"] }) { _ in }))
    #expect(judge({ $0.topics = ["refund", "DELIVERY"] }) { _ in } == .reply)
    #expect(isOther(judge({ $0.orderStatuses = ["shipped"] }) { _ in }))
    #expect(judge({ $0.orderStatuses = ["none"] }) { $0.order = nil } == .reply)
    #expect(isOther(judge({ $0.languages = [.french] }) { _ in }))
    #expect(judge({ $0.hours = .open }) { _ in } == .reply)
    #expect(isOther(judge({ $0.hours = .closed }) { _ in }))
    #expect(
      judge({ $0.hours = .closed }) { $0.local = LocalMoment(weekday: 7, minute: 600) } == .reply)
    #expect(
      judge({ $0.hours = .closed }) { $0.local = LocalMoment(weekday: 3, minute: 1_020) } == .reply)
  }

  @Test("opening hours as people write them")
  func hours() throws {
    let hours = try #require(OpeningHours("Mon-Fri 09:00-17:00, Sat 10:00-14:00"))
    #expect(hours.isOpen(at: LocalMoment(weekday: 1, minute: 540)))
    #expect(!hours.isOpen(at: LocalMoment(weekday: 1, minute: 539)))
    #expect(!hours.isOpen(at: LocalMoment(weekday: 5, minute: 1_020)))
    #expect(hours.isOpen(at: LocalMoment(weekday: 6, minute: 839)))
    #expect(!hours.isOpen(at: LocalMoment(weekday: 7, minute: 720)))
    for wrong in [
      "Mon 9-17", "Fri-Mon 09:00-17:00", "Mon 17:00-09:00", "Xyz 09:00-17:00", "Mon 25:00-26:00",
    ] {
      #expect(OpeningHours(wrong) == nil, "\(wrong)")
    }
  }

  @Test("an answer becomes urgent in the last quarter of its time, and late at its end")
  func clock() {
    func urgency(_ minutesLeft: Int) -> AnswerClock.Urgency {
      AnswerClock.urgency(
        answerBy: Self.now + .minutes(minutesLeft), within: .hours(24), now: Self.now)
    }
    #expect(AnswerClock.urgency(answerBy: nil, within: .hours(24), now: Self.now) == .none)
    #expect(urgency(1_440) == .onTime && urgency(361) == .onTime)
    #expect(urgency(360) == .soon && urgency(1) == .soon)
    #expect(urgency(0) == .overdue && urgency(-5) == .overdue)
  }
}
