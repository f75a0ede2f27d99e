public import Conversations
public import Kit
import Postgres

/// A rule as it is kept.
public struct StoredRule: Sendable {
  public var id: Int64
  public var name: String
  public var position: Int
  public var templateID: Int64
  public var templateName: String
  public var bodyEN: String
  public var bodyFR: String?
  public var conditions: RuleConditions
  public var timeZone: String
  /// From the message to the answer; a person's answer meanwhile cancels it.
  public var delay: Duration
  public var version: Int
  public var isArmed: Bool
  public var armedBy: String?
  public var armedAt: Timestamp?
  /// The version that was last looked at in a dry run.
  public var triedVersion: Int?
  public var triedAt: Timestamp?

  /// In the customer's language, where there is such a text.
  public func body(in language: MessageLanguage) -> String {
    language == .french ? bodyFR ?? bodyEN : bodyEN
  }
}

/// What a person writes into a rule.
public struct RuleDraft: Sendable {
  public static let delayMax = Duration.hours(24)

  /// `nil` for a new one.
  public var id: Int64?
  public var name: String
  public var position: Int
  public var templateID: Int64
  public var conditions: RuleConditions
  public var timeZone: String
  public var delay: Duration

  public init(
    id: Int64?, name: String, position: Int, templateID: Int64, conditions: RuleConditions,
    timeZone: String, delay: Duration
  ) {
    self.id = id
    self.name = name
    self.position = position
    self.templateID = templateID
    self.conditions = conditions
    self.timeZone = timeZone
    self.delay = delay
  }
}

struct ReadRules: PostgresStatement {
  static let sql = """
    select r.id, r.name, r.position, t.id, t.name, t.body_en, t.body_fr, r.topics,
      r.order_statuses, r.languages, r.hours, r.opening_hours, r.time_zone, r.old_after_s,
      r.message_age_s, r.delay_s, r.version, r.is_armed, r.armed_by, r.armed_at, r.tried_version,
      r.tried_at
    from reply_rules r join reply_templates t on t.id = r.template_id
    order by r.position, r.id
    """
  static func row(_ r: PostgresRow) throws(PostgresError) -> StoredRule {
    var conditions = RuleConditions()
    conditions.topics = try r.stringArray(7)
    conditions.orderStatuses = try r.stringArray(8)
    conditions.languages = try r.stringArray(9).compactMap(MessageLanguage.init(rawValue:))
    conditions.hours = RuleConditions.Hours(rawValue: try r.string(10)) ?? .anytime
    conditions.openingHours = try r.string(11)
    conditions.oldAfter = .seconds(try r.int64(13))
    conditions.messageAgeMax = .seconds(try r.int64(14))
    return StoredRule(
      id: try r.int64(0), name: try r.string(1), position: Int(try r.int32(2)),
      templateID: try r.int64(3), templateName: try r.string(4), bodyEN: try r.string(5),
      bodyFR: try r.stringOrNil(6), conditions: conditions, timeZone: try r.string(12),
      delay: .seconds(try r.int64(15)), version: Int(try r.int32(16)),
      isArmed: try r.bool(17), armedBy: try r.stringOrNil(18), armedAt: try r.timestampOrNil(19),
      triedVersion: try r.int32OrNil(20).map(Int.init), triedAt: try r.timestampOrNil(21))
  }
}

/// A changed rule is a new version, and disarmed: whoever armed it has not seen this one.
struct UpdateRule: PostgresStatement {
  static let sql = """
    update reply_rules set name = $2, position = $3::bigint::integer, template_id = $4, topics = $5,
      order_statuses = $6, languages = $7, hours = $8, opening_hours = $9, time_zone = $10,
      old_after_s = $11, message_age_s = $12, delay_s = $13, updated_by = $14,
      version = version + 1, is_armed = false, armed_by = null, armed_at = null,
      updated_at = clock_timestamp()
    where id = $1 returning id
    """
  let id: Int64
  let draft: RuleDraft
  let actor: String
  func bind(_ b: inout PostgresBindings) {
    b.append(id)
    InsertRule(draft: draft, actor: actor).bind(&b)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

struct InsertRule: PostgresStatement {
  static let sql = """
    insert into reply_rules (name, position, template_id, topics, order_statuses, languages, hours,
      opening_hours, time_zone, old_after_s, message_age_s, delay_s, updated_by)
    values ($1, $2::bigint::integer, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    returning id
    """
  let draft: RuleDraft
  let actor: String
  func bind(_ b: inout PostgresBindings) {
    let conditions = draft.conditions
    b.append(Plain.text(draft.name))
    b.append(Int64(draft.position))
    b.append(draft.templateID)
    b.append(conditions.topics.map(Plain.text))
    b.append(conditions.orderStatuses)
    b.append(conditions.languages.map(\.rawValue))
    b.append(conditions.hours.rawValue)
    b.append(conditions.openingHours)
    b.append(draft.timeZone)
    b.append(conditions.oldAfter.components.seconds)
    b.append(conditions.messageAgeMax.components.seconds)
    b.append(draft.delay.components.seconds)
    b.append(Plain.text(actor))
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

struct NoteTried: PostgresStatement {
  static let sql = """
    update reply_rules set tried_version = $2::bigint::integer, tried_by = $3,
      tried_at = clock_timestamp()
    where id = $1 and version = $2 returning id
    """
  let id: Int64
  let version: Int
  let actor: String
  func bind(_ b: inout PostgresBindings) {
    b.append(id)
    b.append(Int64(version))
    b.append(Plain.text(actor))
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

/// Only the version that somebody looked at in a dry run.
struct ArmRule: PostgresStatement {
  static let sql = """
    update reply_rules set is_armed = true, armed_by = $3, armed_at = clock_timestamp()
    where id = $1 and version = $2 and tried_version = version and not is_armed returning id
    """
  let id: Int64
  let version: Int
  let actor: String
  func bind(_ b: inout PostgresBindings) {
    b.append(id)
    b.append(Int64(version))
    b.append(Plain.text(actor))
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

/// What still waits is cancelled with it. Row: the rule's number, where anything changed.
struct DisarmRule: PostgresStatement {
  static let sql = """
    with off as (
      update reply_rules set is_armed = false, armed_by = null, armed_at = null
      where id = $1 and is_armed returning id
    ), cancelled as (
      update rule_firings set decision = 'cancelled', reason = 'the rule was disarmed by ' || $2,
        decided_at = clock_timestamp()
      where rule_id = $1 and decision = 'waiting' returning rule_id
    )
    select id from off union select rule_id from cancelled
    """
  let id: Int64
  let actor: String
  func bind(_ b: inout PostgresBindings) {
    b.append(id)
    b.append(Plain.text(actor))
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int64 { try r.int64(0) }
}

struct KnowsTimeZone: PostgresStatement {
  static let sql = "select exists (select 1 from pg_timezone_names where name = $1)"
  let name: String
  func bind(_ b: inout PostgresBindings) { b.append(name) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Bool { try r.bool(0) }
}
