public import Postgres

/// What an open page can be told about: each has a version that costs next to nothing to ask for.
public enum LiveTopic: String, Sendable, Hashable, CaseIterable {
  case orders, people, bench, inbox, stock
}

/// The last numbers that the tables' sequences gave: every new row moves one, and none is read.
struct ReadLiveVersions: PostgresStatement {
  static let sql = """
    select topic, string_agg(coalesce(pg_sequence_last_value(s.seq::regclass)::text, '0'), '.'
      order by s.seq)
    from (
      select topic, pg_get_serial_sequence(quote_ident(schema) || '.' || quote_ident(name), key) as seq
      from (select current_schema() as schema) here, (values
        ('orders', 'order_status_history', 'history_id'), ('orders', 'effects', 'effect_id'),
        ('orders', 'process_failures', 'failure_id'), ('orders', 'audit_trail', 'entry_id'),
        ('people', 'audit_trail', 'entry_id'),
        ('inbox', 'messages', 'id'), ('inbox', 'conversations', 'id'),
        ('inbox', 'audit_trail', 'entry_id'),
        ('stock', 'stock_movements', 'movement_id'), ('stock', 'audit_trail', 'entry_id')
      ) as t (topic, name, key)
    ) s
    where s.seq is not null
    group by topic
    """
  static func row(_ r: PostgresRow) throws(PostgresError) -> (String, String) {
    (try r.string(0), try r.string(1))
  }
}

extension Ledger {
  /// Another version means that something of the topic may have changed.
  public func liveVersions() async throws(PostgresError) -> [LiveTopic: String] {
    var versions: [LiveTopic: String] = [:]
    let rows = try await pool.query(ReadLiveVersions(), deadline: limits.queryDeadline)
    for (name, version) in rows {
      if let topic = LiveTopic(rawValue: name) { versions[topic] = version }
    }
    return versions
  }
}
