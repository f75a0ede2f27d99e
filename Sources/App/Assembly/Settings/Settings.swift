import Assistant
import CanadaPost
import CustomerService
import Effects
import HTTPClient
import Kit
import Ledger
import Mirakl
import Operations
import Orders
import Packing
import PackingBench
import People
import Postgres
import Stock

/// The whole configuration, checked before anything starts.
struct Settings: Sendable {
  var database: String
  var schema: String?
  var stateFolder: String
  var connections: Int
  var listenHost: String
  var listenPort: Int
  var logFormat: String
  var logLevel: String
  var notifyCommand: String?
  /// Without a slash at its end.
  var publicURL: String
  var isBehindProxy: Bool
  var signIn: SignInRules
  var courierCommand: String?
  /// Beside pages of this machine.
  var mcpOrigins: [String]
  var agentKey: String?
  /// `nil` when no model is configured.
  var model: ModelAccount?
  var tail: TailOptions
  var packing: PackingSettings
  var caFile: String?
  var carrierCallsPerMinute: Int
  var readsMax: Int
  var cycle: CycleSettings
  var pull: PullSettings
  /// Between looks at a shop's offers.
  var offersEvery: Duration
  var inbox: InboxSettings
  var shops: [ShopSettings]

  /// - Throws: `SettingsError` naming the key and what it takes.
  init(_ source: SettingsSource) throws(SettingsError) {
    let read = Reader(source: source, shop: nil)
    database = read.text("DATABASE_URL")
    schema = read.optional("SCHEMA")
    stateFolder = Path.absolute(read.text("STATE"))
    connections = try read.int("DATABASE_CONNECTIONS", 2...100)
    let listen = read.text("LISTEN")
    guard let colon = listen.lastIndex(of: ":"),
      let port = Int(listen[listen.index(after: colon)...]),
      (0...65_535).contains(port)
    else { throw SettingsError("QUAYSIDE_LISTEN: expected host:port, got '\(listen)'") }
    listenHost = String(listen[..<colon])
    listenPort = port
    logFormat = try read.choice("LOG", ["auto", "json", "text"])
    logLevel = try read.choice("LOG_LEVEL", ["debug", "info", "warning", "error"])
    notifyCommand = read.optional("NOTIFY_COMMAND")
    var publicURL = read.optional("PUBLIC_URL") ?? "http://\(listen)"
    while publicURL.hasSuffix("/") { publicURL.removeLast() }
    self.publicURL = publicURL
    isBehindProxy = try read.choice("PROXY", ["off", "on"]) == "on"
    signIn = SignInRules()
    signIn.idle = try read.duration("SESSION_IDLE")
    signIn.life = try read.duration("SESSION_LIFE")
    courierCommand = read.optional("COURIER_COMMAND")
    mcpOrigins =
      [publicURL] + read.text("MCP_ORIGINS").split(separator: ",").map { $0.trimmed }
    agentKey = read.optional("AGENT_KEY")
    model = try Self.model(read)
    tail = try TailOptions(read)
    packing = PackingSettings(printer: read.optional("LABEL_PRINTER"))
    if let printer = packing.printer, !PackingSettings.isPrinter(printer) {
      throw SettingsError(
        "QUAYSIDE_LABEL_PRINTER: expected a printer's name as `lpstat -e` lists it, got '\(printer)'"
      )
    }
    caFile = read.optional("CA_FILE")
    carrierCallsPerMinute = try read.int("CARRIER_CALLS_PER_MINUTE", 0...100_000)
    readsMax = try read.int("READS", 1...16)
    cycle = try Self.cycle(read)
    pull = try Self.pull(read)
    offersEvery = try read.duration("OFFERS_EVERY")
    inbox = try Self.inbox(read)
    var shops: [ShopSettings] = []
    for name in try source.shops {
      let own = Reader(source: source, shop: name)
      shops.append(try Self.shop(name, own))
      packing.modes[name] = try Self.packingMode(own)
    }
    self.shops = shops
  }

  private static func model(_ read: Reader) throws(SettingsError) -> ModelAccount? {
    let deadline = try read.duration("MODEL_DEADLINE")
    guard var url = read.optional("MODEL_URL") else { return nil }
    while url.hasSuffix("/") { url.removeLast() }
    guard Origin(url: url) != nil else {
      throw SettingsError("QUAYSIDE_MODEL_URL: expected an address like http://127.0.0.1:11434/v1")
    }
    guard let name = read.optional("MODEL_NAME") else {
      throw SettingsError("QUAYSIDE_MODEL_NAME: name the model that QUAYSIDE_MODEL_URL is to use")
    }
    return ModelAccount(
      url: url, key: read.optional("MODEL_KEY"), name: name, deadline: deadline)
  }

  private static func cycle(_ read: Reader) throws(SettingsError) -> CycleSettings {
    var cycle = CycleSettings()
    cycle.acceptance.firstCheck = try read.duration("ACCEPT_FIRST_CHECK")
    cycle.acceptance.checkEvery = try read.duration("ACCEPT_CHECK_EVERY")
    cycle.acceptance.checksMax = try read.int("ACCEPT_CHECKS", 1...100)
    cycle.acceptWithin = try read.duration("ACCEPT_WITHIN")
    cycle.alarms.before = try read.duration("ALARM_BEFORE")
    cycle.shipping.firstCheck = try read.duration("SHIP_FIRST_CHECK")
    cycle.shipping.checkEvery = try read.duration("SHIP_CHECK_EVERY")
    cycle.purchase.lookups = try read.durations("LOOKUP_WAITS")
    cycle.freshness = try read.duration("FRESHNESS")
    cycle.callDeadline = try read.duration("CALL_DEADLINE")
    cycle.purchaseDeadline = try read.duration("PURCHASE_DEADLINE")
    cycle.lease = try read.duration("LEASE")
    cycle.inFlightMax = try read.int("IN_FLIGHT", 1...100_000)
    if read.optional("WAITS") != nil { cycle.runFast(try read.duration("WAITS")) }
    guard cycle.lease > max(cycle.purchaseDeadline, cycle.callDeadline) else {
      throw SettingsError("QUAYSIDE_LEASE: must be longer than the deadlines of the calls")
    }
    return cycle
  }

  private static func pull(_ read: Reader) throws(SettingsError) -> PullSettings {
    var pull = PullSettings()
    pull.pollEvery = try read.duration("POLL_EVERY")
    guard pull.pollEvery >= .milliseconds(10) else {
      throw SettingsError("QUAYSIDE_POLL_EVERY: the marketplace is not to be asked without a pause")
    }
    pull.pollOverlap = try read.duration("POLL_OVERLAP")
    pull.sweepEvery = try read.duration("SWEEP_EVERY")
    pull.sweepBack = try read.duration("SWEEP_BACK")
    pull.firstLookBack = try read.duration("FIRST_LOOK_BACK")
    pull.rereadAfter = try read.duration("REREAD_AFTER")
    return pull
  }

  private static func inbox(_ read: Reader) throws(SettingsError) -> InboxSettings {
    var inbox = InboxSettings()
    inbox.pullEvery = try read.duration("MESSAGES_EVERY")
    inbox.pullOverlap = try read.duration("MESSAGES_OVERLAP")
    inbox.firstLookBack = try read.duration("MESSAGES_FIRST_LOOK_BACK")
    inbox.answerWithin = try read.duration("ANSWER_WITHIN")
    return inbox
  }

  private static func shop(_ name: String, _ read: Reader) throws(SettingsError) -> ShopSettings {
    let sender = Address.normalized(
      name: read.text("SENDER_NAME"), company: read.text("SENDER_COMPANY"), additional: nil,
      line1: read.text("SENDER_LINE1"), line2: read.optional("SENDER_LINE2"),
      city: read.text("SENDER_CITY"), province: read.text("SENDER_PROVINCE"),
      postalCode: read.text("SENDER_POSTAL_CODE"), country: "CA", phone: read.text("SENDER_PHONE"),
      email: read.optional("SENDER_EMAIL"))
    let size = read.text("PARCEL_SIZE_MM").split(separator: "x").compactMap { Int($0) }
    guard size.count == 3, size.allSatisfy({ (1...9_999).contains($0) }) else {
      throw SettingsError("QUAYSIDE_PARCEL_SIZE_MM: expected LENGTHxWIDTHxHEIGHT in millimetres")
    }
    let policy = try read.choice("UNKNOWN_SKU", ["auto", "accept", "hold", "refuse"])
    let contract = read.optional("CANADAPOST_CONTRACT")
    let shipAfter = try read.choice("SHIP_AFTER", ["auto", "label", "packing"])
    let mode = try packingMode(read)
    var shop = ShopSettings(
      id: name, name: read.optional("NAME") ?? name,
      mirakl: MiraklAccount(
        shopID: name, baseURL: read.text("MIRAKL_URL"), apiKey: read.text("MIRAKL_API_KEY"),
        miraklShopID: try miraklShopID(read)),
      carrier: CanadaPostAccount(
        baseURL: read.text("CANADAPOST_URL"), user: read.text("CANADAPOST_USER"),
        password: read.text("CANADAPOST_PASSWORD"),
        customerNumber: read.text("CANADAPOST_CUSTOMER"),
        kind: contract.map {
          .contract(contractID: $0, methodOfPayment: read.text("CANADAPOST_PAYMENT"))
        } ?? .nonContract),
      parcels: ParcelSettings(
        sender: sender, weightGrams: try read.int("PARCEL_GRAMS", 1...30_000), lengthMM: size[0],
        widthMM: size[1], heightMM: size[2], serviceCode: read.text("SERVICE_CODE"),
        expressServiceCode: read.text("EXPRESS_SERVICE_CODE"),
        expressTypes: Set(read.text("EXPRESS_TYPES").split(separator: ",").map(\.trimmed)),
        groupPrefix: read.text("GROUP_PREFIX")),
      unknownSKUs: OrderIntake.UnknownSKUPolicy(rawValue: policy) ?? .auto,
      acceptance: try acceptance(read),
      carrierCode: read.text("MIRAKL_CARRIER_CODE"),
      shipAfter: ShipAfter(rawValue: shipAfter) ?? (mode == .block ? .packing : .label))
    shop.offers =
      OfferPolicy(rawValue: try read.choice("OFFERS", OfferPolicy.allCases.map(\.rawValue))) ?? .off
    return shop
  }

  private static func miraklShopID(_ read: Reader) throws(SettingsError) -> Int64? {
    guard let text = read.optional("MIRAKL_SHOP_ID") else { return nil }
    guard let id = Int64(text), id > 0 else {
      throw SettingsError(
        "QUAYSIDE_MIRAKL_SHOP_ID: expected the shop's number at the marketplace, got '\(text)'")
    }
    return id
  }

  private static func packingMode(_ read: Reader) throws(SettingsError) -> PackingMode {
    let name = try read.choice("PACKING", PackingMode.allCases.map(\.rawValue))
    return PackingMode(rawValue: name) ?? .warn
  }

  private static func acceptance(_ read: Reader) throws(SettingsError) -> AcceptancePolicy {
    func answer(_ key: String) throws(SettingsError) -> AcceptancePolicy.Answer {
      let name = try read.choice(key, AcceptancePolicy.Answer.allCases.map(\.rawValue))
      return AcceptancePolicy.Answer(rawValue: name) ?? .accept
    }
    let most = try read.int("LINE_UNITS_MAX", 0...1_000_000)
    return AcceptancePolicy(
      onShortStock: try answer("SHORT_STOCK"), onPriceGap: try answer("PRICE_GAP"),
      priceGapPercent: try read.int("PRICE_GAP_PERCENT", 0...100),
      onManyUnits: try answer("MANY_UNITS"), lineUnitsMax: most == 0 ? nil : most)
  }

  /// Values that must never be printed.
  var secrets: [String] {
    (shops.flatMap { [$0.mirakl.apiKey, $0.carrier.password, $0.carrier.user] }
      + [agentKey, model?.key, tail.ntfyToken].compactMap(\.self)).filter { $0.count >= 4 }
  }

  /// Reads typed values and says what is wrong in the key's own name.
  struct Reader {
    let source: SettingsSource
    let shop: String?

    func text(_ name: String) -> String { source.value(name, shop: shop) }

    func optional(_ name: String) -> String? {
      let value = text(name)
      return value.isEmpty ? nil : value
    }

    func int(_ name: String, _ range: ClosedRange<Int>) throws(SettingsError) -> Int {
      guard let value = Int(text(name)), range.contains(value) else {
        throw SettingsError(
          "QUAYSIDE_\(name): expected a whole number from \(range.lowerBound) to \(range.upperBound), got '\(text(name))'"
        )
      }
      return value
    }

    func duration(_ name: String) throws(SettingsError) -> Duration {
      guard let value = Duration(text: text(name)), value >= .zero else {
        throw SettingsError(
          "QUAYSIDE_\(name): expected a time like 500ms, 60s, 5m, 1h; got '\(text(name))'")
      }
      return value
    }

    func durations(_ name: String) throws(SettingsError) -> [Duration] {
      let values = text(name).split(separator: ",").map { Duration(text: $0.trimmed) }
      guard !values.isEmpty, values.allSatisfy({ $0 != nil }) else {
        throw SettingsError("QUAYSIDE_\(name): expected times separated by commas, like 30s,90s")
      }
      return values.compactMap(\.self)
    }

    func choice(_ name: String, _ values: [String]) throws(SettingsError) -> String {
      guard values.contains(text(name)) else {
        throw SettingsError(
          "QUAYSIDE_\(name): expected \(values.joined(separator: ", ")); got '\(text(name))'")
      }
      return text(name)
    }
  }
}
