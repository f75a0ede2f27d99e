/// Things that should never have happened, in the order in which they did. Bounded.
struct Violations: Sendable {
  static let most = 10_000
  private(set) var all: [SandboxViolation] = []

  mutating func add(_ name: String, order: String, _ detail: String) {
    if all.count < Self.most {
      all.append(SandboxViolation(name: name, order: order, detail: detail))
    }
  }
}
