public import Kit
public import Postgres

/// One thing that happened to an order, whatever table it is kept in.
public struct TimelineEntry: Sendable {
  public enum Kind: String, Sendable {
    case status, call, effect, failure, attempt, debug, act, message, scan
  }

  public var at: Timestamp
  public var kind: Kind
  public var title: String
  public var detail: String
  public var isTrouble: Bool
  public var reference: String?
}

/// What happened to an order, the oldest first.
public struct Timeline: Sendable {
  /// Of an order that more happened to, the newest ones.
  public static let entriesMax = 500

  public var entries: [TimelineEntry]
  /// Whether there are older ones.
  public var isCut: Bool
}

/// The newest first.
struct ReadTimeline: PostgresStatement {
  static let sql = """
    select created_at, 'status', status, cause || ' (was ' || previous_status || ')', false,
      coalesce(correlation_id, '')
    from order_status_history where order_id = $1
    union all
    select created_at, 'call', service || ' ' || endpoint,
      method || ' ' || coalesce(status_code::text, 'no answer') || ' in '
        || round(duration_us / 1000.0, 1) || ' ms' || coalesce(': ' || problem, ''),
      not is_success, call_id::text
    from api_calls where related_id = $1
    union all
    select c.created_at, 'call', c.service || ' ' || c.endpoint,
      c.method || ' ' || coalesce(c.status_code::text, 'no answer') || ' in '
        || round(c.duration_us / 1000.0, 1) || ' ms, one of several orders'
        || coalesce(': ' || c.problem, ''), not c.is_success, c.call_id::text
    from api_call_subjects s join api_calls c using (call_id, created_at) where s.subject = $1
    union all
    select updated_at, 'effect', kind || ' ' || state,
      coalesce(outcome, '') || ' (key ' || request_key || ', tries ' || tries || ', reads '
        || checks || case when is_waiting
        then ', due ' || to_char(due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
        else '' end || coalesce(', for ' || correlation_id, '') || ')',
      state in ('unknown', 'needs_person', 'refused'), effect_id::text
    from effects where subject = $1
    union all
    select created_at, 'failure', process_name, details, resolved_at is null, failure_id::text
    from process_failures where order_id = $1
    union all
    select created_at, 'attempt', 'acceptance attempt ' || attempt_number, status,
      status <> 'success', call_id::text
    from order_acceptance_attempts where order_id = $1
    union all
    select created_at, 'debug', 'acceptance debug log', details, true, log_id::text
    from order_acceptance_debug_logs where order_id = $1
    union all
    select created_at, 'scan', outcome, actor || case text when '' then '' else ' scanned ' || text end
        || ': ' || message, tone = 'bad', scan_id::text
    from packing_scans where order_id = $1 and kind <> 'acknowledge'
    union all
    select at, 'act', action, actor || case detail when '' then '' else ': ' || detail end, false,
      entry_id::text
    from audit_trail where subject = 'order:' || $1
    union all
    select created_at, 'act', operation, principal || ': ' || outcome
        || coalesce(' (' || correlation_id || ')', ''), outcome <> 'ok', call_id::text
    from booking_calls
    where order_id = $1 or draft_id = (select b.draft_id from bookings b where b.order_id = $1)
    union all
    select m.created_at, 'message',
      case m.sender_type when 'customer' then 'the customer wrote'
        when 'technician' then 'we answered' else m.sender_type || ' wrote' end,
      length(m.body) || ' characters'
        || case m.message_type when 'auto_reply' then ', by a rule' else '' end,
      false, c.id::text
    from conversations c join messages m on m.conversation_id = c.id where c.order_id = $1
    order by 1 desc, 2 desc limit $2
    """
  let orderID: String
  let limit: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(orderID)
    b.append(limit)
  }

  static func row(_ r: PostgresRow) throws(PostgresError) -> TimelineEntry {
    TimelineEntry(
      at: try r.timestamp(0), kind: TimelineEntry.Kind(rawValue: try r.string(1)) ?? .status,
      title: try r.string(2), detail: try r.string(3), isTrouble: try r.bool(4),
      reference: try r.stringOrNil(5))
  }
}

/// A line of an order as pages show it.
public struct OrderLineSummary: Sendable {
  public var orderLineID: String
  public var sku: String?
  public var quantity: Int?
  public var title: String?
  public var unitPrice: String?
  public var isMapped: Bool
}

struct ReadLines: PostgresStatement {
  static let sql = """
    select l.order_line_id, l.sku, l.quantity, l.title, l.unit_price::text,
      exists (select 1 from shop_sku_map m where m.shop_sku = l.sku and m.shop_id in ('', o.shop_id))
    from order_lines l join orders o using (order_id) where l.order_id = $1 order by l.line_index
    """
  let orderID: String
  func bind(_ b: inout PostgresBindings) { b.append(orderID) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> OrderLineSummary {
    OrderLineSummary(
      orderLineID: try r.string(0), sku: try r.stringOrNil(1),
      quantity: try r.int32OrNil(2).map(Int.init), title: try r.stringOrNil(3),
      unitPrice: try r.stringOrNil(4), isMapped: try r.bool(5))
  }
}

extension Ledger {
  public func timeline(of orderID: String) async throws(PostgresError) -> Timeline {
    let newest = try await pool.query(
      ReadTimeline(orderID: orderID, limit: Timeline.entriesMax + 1),
      deadline: limits.queryDeadline)
    return Timeline(
      entries: newest.prefix(Timeline.entriesMax).reversed(),
      isCut: newest.count > Timeline.entriesMax)
  }

  public func lines(of orderID: String) async throws(PostgresError) -> [OrderLineSummary] {
    try await pool.query(ReadLines(orderID: orderID), deadline: limits.queryDeadline)
  }

  public func parcel(of orderID: String) async throws(PostgresError) -> ParcelFacts? {
    try await facts(of: [orderID]).first?.parcel
  }
}
