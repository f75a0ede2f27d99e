import Orders

/// What a pull brought.
public struct PullReport: Sendable, Equatable {
  public var new = 0
  public var changed = 0
  public var unchanged = 0
  /// Stored, but we cannot act on them yet.
  public var parked = 0
  public var healed = 0
  /// Kept whole beside the orders: they do not even tell their id.
  public var unreadable = 0
  /// Why the walk ended early, safe to show.
  public var problem: String?

  public init(unreadable: Int = 0) { self.unreadable = unreadable }

  var total: Int { new + changed + unchanged }

  mutating func count(isNew: Bool, _ decision: OrderIntake.Decision) {
    if isNew {
      new += 1
    } else if decision.refreshes || decision.move != nil {
      changed += 1
    } else {
      unchanged += 1
    }
    if let move = decision.move {
      if move.to == .parked { parked += 1 }
      if move.cause.hasPrefix("healed") { healed += 1 }
    } else if decision.parkedReason != nil {
      parked += 1
    }
  }

  public mutating func add(_ other: PullReport) { self += other }

  static func += (one: inout PullReport, other: PullReport) {
    one.new += other.new
    one.changed += other.changed
    one.unchanged += other.unchanged
    one.parked += other.parked
    one.healed += other.healed
    one.unreadable += other.unreadable
    one.problem = one.problem ?? other.problem
  }
}
