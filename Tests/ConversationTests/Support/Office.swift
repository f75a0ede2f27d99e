import CanadaPost
import ClusterStage
import CustomerService
import Effects
import Glibc
import HTTP
import HTTPClient
import Kit
import Ledger
import Mirakl
import Operations
import Orders
import People
import Postgres
import Sandbox
import Synchronization
import Testing

/// Customer service with a database of its own and an outside world of its own.
struct Office: Sendable {
  static let kim = Actor(personID: nil, name: "kim", address: "127.0.0.1")
  static let ola = Actor(personID: nil, name: "ola", address: "127.0.0.1")

  let sandbox: Sandbox
  let pool: PostgresPool
  let ledger: Ledger
  let shop: ShopClients
  let cycle: CycleSettings
  let inbox: InboxSettings
  let folder: String
  let service: CustomerService
  let told = Told()

  /// What people were told.
  final class Told: Sendable {
    private let all = Mutex<[ProcessFailure]>([])
    func add(_ failures: [ProcessFailure]) { all.withLock { $0 += failures } }
    var failures: [ProcessFailure] { all.withLock { $0 } }
  }

  static func with(
    _ change: (inout InboxSettings) -> Void = { _ in },
    world: (inout SandboxSettings) -> Void = { _ in },
    _ body: (Office) async throws -> Void
  ) async throws {
    let configuration = try await TestCluster.shared.database()
    let folder = try Leftovers.folder("quayside-office")
    var settings = InboxSettings()
    change(&settings)
    var sandboxSettings = SandboxSettings()
    world(&sandboxSettings)
    let sandbox = try Sandbox.start(settings: sandboxSettings)
    let office = Office(sandbox, configuration, settings, folder)
    do {
      try await office.ledger.openShop("main", name: "Sandbox Shop")
      try await body(office)
      // Trouble that never came would show nothing.
      #expect(office.sandbox.dialsFired.allSatisfy { $0 > 0 }, "a fault never struck")
    } catch {
      await office.close()
      throw error
    }
    await office.close()
  }

  private init(
    _ sandbox: Sandbox, _ configuration: PostgresConfiguration, _ settings: InboxSettings,
    _ folder: String
  ) {
    self.sandbox = sandbox
    self.folder = folder
    pool = PostgresPool(configuration, size: 6)
    ledger = Ledger(pool: pool, limits: .patient)
    var cycle = CycleSettings()
    cycle.runFast(.milliseconds(20))
    self.cycle = cycle
    inbox = settings
    let world = sandbox.settings
    let account = MiraklAccount(
      shopID: "main", baseURL: sandbox.baseURL, apiKey: world.shops[0].apiKey,
      miraklShopID: world.shops[0].id)
    let carrier = CanadaPostAccount(
      baseURL: sandbox.baseURL, user: world.carrierUser, password: world.carrierPassword,
      customerNumber: world.customerNumber, kind: .nonContract)
    let http = HTTPClient(
      .init(allowedOrigins: Set([Origin(url: sandbox.baseURL)].compactMap { $0 })))
    shop = ShopClients(
      settings: ShopSettings(
        id: "main", name: "Sandbox Shop", mirakl: account, carrier: carrier,
        parcels: ParcelSettings(
          sender: Address(
            name: "Shipping desk", company: "Example Laptops", line1: "9 Sample Road",
            city: "Halifax", province: "NS", postalCode: "B3J1A1", phone: "902-555-0199",
            email: "shipping@example.com"))),
      mirakl: .live(account, http: http, deadline: cycle.callDeadline),
      carrier: .live(
        carrier, http: http, deadline: cycle.callDeadline,
        purchaseDeadline: cycle.purchaseDeadline))
    service = CustomerService(
      ledger: ledger, files: AttachmentStore(stateFolder: folder), settings: settings)
  }

  private func close() async {
    await ledger.close()
    await sandbox.stop()
    Folder.remove(folder)
  }

  // MARK: Working

  var rounds: InboxRounds {
    InboxRounds(
      ledger: ledger, shop: shop, settings: inbox,
      files: AttachmentStore(stateFolder: folder), log: .silent, metrics: Metrics(), wake: {},
      notify: { told.add($0) })
  }

  @discardableResult
  func pull() async throws -> MessagePullReport {
    let report = await rounds.pass()
    if let problem = report.problem { throw Trouble(problem) }
    return report
  }

  func worker(deeds: Set<Deed> = Set(Deed.allCases)) throws -> Worker {
    try Worker(
      ledger: ledger, shops: [shop], cycle: cycle, deeds: deeds,
      .init(
        stateFolder: folder,
        labels: LabelStore(folder: folder + "/labels", threads: BlockingThreads(count: 1)),
        log: .silent, metrics: Metrics(), carrierCallsPerMinute: 0, readsMax: 4,
        notify: { _ in }))
  }

  /// Sends what is due and follows it through.
  @discardableResult
  func send(
    deeds: Set<Deed> = Set(Deed.allCases), within limit: Duration = .seconds(120)
  ) async throws -> Bool {
    try await worker(deeds: deeds).drain(waits: true, within: limit)
  }

  /// Orders, so that customers have something to write about.
  func pullOrders() async throws {
    var pull = PullSettings()
    pull.pollEvery = .milliseconds(20)
    let report = await Puller(
      ledger: ledger, shop: shop, pull: pull, cycle: cycle, log: .silent, wake: {}
    ).pass(.poll)
    if let problem = report.problem { throw Trouble(problem) }
  }

  // MARK: Looking

  func conversation(_ thread: String) async throws -> Int64 {
    try #require(try await ledger.conversation(ofThread: thread))
  }

  func page(_ thread: String) async throws -> ThreadPage {
    try #require(try await ledger.thread(try await conversation(thread)))
  }

  func tally(_ thread: String) throws -> SandboxTally.Thread {
    try #require(sandbox.tally().threads[thread])
  }

  @discardableResult
  func reply(
    _ text: String, in thread: String, by actor: Actor = Office.kim, key: String? = nil,
    seen: Int64? = nil, files: [ReplyRequest.File] = []
  ) async throws -> Int64 {
    try await service.reply(
      ReplyRequest(
        conversationID: try await conversation(thread), body: text, lastSeen: seen,
        formKey: key ?? UUIDv7.make().text, files: files), by: actor)
  }

  /// Answers of a query with one column of text.
  func ask(_ query: String) async throws -> [String] {
    let rows = try await pool.query(Ask(query: query), deadline: .seconds(30))
    return rows.compactMap { $0 }
  }

  func count(_ query: String) async throws -> Int {
    try await ask("select (\(query))::text").first.flatMap { Int($0) } ?? -1
  }

  func run(_ sql: String) async throws {
    try await pool.withConnection(deadline: .seconds(10)) {
      (connection) async throws(PostgresError) in
      try await connection.script(sql, deadline: .seconds(30))
    }
  }

  private struct Ask: PostgresStatement {
    static let sql = "select ask($1)"
    let query: String
    func bind(_ b: inout PostgresBindings) { b.append(query) }
    static func row(_ r: PostgresRow) throws(PostgresError) -> String? { try r.stringOrNil(0) }
  }
}

struct Trouble: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
