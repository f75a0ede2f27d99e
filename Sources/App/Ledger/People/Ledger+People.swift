import Kit
public import People
public import Postgres

/// Who holds a session's token.
public struct FoundSession: Sendable {
  public var personID: Int64
  public var name: String
  public var fullName: String
  public var role: Role
  /// What the next page tells once.
  public var notice: String?
}

extension Ledger {
  // MARK: Accounts

  /// Whether the first page may still make the owner.
  public func isDoorOpen() async throws(PostgresError) -> Bool {
    try await pool.query(IsDoorOpen(), deadline: limits.queryDeadline).first ?? false
  }

  /// - Returns: `nil` when somebody was first.
  public func addFirstOwner(
    _ person: NewPerson, from address: String
  ) async throws(PostgresError) -> Int64? {
    let actor = Actor(personID: nil, name: person.name, address: address)
    let act = Act(actor, "person.first_owner", on: "person:" + person.name)
    return try await pool.query(
      AddFirstOwner(person: person, act: act), deadline: limits.queryDeadline
    ).first
  }

  /// - Returns: `nil` when the name is taken.
  public func add(_ person: NewPerson, by actor: Actor) async throws(PostgresError) -> Int64? {
    let act = Act(actor, "person.add", on: "person:" + person.name, person.role.rawValue)
    return try await pool.query(AddPerson(person: person, act: act), deadline: limits.queryDeadline)
      .first
  }

  /// - Parameter action: how the audit trail calls it, such as `person.role`.
  /// - Returns: `false` when there is nobody of that name, or nobody else could come in as owner.
  public func change(
    _ change: PersonChange, by actor: Actor, as action: String, _ detail: String = ""
  ) async throws(PostgresError) -> Bool {
    let act = Act(actor, action, on: "person:" + change.name, detail)
    return try await !pool.query(
      ChangePerson(change: change, act: act), deadline: limits.queryDeadline
    ).isEmpty
  }

  public func people() async throws(PostgresError) -> [PersonSummary] {
    try await pool.query(ReadPeople(), deadline: limits.queryDeadline)
  }

  /// Of an account that may come in.
  public func password(
    of name: String
  ) async throws(PostgresError) -> (personID: Int64, hash: String)? {
    try await pool.query(FindPassword(name: name), deadline: limits.queryDeadline).first
  }

  // MARK: Signing in

  /// - Returns: the try, to be settled when the password proves right; `nil` when the name or the
  ///   address has failed too often.
  public func beginTry(
    name: String, address: String, _ rules: SignInRules
  ) async throws(PostgresError) -> Int64? {
    var batch = PostgresBatch()
    _ = batch.add(LockName(name: name))
    let begun = batch.add(BeginTry(name: name, address: address, rules: rules))
    return try await pool.run(batch, deadline: limits.queryDeadline)[begun].first
  }

  /// The password was right: a session begins.
  /// - Parameter digest: SHA-256 of its token, which is nobody's but the browser's.
  public func beginSession(
    _ digest: [UInt8], of actor: Actor, personID: Int64, browser: String, tryID: Int64?,
    _ rules: SignInRules
  ) async throws(PostgresError) {
    var batch = PostgresBatch()
    if let tryID { _ = batch.add(SettleTry(tryID: tryID)) }
    _ = batch.add(
      AddSession(
        digest: digest, personID: personID, address: actor.address, browser: browser,
        life: rules.life))
    _ = batch.add(RecordActs([Act(actor, "sign_in.done", on: "person:" + actor.name)]))
    _ = batch.add(SweepSessions())
    try await pool.run(batch, deadline: limits.queryDeadline)
  }

  public func session(
    _ digest: [UInt8], _ rules: SignInRules
  ) async throws(PostgresError) -> FoundSession? {
    try await pool.query(
      FindSession(digest: digest, idle: rules.idle), deadline: limits.queryDeadline
    ).first
  }

  public func endSession(_ digest: [UInt8], by actor: Actor) async throws(PostgresError) {
    var batch = PostgresBatch()
    _ = batch.add(EndSession(digest: digest))
    _ = batch.add(RecordActs([Act(actor, "sign_out.done", on: "person:" + actor.name)]))
    try await pool.run(batch, deadline: limits.queryDeadline)
  }

  /// What the next page of this session tells once; `nil` when it told it.
  public func setNotice(_ notice: String?, of digest: [UInt8]) async throws(PostgresError) {
    try await pool.query(
      SetNotice(digest: digest, notice: notice), deadline: limits.queryDeadline)
  }

  // MARK: Audit

  /// Writes down what a person did. Where something is changed, add `RecordActs` to the batch that
  /// changes it instead, so that neither is stored without the other.
  public func record(_ act: Act) async throws(PostgresError) {
    try await pool.query(RecordActs([act]), deadline: limits.queryDeadline)
  }

  /// Newest first. Ask for one more than is shown: it tells whether there is more.
  public func audit(
    subject: String? = nil, actor: String? = nil, before: Int64? = nil, limit: Int
  ) async throws(PostgresError) -> [AuditEntry] {
    try await pool.query(
      ReadAudit(subject: subject, actor: actor, before: before, limit: limit),
      deadline: limits.queryDeadline)
  }
}
