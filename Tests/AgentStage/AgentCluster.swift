package import ClusterStage

extension TestCluster {
  package static let agents = TestCluster("agent", settings: ["max_connections": "200"])
}
