import HTTP
import HTTPServer
public import Kit

/// The outside world in a box: the marketplace under `/api`, the carrier under `/rs` and `/vis`,
/// Google under `/token`, `/v4` and `/v1`, a push server under `/ntfy`, a language model under `/llm`, and
/// the hand that moves them under `/control`, all on one port and all in memory.
///
/// Written from the contracts of the services, not from our clients: it is the other side.
/// What the control endpoints do can also be done in process, with the methods below.
public final class Sandbox: Sendable {
  /// An order that was added.
  public struct AddedOrder: Sendable {
    public let id: String
    public let kind: OrderKind
  }

  /// Of a request's body: thousands of orders given as JSON must fit.
  static let mostBytes = 64 * 1024 * 1024

  public let settings: SandboxSettings
  private let world: World
  private let server: HTTPServer
  private let host: String

  /// Starts to serve. Port 0 takes a free one.
  public static func start(
    host: String = "127.0.0.1", port: Int = 0, settings: SandboxSettings = SandboxSettings()
  ) throws -> Sandbox {
    let world = World(settings: settings)
    let server = try HTTPServer.start(
      host: host, port: port, limits: HTTPServerLimits(bodyBytes: mostBytes)
    ) { request in
      await world.answer(request).response
    }
    return Sandbox(settings: settings, world: world, server: server, host: host)
  }

  private init(settings: SandboxSettings, world: World, server: HTTPServer, host: String) {
    self.settings = settings
    self.world = world
    self.server = server
    self.host = host
  }

  public var port: Int { server.port }

  /// Such as `http://127.0.0.1:40123`; both services and the controls live here.
  public var baseURL: String { "http://\(host):\(server.port)" }

  public func stop() async {
    await server.stop()
  }

  /// Invents `count` orders of the shop with the marketplace's number `shop` (the first one when
  /// nil), taking the kinds in turn; no kinds means the ordinary ones.
  @discardableResult
  public func addOrders(
    count: Int, kinds: [OrderKind] = [], shop: Int64? = nil
  ) -> [AddedOrder] {
    world.market.invent(count: count, kinds: kinds, shop: index(shop)).map {
      AddedOrder(id: $0.id, kind: $0.kind)
    }
  }

  /// Adds an order in OR11's shape; false when it has no `order_id`, or one that exists.
  @discardableResult
  public func addOrder(_ json: JSONValue, shop: Int64? = nil) -> Bool {
    (try? world.market.add(json, shop: index(shop))) != nil
  }

  /// What the marketplace shows of a shop's offers: quantity by SKU.
  public func offers(shop: Int64? = nil) -> [String: Int64] {
    world.shelf.enter { state, _ in state.offers[index(shop)].mapValues(\.quantity) }
  }

  /// Makes an offer, or changes its quantity, as somebody would by hand.
  public func setOffer(_ sku: String, quantity: Int64, shop: Int64? = nil) {
    world.shelf.add(sku, quantity: quantity, shop: index(shop))
  }

  /// Cancels as the customer would; false when the order is over, shipped or unknown.
  @discardableResult
  public func cancel(_ order: String) -> Bool {
    world.market.cancelFromOutside(order)
  }

  /// Cancels one line of an order that goes on (OR30, by hand); lines count from 0. False when there is
  /// no such order or line.
  @discardableResult
  public func cancelLine(_ line: Int, of order: String) -> Bool {
    world.market.cancelLine(line, of: order)
  }

  /// A customer writes: in a thread that there is, or in a new one, about an order or about none.
  /// - Returns: the thread's id; nil when there is no such thread.
  @discardableResult
  public func write(
    _ body: String, thread: String? = nil, order: String? = nil, topic: String? = nil,
    customer: String? = nil, at: Timestamp? = nil,
    files: [(name: String, bytes: [UInt8])] = []
  ) -> String? {
    world.write(
      body: body, thread: thread, order: order, topic: topic, customer: customer, at: at,
      files: files)?.thread
  }

  /// The marketplace itself writes to the shop.
  @discardableResult
  public func writeAsOperator(_ body: String, thread: String? = nil) -> String? {
    world.write(body: body, thread: thread, from: .operator)?.thread
  }

  /// One of the shop writes on the marketplace's own pages.
  @discardableResult
  public func writeAsShop(_ body: String, thread: String, at: Timestamp? = nil) -> String? {
    world.write(body: body, thread: thread, from: .shop, at: at)?.thread
  }

  /// Replaces all dials. No rules means a quiet world.
  public func setDials(_ rules: [FaultRule], seed: UInt64? = nil) {
    world.dials.set(rules, seed: seed)
  }

  /// How often each dial has fired, in the order of the rules.
  public var dialsFired: [Int] { world.dials.rules.fired }

  /// The key file of the simulated service account, as JSON; nil when no key could be made.
  public var serviceAccountFile: String? { world.google.keyFile(origin: baseURL)?.text }

  /// What the language model says next, as `PUT /control/model` takes it.
  public func script(model lines: [JSON], repeats: Bool = false) {
    let values = lines.compactMap { try? JSONValue.parse($0.bytes) }
    world.model.set(values, repeats: repeats)
  }

  /// Bodies of what the language model was asked, oldest first.
  public var modelRequests: [String] { world.model.requests }

  public func tally() -> SandboxTally { world.tally() }

  /// The last requests, oldest first.
  public var requests: [SandboxRequest] { world.log.last.requests }

  /// Forgets all orders, labels, requests and dials.
  public func reset() { world.reset() }

  private func index(_ shop: Int64?) -> Int {
    shop.flatMap { id in settings.shops.firstIndex { $0.id == id } } ?? 0
  }
}
