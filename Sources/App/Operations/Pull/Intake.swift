import Cryptography
import Effects
import Kit
public import Ledger
import Mirakl
import Orders
public import Postgres
import Stock

/// The one door for orders from outside: polls, sweeps and files all come through here.
public struct Intake: Sendable {
  /// Orders of one transaction.
  static let batchMax = 100

  let ledger: Ledger
  let shop: ShopSettings
  let cycle: CycleSettings
  /// The worker of this process, where there is one.
  let openHandover: @Sendable () -> Handover?
  let notify: @Sendable ([ProcessFailure]) -> Void

  /// - Parameter notify: tells people what waits for one of them.
  public init(
    ledger: Ledger, shop: ShopSettings, cycle: CycleSettings,
    openHandover: @escaping @Sendable () -> Handover? = { nil },
    notify: @escaping @Sendable ([ProcessFailure]) -> Void = { _ in }
  ) {
    self.ledger = ledger
    self.shop = shop
    self.cycle = cycle
    self.openHandover = openHandover
    self.notify = notify
  }

  /// Stores every order whole, decides what each means, plans what follows.
  /// - Throws: `PostgresError` when the ledger cannot be written; nothing of that batch is then stored.
  func take(
    _ orders: [MiraklOrder], calls: [CallRecord] = [], correlationID: String
  ) async throws(PostgresError) -> PullReport {
    var report = PullReport()
    var readable: [String: IncomingOrder] = [:]
    var unreadable: [UnreadableOrder] = []
    for order in orders {
      if let incoming = IncomingOrder(order) {
        // One order twice in a page (pages shift while orders change): the newer one counts.
        if let other = readable[incoming.orderID], let a = other.updatedAt,
          let b = incoming.updatedAt, a > b
        {
          continue
        }
        readable[incoming.orderID] = incoming
      } else {
        unreadable.append(
          UnreadableOrder(
            shopID: shop.id, problem: "order_id: no identifier", raw: order.raw,
            digest: SHA256.hash(order.raw)))
      }
    }
    let all = readable.values.sorted { $0.orderID < $1.orderID }
    var start = 0
    repeat {
      let end = min(start + Self.batchMax, all.count)
      let batch = Array(all[start..<end])
      report += try await take(
        batch, unreadable: start == 0 ? unreadable : [], calls: start == 0 ? calls : [],
        correlationID: correlationID)
      start = end
    } while start < all.count
    return report
  }

  private func take(
    _ orders: [IncomingOrder], unreadable: [UnreadableOrder], calls: [CallRecord],
    correlationID: String
  ) async throws(PostgresError) -> PullReport {
    do {
      return try await write(orders, unreadable, calls, correlationID)
    } catch  where error.isConnectionTrouble || orders.isEmpty {
      throw error
    } catch {
      // One order that the database refuses must not keep the others out.
      var report = PullReport()
      if !unreadable.isEmpty || !calls.isEmpty {
        report += try await write([], unreadable, calls, correlationID)
      }
      for order in orders {
        do {
          report += try await write([order], [], [], correlationID)
        } catch  where !error.isConnectionTrouble {
          let kept = UnreadableOrder(
            shopID: shop.id, problem: "the ledger refused it: \(error.description)",
            raw: order.raw, digest: order.digest)
          report += try await write([], [kept], [], correlationID)
        }
      }
      return report
    }
  }

  private func write(
    _ orders: [IncomingOrder], _ unreadable: [UnreadableOrder], _ calls: [CallRecord],
    _ correlationID: String
  ) async throws(PostgresError) -> PullReport {
    var scope = ChangeScope(
      orderIDs: orders.map(\.orderID).sorted(), calls: calls,
      skus: (shop.id, Array(Set(orders.flatMap { $0.lines.compactMap(\.sku) }))))
    scope.locksParts = shop.acceptance.asksStock
    let handover = openHandover()
    defer { handover?.end() }
    if !orders.isEmpty { await handover?.room(.acceptOrder, shop) }
    let lease =
      handover?.lease() ?? Lease(id: UUIDv7.make(), worker: "intake", duration: cycle.lease)
    let (shop, cycle) = (shop, cycle)
    let canTakeOn = handover?.canTakeOn ?? Self.takesNothing
    let written = try await ledger.change(scope, lease: lease) { (locked) -> (ChangeSet, Written) in
      var report = PullReport(unreadable: unreadable.count)
      var decisions = CycleDecisions(
        locked: locked, shops: [shop.id: shop], cycle: cycle, canTakeOn: canTakeOn)
      for order in orders {
        let isNew = locked.orders[order.orderID] == nil
        let decision = decisions.see(order, shopID: shop.id, correlationID: correlationID)
        report.count(isNew: isNew, decision)
      }
      var changes = decisions.changes
      changes.unreadable = unreadable
      changes.isFresh = locked.orders.isEmpty
      return (changes, Written(report: report, raised: changes.failures))
    }
    if !written.extra.raised.isEmpty { notify(written.extra.raised) }
    if let handover, !written.claimed.isEmpty {
      handover.begin(
        written.claimed, Dictionary(orders.map { ($0.orderID, $0) }) { first, _ in first })
    }
    return written.extra.report
  }

  private struct Written: Sendable {
    var report: PullReport
    var raised: [ProcessFailure]
  }

  private static let takesNothing: @Sendable (Deed, String) -> Bool = { _, _ in false }

  /// Looks again at parked orders: what they waited for (a mapped SKU, say) may have come.
  public func reconsiderParked(
    correlationID: String
  ) async throws(PostgresError) -> PullReport {
    var report = PullReport()
    for id in try await ledger.parkedOrders(shop: shop.id, limit: Self.batchMax) {
      guard let raw = try await ledger.rawOrder(id), let order = IncomingOrder.stored(raw)
      else { continue }
      report += try await write([order], [], [], correlationID)
    }
    return report
  }
}
