import Effects
import Kit
import Ledger
import Orders

/// The ledger's own counts as gauges, made anew for each scrape so that none goes stale.
enum Gauges {
  /// - Parameter counts: `nil` when the database did not answer.
  static func text(_ counts: Counts?) -> String {
    let gauges = Metrics()
    gauges.set(
      "quayside_database_up", counts == nil ? 0 : 1, help: "1 when the database answers.")
    guard let counts else { return gauges.text() }
    for status in OrderStatus.allCases {
      gauges.set(
        "quayside_orders", Double(counts.orders[status.rawValue] ?? 0),
        labels: ["status": status.rawValue], help: "Orders by status.")
    }
    for state in EffectState.byUrgency {
      gauges.set(
        "quayside_effects_open", Double(counts.effects[state.rawValue] ?? 0),
        labels: ["state": state.rawValue], help: "Effects that are not settled, by state.")
    }
    gauges.set(
      "quayside_effects_overdue", Double(counts.overdueEffects),
      help: "Effects under way past their deadline.")
    gauges.set(
      "quayside_failures_open", Double(counts.openFailures),
      help: "Failures that nobody has resolved.")
    gauges.set(
      "quayside_orders_unreadable", Double(counts.unreadableOrders),
      help: "Orders from the marketplace that could not be read.")
    gauges.set(
      "quayside_skus_unmapped", Double(counts.unmappedSKUs),
      help: "SKUs on open orders that the catalogue does not know.")
    for pull in counts.pullProblems {
      gauges.set(
        "quayside_pull_failing_seconds", Double(pull.lasts.milliseconds) / 1_000,
        labels: ["shop": pull.shopID, "walk": pull.walk],
        help: "For how long no walk over a shop's orders or messages has come to its end.")
    }
    return gauges.text()
  }
}
