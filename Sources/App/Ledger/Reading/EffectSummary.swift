public import Effects
public import Kit
public import Postgres

/// An effect as a list shows it.
public struct EffectSummary: Sendable {
  public var effectID: Int64
  public var kind: String
  public var orderID: String
  public var shopID: String
  public var state: EffectState
  public var dueAt: Timestamp
  public var deadline: Timestamp
  public var tries: Int
  public var checks: Int
  public var requestKey: String
  public var outcome: String?
  public var updatedAt: Timestamp
  public var isOverdue: Bool
}

public struct EffectFilter: Sendable {
  /// `nil`: everything that is not settled.
  public var state: EffectState?
  public var orderID: String?
  public var includesSettled: Bool
  public var limit: Int

  public init(
    state: EffectState? = nil, orderID: String? = nil, includesSettled: Bool = false,
    limit: Int = 100
  ) {
    self.state = state
    self.orderID = orderID
    self.includesSettled = includesSettled
    self.limit = limit
  }
}

/// What the reads of effects have in common.
private protocol EffectReading: PostgresStatement where Row == EffectSummary {}

extension EffectReading {
  static var columns: String {
    """
    select effect_id, kind, subject, shop_id, state, due_at, deadline, tries, checks, request_key,
      outcome, updated_at, deadline < clock_timestamp()
        and state in ('planned', 'sending', 'verifying', 'unknown')
    """
  }

  static func row(_ r: PostgresRow) throws(PostgresError) -> EffectSummary {
    EffectSummary(
      effectID: try r.int64(0), kind: try r.string(1), orderID: try r.string(2),
      shopID: try r.string(3), state: EffectState(rawValue: try r.string(4)) ?? .needsPerson,
      dueAt: try r.timestamp(5), deadline: try r.timestamp(6), tries: try r.int(7),
      checks: try r.int(8), requestKey: try r.string(9), outcome: try r.stringOrNil(10),
      updatedAt: try r.timestamp(11), isOverdue: try r.bool(12))
  }
}

/// What is not settled, the most urgent first.
struct ReadOpenEffects: EffectReading {
  static let sql =
    columns + """
       from open_effects where $1::text is null or state = $1 order by deadline, effect_id limit $2
      """
  let filter: EffectFilter
  func bind(_ b: inout PostgresBindings) {
    b.append(filter.state?.rawValue)
    b.append(Int64(filter.limit))
  }
}

struct ReadEffectsOfOrder: EffectReading {
  static let sql =
    columns + """
       from effects where subject = $1 and ($2::text is null or state = $2)
        and ($3 or $2 is not null or state not in ('confirmed', 'cancelled'))
      order by deadline, effect_id limit $4
      """
  let filter: EffectFilter
  func bind(_ b: inout PostgresBindings) {
    b.append(filter.orderID)
    b.append(filter.state?.rawValue)
    b.append(filter.includesSettled)
    b.append(Int64(filter.limit))
  }
}

/// Whatever its state, the newest first.
struct ReadLatestEffects: EffectReading {
  static let sql =
    columns + """
       from effects where $1::text is null or state = $1 order by effect_id desc limit $2
      """
  let filter: EffectFilter
  func bind(_ b: inout PostgresBindings) {
    b.append(filter.state?.rawValue)
    b.append(Int64(filter.limit))
  }
}

/// How many orders stand where, and what needs a person: the tiles of the overview.
public struct Counts: Sendable {
  public var orders: [String: Int]
  public var effects: [String: Int]
  public var overdueEffects: Int
  public var openFailures: Int
  public var unreadableOrders: Int
  public var unmappedSKUs: Int
  public var pullProblems: [PullProblem]
}

/// Orders on which something is still to happen; costs the same with any number of ended ones.
struct CountOpenOrders: PostgresStatement {
  static let sql = "select count(*) from orders where is_open and channel = 'marketplace'"
  func bind(_ b: inout PostgresBindings) {}
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int { try r.int(0) }
}

/// What is late, beside what `CountSituation` counts.
struct CountOverdue: PostgresStatement {
  static let sql = """
    select count(*) from open_effects where not is_for_people and deadline < clock_timestamp()
    """
  static func row(_ r: PostgresRow) throws(PostgresError) -> Int { try r.int(0) }
}

extension Ledger {
  public func effects(_ filter: EffectFilter) async throws(PostgresError) -> [EffectSummary] {
    if filter.orderID != nil {
      return try await pool.query(
        ReadEffectsOfOrder(filter: filter), deadline: limits.queryDeadline)
    }
    let isSettled = filter.state.map { $0 == .confirmed || $0 == .cancelled } ?? false
    if filter.includesSettled || isSettled {
      return try await pool.query(
        ReadLatestEffects(filter: filter), deadline: limits.queryDeadline)
    }
    return try await pool.query(ReadOpenEffects(filter: filter), deadline: limits.queryDeadline)
  }

  public func openOrders() async throws(PostgresError) -> Int {
    try await pool.query(CountOpenOrders(), deadline: limits.queryDeadline).first ?? 0
  }

  /// Of the marketplace's orders; costs the same with any number of ended ones.
  public func counts() async throws(PostgresError) -> Counts {
    let situation = try await situation()
    let overdue = try await pool.query(CountOverdue(), deadline: limits.queryDeadline).first
    return Counts(
      orders: situation.orders["marketplace"] ?? [:], effects: situation.effects,
      overdueEffects: overdue ?? 0, openFailures: situation.failures,
      unreadableOrders: situation.unreadable, unmappedSKUs: try await unmappedSKUs(),
      pullProblems: situation.pullProblems)
  }
}
