import Effects
import Kit
import Ledger
import Orders

/// What a worker counts, for `/metrics`.
struct WorkerMetrics: Sendable {
  private let metrics: Metrics

  init(_ metrics: Metrics) { self.metrics = metrics }

  func carried(_ effect: ClaimedEffect, _ step: Step, took duration: Duration) {
    metrics.observe(
      "quayside_effect_seconds", duration, labels: ["kind": effect.kind],
      help: "From taking an effect up to its committed outcome.")
    metrics.add(
      "quayside_steps_total", labels: ["kind": effect.kind, "step": step.name],
      help: "Outcomes of attempts at effects.")
  }

  func committed(_ changes: ChangeSet) {
    var moves: [OrderStatus: Int] = [:]
    for entry in changes.history { moves[entry.status, default: 0] += 1 }
    for (status, count) in moves {
      metrics.add(
        "quayside_order_moves_total", Double(count), labels: ["status": status.rawValue],
        help: "Changes of order status.")
    }
    for failure in changes.failures {
      metrics.add(
        "quayside_failures_total", labels: ["process": failure.processName],
        help: "Failures that need a person.")
    }
  }
}

extension Step {
  var name: String {
    switch self {
    case .done: "done"
    case .verify: "verify"
    case .again: "again"
    case .lost: "lost"
    case .lookAgain: "look_again"
    case .refused: "refused"
    case .ask: "ask"
    case .pointless: "pointless"
    case .released: "released"
    case .held: "held"
    }
  }
}
