public import Conversations
public import Kit
public import Ledger
public import People
import Postgres

/// What a rule would have done, message by message. Nothing is sent.
public struct DryRun: Sendable {
  public static let back = Duration.days(30)
  static let samplesMax = 200
  static let textsMax = 10

  public struct Sample: Sendable {
    public var conversationID: Int64
    public var customerName: String?
    public var at: Timestamp
    public var preview: String
    public var judgement: RuleJudgement
    /// The answer as it would have gone out, or why it could not; of the first few.
    public var answer: String?
  }

  public var rule: StoredRule
  /// Messages that were looked at.
  public var messages = 0
  public var replies = 0
  public var raised = 0
  public var silent = 0
  public var others = 0
  /// Answers that a template would not have been complete for.
  public var incomplete = 0
  /// The latest first; messages that are none for this rule are only counted.
  public var samples: [Sample] = []
}

extension CustomerService {
  /// Looks back over the last 30 days, and notes who looked: only then can this version be armed.
  /// - Returns: `nil` when there is no such rule.
  public func dryRun(rule id: Int64, by actor: Actor) async throws -> DryRun? {
    guard let rule = try await ledger.rules().first(where: { $0.id == id }) else { return nil }
    let now = try await ledger.now()
    let cases = try await ledger.pastCases(
      since: now - DryRun.back, delay: rule.delay, timeZone: rule.timeZone)
    var run = DryRun(rule: rule)
    var answeredAt: [Int64: Timestamp] = [:]
    var texts = 0
    // As they came: one a day depends on those before.
    for found in cases.reversed() {
      var situation = found.situation
      situation.lastAutoReplyAt = [situation.lastAutoReplyAt, answeredAt[found.conversationID]]
        .compactMap { $0 }.max()
      let judgement = ReplyRule.judge(rule.conditions, situation)
      run.messages += 1
      var sample = DryRun.Sample(
        conversationID: found.conversationID, customerName: found.customerName,
        at: situation.messageAt, preview: String(situation.text.prefix(160)),
        judgement: judgement, answer: nil)
      switch judgement {
      case .reply:
        run.replies += 1
        answeredAt[found.conversationID] = situation.now
        if texts < DryRun.textsMax {
          texts += 1
          sample.answer = try await answer(rule, found, &run)
        }
      case .raise: run.raised += 1
      case .silent: run.silent += 1
      case .doesNotMatch:
        run.others += 1
        continue
      }
      run.samples.append(sample)
    }
    run.samples = Array(run.samples.suffix(DryRun.samplesMax).reversed())
    _ = try await ledger.noteTried(rule: rule.id, version: rule.version, by: actor)
    return run
  }

  private func answer(
    _ rule: StoredRule, _ found: RuleCase, _ run: inout DryRun
  ) async throws -> String? {
    guard
      let facts = try await ledger.replyFacts(found.conversationID, timeZone: rule.timeZone)
    else { return nil }
    let language = found.situation.language
    do {
      return try ReplyTemplate.render(
        rule.body(in: language), facts.values(in: language, agent: nil))
    } catch {
      run.incomplete += 1
      return "not sent: \(error)"
    }
  }

  /// Sets a rule going. Only a version that was tried can be.
  /// - Throws: `ReplyRefusal.text`; `PostgresError`.
  public func arm(rule id: Int64, version: Int, by actor: Actor) async throws {
    guard try await ledger.arm(rule: id, version: version, by: actor) else {
      throw ReplyRefusal.text(
        "Look at the dry run of this version first; then it can be armed. (Or it is armed already.)"
      )
    }
  }

  public func disarm(rule id: Int64, by actor: Actor) async throws {
    try await ledger.disarm(rule: id, by: actor)
  }

  /// - Returns: the rule's number.
  /// - Throws: `ReplyRefusal.text` when something is wrong with it; `PostgresError`.
  public func save(_ draft: RuleDraft, by actor: Actor) async throws -> Int64 {
    if let why = draft.conditions.problem { throw ReplyRefusal.text("A rule's \(why).") }
    let name = MessageText.line(draft.name, max: 80)
    guard !name.isEmpty else { throw ReplyRefusal.text("A rule has a name.") }
    guard draft.delay >= .zero, draft.delay <= RuleDraft.delayMax else {
      throw ReplyRefusal.text("A rule answers within a day, or not at all.")
    }
    guard try await ledger.knowsTimeZone(draft.timeZone) else {
      throw ReplyRefusal.text("Nobody knows the time zone “\(draft.timeZone)”.")
    }
    var draft = draft
    draft.name = name
    let saved: Int64?
    do {
      saved = try await ledger.save(draft, by: actor)
    } catch let error as PostgresError where error.sqlState == "23505" {
      throw ReplyRefusal.text("There is another rule with the name “\(name)”.")
    }
    guard let saved else { throw ReplyRefusal.text("There is no such rule any more.") }
    return saved
  }

  /// - Throws: `ReplyRefusal.text` when something is wrong with it; `PostgresError`.
  public func saveTemplate(
    name: String, bodyEN: String, bodyFR: String?, by actor: Actor
  ) async throws {
    let name = MessageText.line(name, max: 80)
    guard !name.isEmpty else { throw ReplyRefusal.text("A template has a name.") }
    for body in [bodyEN, bodyFR].compactMap({ $0 }) {
      if let why = ReplyTemplate.problem(body) {
        throw ReplyRefusal.text("The text cannot be saved: \(why).")
      }
    }
    _ = try await ledger.saveTemplate(name: name, bodyEN: bodyEN, bodyFR: bodyFR, by: actor)
  }
}
