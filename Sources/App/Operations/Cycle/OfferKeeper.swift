import Effects
public import Kit
public import Ledger
import Mirakl
import Orders
public import Postgres
import Stock

/// Keeps a shop's offers at what can be built: looks every few minutes, and has a push planned when
/// the marketplace shows something else.
public struct OfferKeeper: Sendable {
  let ledger: Ledger
  let shop: ShopClients
  let cycle: CycleSettings
  /// Between looks; zero: never.
  let every: Duration
  let log: Log
  /// Something was planned.
  let wake: @Sendable () -> Void

  public init(
    ledger: Ledger, shop: ShopClients, cycle: CycleSettings, every: Duration, log: Log,
    wake: @escaping @Sendable () -> Void
  ) {
    self.ledger = ledger
    self.shop = shop
    self.cycle = cycle
    self.every = every
    self.log = log.with(["shop": shop.settings.id])
    self.wake = wake
  }

  /// Until the task is cancelled. Nothing at all where it is not to look.
  public func run() async {
    guard every > .zero else { return }
    while !Task.isCancelled {
      do {
        if try await pass() { wake() }
      } catch {
        log.warning("offers could not be planned", ["why": "\(error)"])
      }
      try? await Task.sleep(for: every)
    }
  }

  /// One look.
  /// - Returns: whether a push was planned.
  @discardableResult
  public func pass() async throws(PostgresError) -> Bool {
    guard shop.settings.offers != .off else { return false }
    let wanted = try await wanted()
    guard !wanted.isEmpty else { return false }
    let reading = await OfferReading.read(shop.mirakl)
    if let shown = reading.quantities {
      try await ledger.noteSeen(
        wanted.map { ($0.sku, shown[$0.sku]) }, shop: shop.settings.id)
    } else if let error = reading.error {
      log.warning("offers could not be read", ["why": error.description])
    }
    let isPlanned = try await ledger.planOffers(
      wanted, shop: shop.settings.id, lane: Deed.updateOffer.system.lane(shop: shop.settings.id),
      deadline: cycle.offers.deadline)
    // What the marketplace showed is kept where something follows from it.
    if isPlanned || reading.error != nil { try await ledger.keep(reading.calls) }
    if isPlanned { await ledger.announce() }
    return isPlanned
  }

  /// What each listing should show: what can be built, less what is kept back.
  func wanted() async throws(PostgresError) -> [(sku: String, quantity: Int64)] {
    let basis = try await ledger.offerBasis(of: shop.settings.id)
    let shared =
      shop.settings.offers == .together
      ? Availability.together(basis.bills, free: basis.free) : [:]
    return basis.bills.sorted { $0.key < $1.key }.map { sku, bill in
      let units = shared[sku] ?? Availability.alone(bill, free: basis.free) ?? 0
      return (sku, max(0, units - (basis.buffers[sku] ?? 0)))
    }
  }
}
