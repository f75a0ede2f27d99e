import ClusterStage

extension TestCluster {
  static let shared = TestCluster(
    "office", settings: ["shared_buffers": "64MB"],
    more: """
      create function ask(query text) returns setof text language plpgsql as
      $$ begin return query execute query; end $$
      """)
}
