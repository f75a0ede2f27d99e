import Bookings
import CanadaPost
import CustomerService
import HTTPClient
import Kit
import Ledger
import Mirakl
import Operations
import Orders
import PackingBench
import Postgres
import Stock
import Web

/// Everything that is alive in a process: the only place that names live things.
package struct Installation: Sendable {
  let settings: Settings
  let log: Log
  let metrics: Metrics
  let cluster: PrivateCluster?
  let configuration: PostgresConfiguration
  let ledger: Ledger
  let shops: [ShopClients]
  let desk: Desk
  let bookings: BookingService
  private let bookingLedger: Ledger

  enum Schema: Sendable {
    /// The schema must be exactly ours.
    case mustFit
    /// Bring it up to date first.
    case migrates
    /// Whatever it is.
    case any
  }

  /// - Throws: `ClusterError`, `PostgresError` or `SchemaProblem`, each of which says what to do.
  static func open(_ context: Context, schema: Schema = .mustFit) async throws -> Installation {
    let settings = context.settings
    try Folder.make(settings.stateFolder)
    var cluster: PrivateCluster?
    var configuration: PostgresConfiguration
    if settings.database.isEmpty {
      let opened = try await PrivateCluster.open(folder: settings.stateFolder, log: context.log)
      cluster = opened
      configuration = opened.configuration
    } else {
      configuration = try PostgresConfiguration(url: settings.database)
      if let password = configuration.password { Redaction.register([password]) }
    }
    configuration.schema = settings.schema
    do {
      try await prepare(configuration, schema, isOurs: cluster != nil)
    } catch {
      await cluster?.close()
      throw error
    }
    return Installation(context, cluster, configuration)
  }

  /// - Parameter isOurs: a private cluster: an empty database in it gets its schema at once, also
  ///   when an earlier start was killed before it came to that, or another is at it right now.
  private static func prepare(
    _ configuration: PostgresConfiguration, _ schema: Schema, isOurs: Bool
  ) async throws {
    guard schema != .any || isOurs else { return }
    let connection = try await PostgresConnection.open(configuration, deadline: .seconds(30))
    if let name = configuration.schema, schema == .migrates {
      try await connection.script(
        "create schema if not exists \"\(name.replacing("\"", with: ""))\"", deadline: .seconds(10))
    }
    switch schema {
    case .migrates: _ = try await LedgerSchema.migrator.migrate(on: connection)
    case .mustFit, .any:
      switch try await LedgerSchema.migrator.problem(on: connection) {
      case nil: break
      case .missing? where isOurs: _ = try await LedgerSchema.migrator.migrate(on: connection)
      case let problem?: if schema == .mustFit { throw problem }
      }
    }
  }

  /// Of every connection of the ledger.
  package static let sessionSettings = [
    // Every statement of the cycle is a look-up by key. On tables that are small or were never
    // analysed the planner would rather read them whole, and keep that plan while they grow.
    (name: "enable_seqscan", value: "off"),
    (name: "plan_cache_mode", value: "force_generic_plan"),
    // What cannot do without reading a table whole looks dear to it then: that must not make it
    // compile the statement, or start helpers, each time.
    (name: "jit", value: "off"), (name: "max_parallel_workers_per_gather", value: "0"),
    // A process that is frozen in the middle of a change holds the locks of its orders. It decides
    // within milliseconds; whoever takes this long has stopped, and its orders are others' again.
    (name: "idle_in_transaction_session_timeout", value: "2s"),
  ]

  private init(
    _ context: Context, _ cluster: PrivateCluster?, _ configuration: PostgresConfiguration
  ) {
    settings = context.settings
    log = context.log
    metrics = Metrics()
    self.cluster = cluster
    self.configuration = configuration
    var pooled = configuration
    pooled.serverSettings = Self.sessionSettings
    let pool = PostgresPool(pooled, size: settings.connections)
    ledger = Ledger(pool: pool)
    let settings = settings
    shops = settings.shops.map { Self.clients($0, settings) }
    desk = Desk(ledger: ledger, shops: settings.shops, cycle: settings.cycle)
    // Bookings have connections of their own: whoever books never waits for the cycle.
    bookingLedger = Ledger(pool: PostgresPool(pooled, size: settings.connections))
    var bookingSettings = BookingSettings(
      publicURL: settings.publicURL,
      courier: settings.courierCommand.map { .command($0, log: context.log) })
    let notifier = Notifier(
      command: settings.notifyCommand, ledger: bookingLedger, log: context.log)
    bookingSettings.approvalNeeded = { notifier.tellOnce(.approval(of: $0)) }
    bookings = BookingService(
      ledger: bookingLedger, settings: bookingSettings, log: context.log)
  }

  /// To one host, however much is under way: what is more waits for its turn, within its deadline.
  static let connectionsMax = 24

  /// Each shop has a client of its own that can reach its marketplace and its carrier, nothing else.
  private static func clients(_ shop: ShopSettings, _ settings: Settings) -> ShopClients {
    let origins = Set(
      [shop.mirakl.baseURL, shop.carrier.baseURL].compactMap { Origin(url: $0) })
    let http = HTTPClient(
      .init(
        allowedOrigins: origins,
        maxConnectionsPerHost: min(settings.cycle.inFlightMax, Self.connectionsMax),
        userAgent: "Quayside/\(Help.version)", caFile: settings.caFile))
    let cycle = settings.cycle
    return ShopClients(
      settings: shop, mirakl: .live(shop.mirakl, http: http, deadline: cycle.callDeadline),
      carrier: .live(
        shop.carrier, http: http, deadline: cycle.callDeadline,
        purchaseDeadline: cycle.purchaseDeadline))
  }

  /// Tells people what waits for one of them, whatever found it.
  var notifier: Notifier {
    Notifier(command: settings.notifyCommand, ledger: ledger, log: log)
  }

  func openShops() async throws {
    for shop in settings.shops { try await ledger.openShop(shop.id, name: shop.name) }
  }

  func worker(deeds: Set<Deed> = Set(Deed.allCases)) throws -> Worker {
    try Worker(
      ledger: ledger, shops: shops, cycle: settings.cycle, deeds: deeds,
      .init(
        stateFolder: settings.stateFolder,
        labels: LabelStore(
          folder: settings.stateFolder + "/labels", threads: BlockingThreads(count: 4)),
        log: log, metrics: metrics, carrierCallsPerMinute: settings.carrierCallsPerMinute,
        readsMax: settings.readsMax, notify: notifier.notify))
  }

  /// - Parameter worker: of this process: what is pulled, it begins at once.
  func puller(_ shop: ShopClients, worker: Worker? = nil) -> Puller {
    Puller(
      ledger: ledger, shop: shop, pull: settings.pull, cycle: settings.cycle, log: log,
      wake: { worker?.wake() }, openHandover: { worker?.openHandover() },
      notify: notifier.notify)
  }

  /// The bench; a parcel that is closed there lets its order go on.
  var packing: PackingService {
    PackingService(
      ledger: ledger, settings: settings.packing, log: log, notify: notifier.notify
    ) { [desk, log] orderID in
      do { try await desk.goOn(with: orderID) } catch {
        // The reconciler plans it within a minute.
        log.warning(
          "a packed order waits for the reconciler", ["order_id": orderID, "why": "\(error)"])
      }
    }
  }

  /// The web application over this installation.
  func website(title: String, more: [Room] = []) -> Website {
    Website(
      Services(
        desk: desk, metrics: metrics, bookings: bookings, packing: packing,
        customers: customerService()),
      SiteSettings(
        title: title, publicURL: settings.publicURL, isBehindProxy: settings.isBehindProxy,
        rules: settings.signIn), more: more)
  }

  /// - Parameter worker: of this process: what is to be sent, it looks at once.
  func offerKeeper(_ shop: ShopClients, worker: Worker? = nil) -> OfferKeeper {
    OfferKeeper(
      ledger: ledger, shop: shop, cycle: settings.cycle, every: settings.offersEvery, log: log,
      wake: { worker?.wake() })
  }

  var attachments: AttachmentStore { AttachmentStore(stateFolder: settings.stateFolder) }

  /// - Parameter worker: of this process: what is to be sent, it looks at once.
  func inboxRounds(_ shop: ShopClients, worker: Worker? = nil) -> InboxRounds {
    InboxRounds(
      ledger: ledger, shop: shop, settings: settings.inbox, files: attachments, log: log,
      metrics: metrics, wake: { worker?.wake() }, notify: notifier.notify)
  }

  func customerService(worker: Worker? = nil) -> CustomerService {
    CustomerService(
      ledger: ledger, files: attachments, settings: settings.inbox, wake: { worker?.wake() })
  }

  /// What every process does that stays, until the task is cancelled: people are told, and a private
  /// PostgreSQL is started again when it has ended.
  func attend() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await notifier.run() }
      if let cluster { group.addTask { await cluster.keepRunning() } }
      group.addTask {
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(3_600)) }
      }
    }
  }

  /// Pulls, works and listens until the task is cancelled.
  func work(_ worker: Worker, pulls: Bool = true) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await worker.run() }
      group.addTask { await attend() }
      group.addTask { await workOnBookings() }
      group.addTask {
        await PostgresListener(configuration, channel: "quayside_due").run { worker.wake() }
      }
      if pulls {
        for shop in shops {
          group.addTask { await puller(shop, worker: worker).run() }
          if shop.settings.offers != .off {
            group.addTask { await offerKeeper(shop, worker: worker).run() }
          }
          group.addTask { await inboxRounds(shop, worker: worker).run() }
        }
      }
    }
  }

  func close() async {
    await bookingLedger.close()
    await ledger.close()
    await cluster?.close()
  }
}
