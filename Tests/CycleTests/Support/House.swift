import CanadaPost
import ClusterStage
import Effects
import HTTP
import HTTPClient
import Kit
import Ledger
import Mirakl
import Operations
import Orders
import Postgres
import Sandbox
import Synchronization
import Testing

/// Quayside with a database of its own and an outside world of its own.
struct House: Sendable {
  let sandbox: Sandbox
  let configuration: PostgresConfiguration
  let pool: PostgresPool
  let ledger: Ledger
  var shops: [ShopClients]
  let cycle: CycleSettings
  let pull: PullSettings
  let folder: String
  let desk: Desk
  let notified: Notified
  let carrierCalls: Int

  /// What was told to people.
  final class Notified: Sendable {
    private let all = Mutex<[ProcessFailure]>([])
    func add(_ failures: [ProcessFailure]) { all.withLock { $0 += failures } }
    var failures: [ProcessFailure] { all.withLock { $0 } }
  }

  /// What a test changes of the usual house.
  struct Plan {
    var world = SandboxSettings()
    var cycle = CycleSettings()
    var pull = PullSettings()
    var shopCount = 1
    var isContract = true
    /// A minute; 0 is no limit.
    var carrierCalls = 0
    var poolSize = 6
    /// To one host.
    var connections = 64
    var adjust: (inout ShopSettings) -> Void = { _ in }
    /// A database that is not the usual copy.
    var configuration: PostgresConfiguration?

    init(wait: Duration = .milliseconds(20)) {
      cycle.runFast(wait)
      pull.pollEvery = .milliseconds(40)
      pull.rereadAfter = .milliseconds(200)
      world.requestLog = 20_000
    }
  }

  static func with(
    _ change: (inout Plan) -> Void = { _ in }, _ body: (House) async throws -> Void
  ) async throws {
    await Places.shared.take()
    do {
      try await open(change, body)
    } catch {
      await Places.shared.giveBack()
      throw error
    }
    await Places.shared.giveBack()
  }

  private static func open(
    _ change: (inout Plan) -> Void, _ body: (House) async throws -> Void
  ) async throws {
    var plan = Plan()
    change(&plan)
    let configuration: PostgresConfiguration
    if let given = plan.configuration {
      configuration = given
    } else {
      configuration = try await TestCluster.shared.database()
    }
    let house = try await House(plan, configuration)
    do {
      try await body(house)
    } catch {
      await house.close()
      throw error
    }
    await house.close()
  }

  private init(_ plan: Plan, _ configuration: PostgresConfiguration) async throws {
    self.configuration = configuration
    sandbox = try Sandbox.start(settings: plan.world)
    folder = try Leftovers.folder("quayside-cycle")
    pool = PostgresPool(configuration, size: plan.poolSize)
    ledger = Ledger(pool: pool, limits: .patient)
    cycle = plan.cycle
    pull = plan.pull
    notified = Notified()
    carrierCalls = plan.carrierCalls
    var shops: [ShopClients] = []
    for index in 0..<plan.shopCount {
      var settings = House.settings(sandbox, shop: index, isContract: plan.isContract)
      plan.adjust(&settings)
      shops.append(House.clients(settings, plan.cycle, connections: plan.connections))
    }
    self.shops = shops
    desk = Desk(ledger: ledger, shops: shops.map(\.settings), cycle: plan.cycle)
    for shop in shops { try await ledger.openShop(shop.settings.id, name: shop.settings.name) }
  }

  private func close() async {
    await ledger.close()
    await sandbox.stop()
    Folder.remove(folder)
    await TestCluster.shared.drop(configuration)
  }

  static func settings(_ sandbox: Sandbox, shop index: Int, isContract: Bool) -> ShopSettings {
    let world = sandbox.settings
    let shop = world.shops[index]
    let id = index == 0 ? "main" : "shop\(index + 1)"
    return ShopSettings(
      id: id, name: shop.name,
      mirakl: MiraklAccount(
        shopID: id, baseURL: sandbox.baseURL, apiKey: shop.apiKey, miraklShopID: shop.id),
      carrier: CanadaPostAccount(
        baseURL: sandbox.baseURL, user: world.carrierUser, password: world.carrierPassword,
        customerNumber: world.customerNumber,
        kind: isContract
          ? .contract(contractID: world.contractID, methodOfPayment: "Account") : .nonContract),
      parcels: ParcelSettings(
        sender: Address(
          name: "Shipping desk", company: "Example Laptops", line1: "9 Sample Road",
          city: "Halifax", province: "NS", postalCode: "B3J1A1", phone: "902-555-0199",
          email: "shipping@example.com")))
  }

  static func clients(
    _ shop: ShopSettings, _ cycle: CycleSettings, connections: Int = 64
  ) -> ShopClients {
    let origins = Set([shop.mirakl.baseURL, shop.carrier.baseURL].compactMap { Origin(url: $0) })
    let http = HTTPClient(.init(allowedOrigins: origins, maxConnectionsPerHost: connections))
    return ShopClients(
      settings: shop, mirakl: .live(shop.mirakl, http: http, deadline: cycle.callDeadline),
      carrier: .live(
        shop.carrier, http: http, deadline: cycle.callDeadline,
        purchaseDeadline: cycle.purchaseDeadline))
  }

  // MARK: Working

  func worker(counting metrics: Metrics = Metrics()) throws -> Worker {
    let notified = notified
    return try Worker(
      ledger: ledger, shops: shops, cycle: cycle,
      .init(
        stateFolder: folder,
        labels: LabelStore(folder: folder + "/labels", threads: BlockingThreads(count: 1)),
        log: .silent, metrics: metrics, carrierCallsPerMinute: carrierCalls, readsMax: 4,
        notify: { notified.add($0) }))
  }

  func puller(_ index: Int = 0) -> Puller {
    Puller(
      ledger: ledger, shop: shops[index], pull: pull, cycle: cycle, log: .silent, wake: {},
      notify: { [notified] in notified.add($0) })
  }

  /// Works and pulls until `isDone`, or until the bound, which is a failure.
  /// - Returns: whether it came to that.
  @discardableResult
  func work(
    workers: [Metrics] = [Metrics()], pulls: Bool = true, within bound: Duration = .seconds(120),
    at location: SourceLocation = #_sourceLocation, until isDone: () async throws -> Bool
  ) async throws -> Bool {
    let crew = try workers.map { try worker(counting: $0) }
    let shops = pulls ? shops : []
    let busy = Task {
      await withTaskGroup(of: Void.self) { group in
        for worker in crew { group.addTask { await worker.run() } }
        for shop in shops {
          let puller = Puller(
            ledger: ledger, shop: shop, pull: pull, cycle: cycle, log: .silent,
            wake: { for worker in crew { worker.wake() } },
            notify: { [notified] in notified.add($0) })
          group.addTask { await puller.run() }
        }
      }
    }
    let result = await eventually(within: bound, isDone)
    busy.cancel()
    await busy.value
    if try result.get() { return true }
    let state = try await story()
    Issue.record("not done within \(bound):\n\(state)", sourceLocation: location)
    return false
  }

  private func eventually(
    within bound: Duration, _ isDone: () async throws -> Bool
  ) async -> Result<Bool, any Error> {
    let ends = ContinuousClock.now + bound
    do {
      while true {
        if try await isDone() { return .success(true) }
        if ContinuousClock.now > ends { return .success(false) }
        try await Task.sleep(for: .milliseconds(15))
      }
    } catch {
      return .failure(error)
    }
  }

  // MARK: Looking

  func orders() async throws -> [String: OrderSummary] {
    let all = try await ledger.orders(OrderFilter(limit: 10_000))
    return Dictionary(all.map { ($0.orderID, $0) }) { first, _ in first }
  }

  func status(_ id: String) async throws -> OrderStatus? { try await orders()[id]?.status }

  /// Whether these orders all have this status.
  func are(_ ids: [String], _ status: OrderStatus) async throws -> Bool {
    let orders = try await orders()
    return ids.allSatisfy { orders[$0]?.status == status }
  }

  /// Answers of a query with one column of text.
  func ask(_ query: String) async throws -> [String?] {
    try await pool.query(Ask(query: query), deadline: .seconds(30))
  }

  func count(_ query: String) async throws -> Int {
    try await ask("select (\(query))::text").first?.flatMap { Int($0) } ?? -1
  }

  private struct Ask: PostgresStatement {
    static let sql = "select ask($1)"
    let query: String
    func bind(_ b: inout PostgresBindings) { b.append(query) }
    static func row(_ r: PostgresRow) throws(PostgresError) -> String? { try r.stringOrNil(0) }
  }

  /// For a failure's message: where everything stands.
  func story() async throws -> String {
    var lines = try await ask(
      """
      select o.order_id || ' ' || o.status || coalesce(' parked: ' || o.parked_reason, '')
        || coalesce(' (' || (select string_agg(e.kind || ' ' || e.state || ': '
          || coalesce(e.outcome, ''), ' | ' order by e.effect_id)
          from effects e where e.subject = o.order_id) || ')', '')
      from orders o order by o.status, o.order_id limit 20
      """)
    lines += try await ask(
      "select endpoint || ' ' || coalesce(status_code::text, '-') || ' ' || coalesce(problem, '')"
        + " || ' ' || count(*)::text from api_calls group by endpoint, status_code, problem")
    return lines.compactMap { $0 }.joined(separator: "\n")
  }

  /// How many requests of a kind the sandbox received.
  func requests(_ call: String) -> Int { sandbox.requests.count { $0.call == call } }
}

/// Each order's way went as it should, everything once; what did not is listed.
func expectShippedOnce(
  _ house: House, _ ids: [String], at location: SourceLocation = #_sourceLocation
) {
  let tally = house.sandbox.tally()
  var wrong: [String] = []
  for id in ids {
    guard let order = tally.orders[id] else {
      wrong.append("\(id) is unknown")
      continue
    }
    let counts = [order.accepts, order.labelsBought, order.labelsLive, order.ships]
    guard order.state != "SHIPPED" || counts != [1, 1, 1, 1] else { continue }
    wrong.append("\(id) \(order.state ?? "-") accepts, bought, live, ships: \(counts)")
  }
  #expect(wrong.isEmpty, sourceLocation: location)
  #expect(tally.violations.isEmpty, sourceLocation: location)
}
