import ClusterStage

extension TestCluster {
  static let shared = TestCluster(
    "cycle", settings: ["max_connections": "150", "shared_buffers": "128MB"], more: asking)

  static let asking = """
    create function ask(query text) returns setof text language plpgsql as
    $$ begin return query execute query; end $$
    """
}

/// So many tests have a house at the same time.
actor Places {
  static let shared = Places(count: 4)

  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(count: Int) { free = count }

  func take() async {
    if free > 0 {
      free -= 1
      return
    }
    await withCheckedContinuation { waiting.append($0) }
  }

  func giveBack() {
    if waiting.isEmpty {
      free += 1
    } else {
      waiting.removeFirst().resume()
    }
  }
}
