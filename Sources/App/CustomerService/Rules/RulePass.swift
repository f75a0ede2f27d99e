import Conversations
public import Kit
public import Ledger
import People
public import Postgres

/// Looks at what customers wrote, lets the armed rules judge it, and writes down what is due.
public struct RulePass: Sendable {
  /// The index that lets a conversation have one automatic answer a day.
  private static let oneADay = "rule_firings_one_a_day"

  let ledger: Ledger
  let shopID: String
  let log: Log
  /// Tells people which customers wait for one of them.
  let notify: @Sendable ([ProcessFailure]) -> Void

  public init(
    ledger: Ledger, shopID: String, log: Log,
    notify: @escaping @Sendable ([ProcessFailure]) -> Void
  ) {
    self.ledger = ledger
    self.shopID = shopID
    self.log = log
    self.notify = notify
  }

  /// - Returns: how many answers were planned.
  public func run() async throws(PostgresError) -> Int {
    let armed = try await ledger.rules().filter(\.isArmed)
    guard let since = armed.compactMap(\.armedAt).min() else { return 0 }
    let now = try await ledger.now()
    try await judge(armed, since: since, now: now)
    return try await answer(armed, now: now)
  }

  /// New messages: each is judged once, by the first rule that it is one for.
  private func judge(
    _ armed: [StoredRule], since: Timestamp, now: Timestamp
  ) async throws(PostgresError) {
    var cases: [String: [Int64: RuleCase]] = [:]
    for zone in Set(armed.map(\.timeZone)).sorted() {
      let found = try await ledger.newCases(
        shop: shopID, since: since, now: now, timeZone: zone)
      cases[zone] = Dictionary(found.map { ($0.messageID, $0) }) { first, _ in first }
    }
    let messages = Set(cases.values.flatMap(\.keys)).sorted()
    var firings: [NewFiring] = []
    for message in messages {
      for rule in armed {
        guard let found = cases[rule.timeZone]?[message], let armedAt = rule.armedAt,
          found.situation.messageAt > armedAt
        else { continue }
        let judgement = ReplyRule.judge(rule.conditions, found.situation)
        if case .doesNotMatch = judgement { continue }
        firings.append(Self.firing(rule, found, judgement, now))
        break
      }
    }
    let raised = try await ledger.write(firings, at: now)
    if !raised.isEmpty { notify(raised) }
    if !firings.isEmpty { log.info("rules judged messages", ["count": "\(firings.count)"]) }
  }

  private static func firing(
    _ rule: StoredRule, _ found: RuleCase, _ judgement: RuleJudgement, _ now: Timestamp
  ) -> NewFiring {
    var decision = NewFiring.Decision.silent
    var due = now
    switch judgement {
    case .reply:
      decision = .waiting
      due = max(now, found.situation.messageAt + rule.delay)
    case .raise: decision = .raised
    case .silent, .doesNotMatch: decision = .silent
    }
    return NewFiring(
      ruleID: rule.id, ruleVersion: rule.version, conversationID: found.conversationID,
      messageID: found.messageID, decision: decision, reason: judgement.reason, dueAt: due)
  }

  /// One answer that cannot be written keeps none of the others waiting.
  private func answer(_ armed: [StoredRule], now: Timestamp) async throws(PostgresError) -> Int {
    var planned = 0
    for firing in try await ledger.dueFirings(shop: shopID, at: now) {
      do throws(PostgresError) {
        let settled = try await settle(firing, armed, now: now)
        if settled.messageID != nil { planned += 1 }
        if !settled.raised.isEmpty { notify(settled.raised) }
      } catch {
        // Where the database is away, the others fare no better; the next look tries again.
        if error.isConnectionTrouble || error.code == .cancelled || error.code == .poolClosed {
          throw error
        }
        log.warning(
          "an automatic answer could not be written",
          ["conversation": "\(firing.conversationID)", "why": error.debugDescription])
      }
    }
    return planned
  }

  /// What is due is judged again: a person may have answered, the order may have moved.
  private func settle(
    _ firing: DueFiring, _ armed: [StoredRule], now: Timestamp
  ) async throws(PostgresError) -> (messageID: Int64?, raised: [ProcessFailure]) {
    let rule = armed.first { $0.id == firing.ruleID && $0.version == firing.ruleVersion }
    let facts = try await ledger.replyFacts(
      firing.conversationID, timeZone: rule?.timeZone ?? ReplyFacts.timeZone)
    do throws(PostgresError) {
      return try await ledger.settle(
        firing, timeZone: rule?.timeZone ?? "UTC", now: now
      ) { found in
        guard let rule, let facts else {
          return .end(.cancelled, "the rule was changed or disarmed")
        }
        return Self.outcome(rule, facts, found, firing)
      }
    } catch {
      // An answer that a person discarded is none to the judgement; it was that day's all the same.
      guard error.constraint == Self.oneADay else { throw error }
      return try await ledger.settle(firing, timeZone: "UTC", now: now) { _ in
        .end(.silent, "one automatic answer a day")
      }
    }
  }

  private static func outcome(
    _ rule: StoredRule, _ facts: ReplyFacts, _ found: RuleCase, _ firing: DueFiring
  ) -> Ledger.FiringOutcome {
    switch ReplyRule.judge(rule.conditions, found.situation) {
    case .reply: break
    case .raise(let why): return .end(.raised, why)
    case .silent(let why), .doesNotMatch(let why): return .end(.cancelled, why)
    }
    let language = found.situation.language
    do {
      let body = try ReplyTemplate.render(
        rule.body(in: language), facts.values(in: language, agent: nil))
      if let why = ReplyText.problem(body) { return .end(.raised, why) }
      return .reply(
        ReplyPlan(
          conversationID: found.conversationID, body: body, type: .autoReply,
          recipients: [ThreadParticipant.customer],
          actor: Actor(personID: nil, name: "rule “\(rule.name)”", address: "rule"), lastSeen: nil,
          formKey: "rule-firing-\(firing.id)", template: rule.templateName))
    } catch {
      return .end(.raised, "the automatic answer could not be written: \(error)")
    }
  }
}
