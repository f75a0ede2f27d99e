import ClusterStage
import Effects
import Kit
import Ledger
import Orders
import Postgres
import Synchronization
import Testing

/// A ledger over a database of its own, with one shop and a clock that the test moves.
struct Shop: Sendable {
  /// `nil`: the database's own.
  final class Clock: Sendable {
    private let time: Mutex<Timestamp?>
    init(_ time: Timestamp?) { self.time = Mutex(time) }
    var now: Timestamp? { time.withLock { $0 } }
    func advance(_ duration: Duration) { time.withLock { $0 = $0.map { $0 + duration } } }
  }

  static let noon = Timestamp.now()
  static let id = "main"

  let database: Database
  let ledger: Ledger
  let clock: Clock

  static func open(
    size: Int = 4, clock: Clock = Clock(noon), limits: LedgerLimits = .patient,
    _ body: (Shop) async throws -> Void
  ) async throws {
    let database = try await Database.make()
    let ledger = Ledger(
      pool: PostgresPool(database.configuration, size: size), limits: limits, clock: { clock.now })
    try await ledger.openShop(id, name: "Main")
    let result: Result<Void, any Error>
    do {
      result = .success(try await body(Shop(database: database, ledger: ledger, clock: clock)))
    } catch {
      result = .failure(error)
    }
    await ledger.close()
    await database.connection.close()
    try result.get()
  }

  static func lease(_ worker: String = "w1", _ duration: Duration = .seconds(60)) -> Lease {
    Lease(id: UUIDv7.make(), worker: worker, duration: duration)
  }

  /// Writes whatever is told.
  @discardableResult
  func write(
    _ scope: ChangeScope = ChangeScope(orderIDs: []), lease: Lease = Shop.lease(),
    _ fill: @Sendable (inout ChangeSet) -> Void
  ) async throws -> [ClaimedEffect] {
    var told = ChangeSet()
    fill(&told)
    var scope = scope
    scope.effectIDs += told.effects.map(\.effectID)
    return try await ledger.change(scope, lease: lease) { _ in
      var changes = ChangeSet()
      fill(&changes)
      return (changes, ())
    }.claimed
  }

  func look(at orderID: String) async throws -> OrderSnapshot? {
    try await ledger.change(ChangeScope(orderIDs: [orderID]), lease: Self.lease()) {
      (ChangeSet(), $0.orders[orderID])
    }.extra
  }

  func newest(_ orderID: String) async throws -> String? {
    try await ledger.rawOrder(orderID).map { String(decoding: $0, as: UTF8.self) }
  }

  func add(
    _ ids: [String], as status: OrderStatus = .pendingAcceptance, hasAddress: Bool = true,
    skus: [String] = ["S-1"]
  ) async throws {
    try await write { changes in
      for id in ids {
        changes.add(Shop.order(id, hasAddress: hasAddress, skus: skus), as: status)
      }
    }
  }

  static func order(
    _ id: String, hasAddress: Bool = true, skus: [String] = ["S-1"], raw: String? = nil,
    title: String? = "Laptop", state: String = "WAITING_ACCEPTANCE", currency: String = "CAD",
    prices: (total: String?, unit: String?) = ("10.50", "5.25")
  ) -> IncomingOrder {
    let raw = Array((raw ?? "{\"order_id\": \"\(id)\"}").utf8)
    return IncomingOrder(
      orderID: id, state: state, updatedAt: noon, placedAt: noon, shipBy: nil,
      currency: currency, totalPrice: prices.total, hasAddress: hasAddress, trackingNumber: nil,
      lines: skus.enumerated().map { index, sku in
        IncomingOrder.Line(
          id: "\(id)-\(index + 1)", index: index + 1, sku: sku, quantity: 2, title: title,
          unitPrice: prices.unit, raw: raw)
      }, raw: raw, digest: [1, 2], problems: [])
  }

  static func effect(
    _ deed: Deed = .acceptOrder, of orderID: String, ordinal: Int = 1, after: Duration = .zero,
    deadline: Duration = .hours(1), isClaimed: Bool = false
  ) -> PlannedEffect {
    PlannedEffect(
      deed: deed, subject: orderID, ordinal: ordinal, orderID: orderID, shopID: id,
      requestKey: "\(orderID) \(deed.rawValue) \(ordinal)", after: after,
      deadline: noon + deadline, isClaimed: isClaimed)
  }

  func claim(
    _ limit: Int = 100, lane: String = "marketplace:main", of deeds: Set<Deed> = Set(Deed.allCases),
    lease: Lease = Shop.lease()
  ) async throws -> [ClaimedEffect] {
    try await ledger.claim(lane: lane, upTo: limit, of: deeds, lease: lease)
  }

  /// State, tries, checks, sends and worker of each effect.
  func effects() async throws -> [String] {
    try await database.rows(
      """
      select subject || ' ' || state || ' ' || tries || ' ' || checks || ' ' || sends || ' '
        || coalesce(worker, '-') from effects order by effect_id
      """)
  }
}

extension ChangeSet {
  mutating func add(_ order: IncomingOrder, as status: OrderStatus, reason: String = "why") {
    newOrders.append(
      NewOrder(
        order: order, shopID: Shop.id, status: status,
        parkedReason: status == .parked ? reason : nil, acceptBy: nil))
    move(order.orderID, .received, status, cause: reason)
  }

  mutating func move(
    _ orderID: String, _ from: OrderStatus, _ to: OrderStatus, cause: String = "test"
  ) {
    history.append(HistoryEntry(orderID: orderID, previous: from, status: to, cause: cause))
  }
}
