import Effects
import Kit
import Ledger
import Orders
import Postgres

/// Plans what should have been planned and was not: a crash in between, a step added by an update. Has
/// orders take on the parts that they missed.
struct Reconciler: Sendable {
  static let batchMax = 200
  /// By then every system has written its files down.
  static let labelAgeMax = Duration.minutes(15)

  /// Orders are looked at for so long after they were taken on, should they have missed their parts.
  static let partsAgeMax = Duration.hours(1)

  let ledger: Ledger
  let shops: [String: ShopSettings]
  let cycle: CycleSettings
  let worker: String

  /// Has labels fetched again that the latest power cut may have taken (see `LabelStore`).
  /// - Returns: how many.
  func mendLabels(in labels: LabelStore) async throws(PostgresError) -> Int {
    let damaged = await labels.damaged(try await ledger.latestLabels(within: Self.labelAgeMax))
    return try await ledger.fetchAgain(damaged.map(\.orderID))
  }

  /// - Returns: how many effects it planned.
  func pass() async throws(PostgresError) -> Int {
    let planned = try await planForgotten()
    _ = try await ledger.takeWaitingParts(within: Self.partsAgeMax)
    return planned
  }

  private func planForgotten() async throws(PostgresError) -> Int {
    let waiting = shops.values.filter { $0.shipAfter == .packing }.map(\.id)
    let ids = try await ledger.forgottenOrders(limit: Self.batchMax, waitForPacking: waiting)
    guard !ids.isEmpty else { return 0 }
    let (shops, cycle) = (shops, cycle)
    let lease = Lease(id: UUIDv7.make(), worker: worker, duration: cycle.lease)
    let written = try await ledger.change(ChangeScope(orderIDs: ids.sorted()), lease: lease) {
      locked in
      var decisions = CycleDecisions(
        locked: locked, shops: shops, cycle: cycle, canTakeOn: { _, _ in false })
      for order in locked.orders.values.sorted(by: { $0.orderID < $1.orderID }) {
        if let deed = decisions.nextDeed(for: order) { decisions.plan(deed, for: order) }
      }
      return (decisions.changes, decisions.changes.plans.count)
    }
    return written.extra
  }
}
