import ClusterStage
import Postgres

extension TestCluster {
  static let shared = TestCluster(
    "booking", settings: ["max_connections": "200", "shared_buffers": "128MB"], more: asking)

  /// In a schema of its own, beside what is tested.
  static let asking = """
    create schema testing;
    create function testing.ask(query text) returns setof text language plpgsql as
      $$ begin return query execute query; end $$
    """
}

/// Any query whose rows are one text.
struct Ask: PostgresStatement {
  static let sql = "select * from testing.ask($1)"
  let query: String
  func bind(_ b: inout PostgresBindings) { b.append(query) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> String? { try r.stringOrNil(0) }
}
