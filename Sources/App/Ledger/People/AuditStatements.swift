public import Kit
public import People
public import Postgres

/// Acts of people, to be added to the batch that changes what they are about.
public struct RecordActs: PostgresStatement {
  public static let sql = """
    insert into audit_trail (person_id, actor, address, action, subject, detail)
    select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
    """
  let acts: [Act]

  public init(_ acts: [Act]) { self.acts = acts }

  public func bind(_ b: inout PostgresBindings) {
    b.append(acts.map(\.actor.personID))
    b.append(acts.map { Plain.text($0.actor.name) })
    b.append(acts.map { Plain.text($0.actor.address) })
    b.append(acts.map(\.action))
    b.append(acts.map { Plain.text($0.subject) })
    b.append(acts.map { Plain.text($0.detail) })
  }
}

extension Act {
  /// Six parameters: the trail's columns but number and time.
  func bind(_ b: inout PostgresBindings) {
    b.append(actor.personID)
    b.append(Plain.text(actor.name))
    b.append(Plain.text(actor.address))
    b.append(action)
    b.append(Plain.text(subject))
    b.append(Plain.text(detail))
  }
}

/// A row of the audit trail as a page shows it.
public struct AuditEntry: Sendable {
  public var entryID: Int64
  public var actor: String
  public var address: String
  public var action: String
  public var subject: String
  public var detail: String
  public var at: Timestamp
}

/// Newest first, paged by key.
struct ReadAudit: PostgresStatement {
  static let sql = """
    select entry_id, actor, address, action, subject, detail, at from audit_trail
    where ($1::text is null or subject = $1) and ($2::text is null or actor = $2)
      and ($3::bigint is null or entry_id < $3)
    order by entry_id desc limit $4
    """
  let subject: String?
  let actor: String?
  let before: Int64?
  let limit: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(subject.map(Plain.text))
    b.append(actor.map(Plain.text))
    b.append(before)
    b.append(limit)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> AuditEntry {
    AuditEntry(
      entryID: try r.int64(0), actor: try r.string(1), address: try r.string(2),
      action: try r.string(3), subject: try r.string(4), detail: try r.string(5),
      at: try r.timestamp(6))
  }
}
