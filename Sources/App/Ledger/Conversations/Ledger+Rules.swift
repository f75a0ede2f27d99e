import Conversations
public import Kit
public import People
public import Postgres

extension Ledger {
  public func rules() async throws(PostgresError) -> [StoredRule] {
    try await pool.query(ReadRules(), deadline: limits.queryDeadline)
  }

  /// - Returns: the rule's number; `nil` when there is no such rule.
  /// - Throws: `PostgresError`, a conflict when another rule has that name.
  public func save(_ draft: RuleDraft, by actor: Actor) async throws -> Int64? {
    let act = Act(actor, "rule.save", on: "rule:\(draft.name)")
    guard let id = draft.id else {
      return try await acting(InsertRule(draft: draft, actor: actor.name)) { _ in act }.first
    }
    return try await acting(UpdateRule(id: id, draft: draft, actor: actor.name)) {
      $0.isEmpty ? nil : act
    }.first
  }

  public func knowsTimeZone(_ name: String) async throws(PostgresError) -> Bool {
    try await pool.query(KnowsTimeZone(name: name), deadline: limits.queryDeadline).first ?? false
  }

  /// Somebody looked at what this version would have done.
  public func noteTried(
    rule id: Int64, version: Int, by actor: Actor
  ) async throws(PostgresError) -> Bool {
    try await !pool.query(
      NoteTried(id: id, version: version, actor: actor.name), deadline: limits.queryDeadline
    ).isEmpty
  }

  /// - Returns: `false` when nobody has looked at this version, or it is not the rule's any more.
  public func arm(rule id: Int64, version: Int, by actor: Actor) async throws -> Bool {
    try await !acting(ArmRule(id: id, version: version, actor: actor.name)) {
      $0.isEmpty ? nil : Act(actor, "rule.arm", on: "rule:\(id)", "version \(version)")
    }.isEmpty
  }

  /// What still waits of the rule's answers is cancelled with it.
  public func disarm(rule id: Int64, by actor: Actor) async throws {
    _ = try await acting(DisarmRule(id: id, actor: actor.name)) {
      $0.isEmpty ? nil : Act(actor, "rule.disarm", on: "rule:\(id)")
    }
  }

  // MARK: Judging

  /// The database's clock, or the test's.
  public func now() async throws(PostgresError) -> Timestamp { try await databaseNow() }

  /// What no rule has judged yet: the latest message of each conversation where a customer wrote.
  public func newCases(
    shop: String, since: Timestamp, now: Timestamp, timeZone: String
  ) async throws(PostgresError) -> [RuleCase] {
    try await pool.query(
      FindNewCases(since: since, now: now, timeZone: timeZone, shopID: shop),
      deadline: limits.queryDeadline)
  }

  /// What customers wrote since then, each as it stood when a rule with this delay would answer.
  public func pastCases(
    since: Timestamp, delay: Duration, timeZone: String
  ) async throws(PostgresError) -> [RuleCase] {
    try await pool.query(
      ReadPastCases(since: since, delay: delay, timeZone: timeZone),
      deadline: limits.queryDeadline * 3)
  }

  /// - Returns: what people are to be told: who was raised to them and was not before.
  public func write(
    _ firings: [NewFiring], at now: Timestamp
  ) async throws(PostgresError) -> [ProcessFailure] {
    guard !firings.isEmpty else { return [] }
    return try await pool.query(
      InsertFirings(now: now, firings: firings), deadline: limits.queryDeadline)
  }

  public func dueFirings(
    shop: String, at now: Timestamp
  ) async throws(PostgresError) -> [DueFiring] {
    try await pool.query(FindDueFirings(now: now, shopID: shop), deadline: limits.queryDeadline)
  }

  public func firings(
    ofRule id: Int64, limit: Int = 50
  ) async throws(PostgresError) -> [FiringView] {
    try await pool.query(ReadFirings(ruleID: id, limit: limit), deadline: limits.queryDeadline)
  }

  /// When a rule answers in this conversation, unless a person does so first.
  public func ruleAnswersAt(_ conversationID: Int64) async throws(PostgresError) -> Timestamp? {
    try await pool.query(
      ReadWaitingFiring(conversationID: conversationID), deadline: limits.queryDeadline
    ).first
  }

  /// What a due answer comes to, decided while the conversation is held: an agent who answers at the
  /// same moment is before it or behind it, never beside it.
  public enum FiringOutcome: Sendable {
    case reply(ReplyPlan)
    case end(NewFiring.Decision, String)
  }

  /// - Returns: the message that was planned, if one was, and what people are to be told.
  public func settle(
    _ firing: DueFiring, timeZone: String, now: Timestamp,
    _ decide: @escaping @Sendable (RuleCase) -> FiringOutcome
  ) async throws(PostgresError) -> (messageID: Int64?, raised: [ProcessFailure]) {
    try await inConversation(firing.conversationID) {
      (connection, row) async throws(PostgresError) -> (
        (messageID: Int64?, raised: [ProcessFailure]), PostgresBatch
      ) in
      var look = PostgresBatch()
      let lock = look.add(LockFiring(id: firing.id))
      let read = look.add(ReadCase(messageID: firing.messageID, now: now, timeZone: timeZone))
      let found = try await connection.run(look, deadline: limits.queryDeadline)
      guard let row, try !found[lock].isEmpty, let ruleCase = try found[read].first else {
        return ((nil, []), PostgresBatch())
      }
      var outcome = decide(ruleCase)
      var replyID: Int64?
      var batch = PostgresBatch()
      if case .reply(let plan) = outcome {
        let (planned, rest) = try await self.decide(plan, row, on: connection)
        batch = rest
        switch planned {
        case .planned(let id), .repeated(let id): replyID = id
        case .sameWordsOpen: outcome = .end(.silent, "the same answer is on its way already")
        case .notAllowed(let recipient):
          outcome = .end(.raised, "the thread does not let us write to \(recipient)")
        case .noSuchConversation, .newer: outcome = .end(.cancelled, "the conversation moved on")
        }
      }
      let decided =
        switch outcome {
        case .reply:
          DecideFiring(
            id: firing.id, decision: .replied, reason: "answered", replyID: replyID, now: now)
        case .end(let decision, let reason):
          DecideFiring(id: firing.id, decision: decision, reason: reason, replyID: nil, now: now)
        }
      let raised = try await connection.query(decided, deadline: limits.queryDeadline)
      return ((replyID, raised), batch)
    }
  }
}
