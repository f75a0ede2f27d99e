import Cryptography
import CustomerService
import HTTPServer
import Inventory
import Kit
import Ledger
import Operations
import Orders
import People
import Postgres
import Sandbox
import Stock
import Web

extension Command {
  static let demo = Command(
    name: "demo", summary: "60 orders from placed to shipped, against a sandbox, before your eyes.",
    usage: "demo [--once] [--real-time]",
    details: """
      Starts a private PostgreSQL, the sandbox and Quayside in a folder of its own, sends 60 orders of
      many kinds through the whole cycle while answers get lost, and prints what happened. Then
      everything stays up, with its pages, until Ctrl-C; with --once it ends, with exit status 0 only
      if every order ended as it should.
      """,
    options: [
      .init(name: "once", meaning: "end after the table"),
      .init(
        name: "real-time", meaning: "keep the real waits (60 s before an acceptance is read back)"),
      .init(name: "orders", value: "N", meaning: "how many (60)"),
      .init(name: "seed", value: "N", meaning: "decides orders and faults (1)"),
    ]
  ) { arguments, context in
    let count = try arguments.int("orders", or: 60, in: 10...5_000)
    let seed = UInt64(try arguments.int("seed", or: 1, in: 0...1_000_000))
    let demo = try await Demo.start(
      context, orders: count, seed: seed, isRealTime: arguments.has("real-time"))
    context.print("Pages: \(demo.url)  Sign in as demo with the password \(demo.password)\n")
    let isFine = await demo.play()
    if !arguments.has("once") {
      context.print(
        """

        Everything is still running: \(demo.url)  (Ctrl-C ends it)
        Sign in as demo with the password \(demo.password)
        """)
      await until(Shutdown.signals()) {
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(3_600)) }
      }
    }
    await demo.stop()
    return isFine ? ExitStatus.fine : ExitStatus.trouble
  }
}

/// One show: its own database, its own outside world.
struct Demo: Sendable {
  let installation: Installation
  let sandbox: Sandbox
  let server: HTTPServer
  let kinds: [String: OrderKind]
  let work: Task<Void, Never>
  let isRealTime: Bool
  /// Of the account `demo`, made for this show.
  let password: String

  var url: String { "http://127.0.0.1:\(server.port)/" }

  static func start(
    _ context: Context, orders count: Int, seed: UInt64, isRealTime: Bool
  ) async throws -> Demo {
    var world = SandboxSettings()
    world.seed = seed
    world.acceptDelay = isRealTime ? .seconds(5) : .milliseconds(150)
    world.debitDelay = isRealTime ? .seconds(20) : .milliseconds(250)
    world.paymentDelay = isRealTime ? .seconds(20) : .milliseconds(350)
    let sandbox = try Sandbox.start(settings: world)
    let kinds = cast(of: count)
    let added = kinds.flatMap { sandbox.addOrders(count: 1, kinds: [$0]) }
    sandbox.setDials(trouble, seed: seed)
    var context = context
    context.settings.becomeDemo(sandbox, isRealTime: isRealTime)
    context.log.level = .error
    let log = context.settings.stateFolder + "/demo.log"
    try Folder.make(context.settings.stateFolder)
    context.log = Log(level: .info, format: .json, sink: FileSink(log).write)
    let installation = try await Installation.open(context, schema: .any)
    try await installation.beginAnew()
    try await installation.openShops()
    for item in SandboxCatalogue.items {
      try await installation.ledger.map(
        shopSKU: item.sku, to: item.sku, title: item.title, weightGrams: item.grams)
    }
    try await DemoStock.fill(Inventory(ledger: installation.ledger))
    let password = Password.random()
    let owner = NewPerson(
      name: "demo", fullName: "Demo Owner", role: .owner,
      passwordHash: try await Scrypt.hash(password))
    _ = try await installation.ledger.add(owner, by: .commandLine("demo"))
    let talks = try await DemoTalks.begin(installation, sandbox)
    let site = installation.website(
      title: "Quayside demo",
      more: [.demo(DemoButtons(sandbox: sandbox).acts), .assistant(talks.desk)])
    let answer: HTTPServer.Handler = { await site.answer($0) }
    let server =
      try (try? HTTPServer.start(port: context.settings.listenPort, handler: answer))
      ?? HTTPServer.start(port: 0, handler: answer)
    DemoCustomers(sandbox: sandbox).writeFirst(about: added.map(\.id))
    try await DemoCustomers.armRule(installation)
    let worker = try installation.worker()
    let work = Task { await installation.work(worker) }
    return Demo(
      installation: installation, sandbox: sandbox, server: server,
      kinds: Dictionary(uniqueKeysWithValues: added.map { ($0.id, $0.kind) }), work: work,
      isRealTime: isRealTime, password: password)
  }

  /// Mostly ordinary orders, and one of every trouble.
  private static func cast(of count: Int) -> [OrderKind] {
    let special = OrderKind.special
    return (0..<count).map { i in
      let isSpecial = i % max(1, count / special.count) == 3
      return isSpecial
        ? special[i / max(1, count / special.count) % special.count]
        : OrderKind.normal[i % OrderKind.normal.count]
    }
  }

  /// What goes wrong outside while the show is on.
  private static let trouble: [FaultRule] = [
    FaultRule(call: "create_shipment", fault: .answerLost, probability: 0.08, timesEach: 1),
    FaultRule(call: "artifact", fault: .notReady, probability: 0.3, times: 2),
    FaultRule(call: "accept", fault: .answerLost, probability: 0.05, timesEach: 1),
    FaultRule(call: "ship", fault: .html502, probability: 0.06, timesEach: 1, when: .after),
    FaultRule(call: "tracking", fault: .throttled, times: 1, retryAfter: 1),
    FaultRule(call: "create_shipment", fault: .slow, probability: 0.5, ms: 120),
  ]

  func play() async -> Bool {
    let board = Board(kinds: kinds, isRealTime: isRealTime)
    let begun = ContinuousClock.now
    let limit: Duration = isRealTime ? .minutes(20) : .seconds(60)
    var isHelped = false
    while ContinuousClock.now - begun < limit {
      let orders = (try? await installation.ledger.orders(OrderFilter(limit: 10_000))) ?? []
      board.show(orders, after: ContinuousClock.now - begun)
      if !isHelped, orders.contains(where: { $0.parkedReason?.contains("SKU") == true }),
        orders.filter({ $0.status == .shipped }).count > kinds.count / 4
      {
        isHelped = true
        await helpWithSKUs(orders)
      }
      if orders.count >= kinds.count, orders.allSatisfy({ hasEnded($0) }) { break }
      try? await Task.sleep(for: .milliseconds(100))
    }
    let orders = (try? await installation.ledger.orders(OrderFilter(limit: 10_000))) ?? []
    board.show(orders, after: ContinuousClock.now - begun, isLast: true)
    let story = Story(
      orders: orders, kinds: kinds, tally: sandbox.tally(), took: ContinuousClock.now - begun,
      labelsFolder: installation.settings.stateFolder)
    Terminal.write(story.text)
    return story.isFine
  }

  /// What a person would do meanwhile: say what the unknown SKU is.
  private func helpWithSKUs(_ orders: [OrderSummary]) async {
    for order in orders where order.parkedReason?.hasPrefix("unknown SKU ") == true {
      let sku = String(order.parkedReason?.dropFirst("unknown SKU ".count) ?? "")
      try? await installation.ledger.map(shopSKU: sku, to: sku, weightGrams: 500)
    }
    for shop in installation.shops {
      _ = try? await Intake(
        ledger: installation.ledger, shop: shop.settings, cycle: installation.settings.cycle
      ).reconsiderParked(correlationID: "catalogue/\(UUIDv7.make().text)")
    }
    await installation.ledger.announce()
  }

  private func hasEnded(_ order: OrderSummary) -> Bool {
    Story.Ending(of: kinds[order.orderID] ?? .single).isReached(
      by: order, tally: sandbox.tally().orders[order.orderID])
  }

  func stop() async {
    work.cancel()
    await work.value
    await server.stop()
    await installation.close()
    await sandbox.stop()
  }
}

extension Settings {
  /// Everything outside is the sandbox; the state is a folder of the demo's own.
  mutating func becomeDemo(_ sandbox: Sandbox, isRealTime: Bool) {
    stateFolder += "/demo"
    database = ""
    schema = nil
    if !isRealTime { cycle.runFast(.milliseconds(300)) }
    carrierCallsPerMinute = 0
    inbox.pullEvery = isRealTime ? .seconds(15) : .seconds(1)
    inbox.tick = .seconds(1)
    pull.pollEvery = isRealTime ? .seconds(5) : .milliseconds(200)
    pull.rereadAfter = isRealTime ? .seconds(30) : .seconds(1)
    offersEvery = isRealTime ? .seconds(60) : .seconds(5)
    shops = [ShopSettings.sandboxed(sandbox.settings, url: sandbox.baseURL)]
    shops[0].offers = .together
  }
}
