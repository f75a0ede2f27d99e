import BookingTail
import Google
import HTTP
import HTTPClient
import Kit
import OrderSheet
import Push
import Sandbox
import Testing

/// A seller with a sheet and a telephone, and the simulated outside.
struct Seller {
  let sandbox: Sandbox
  let http: HTTPClient
  let clock: TestClock
  let account: ServiceAccount
  /// Calls for tokens, and calls that were made again.
  let basket = Basket()
  let accounts: GoogleAccounts

  static let business = "acme"
  static let topic = "acme-orders"

  static func run(
    _ change: (inout SandboxSettings) -> Void = { _ in }, _ body: (Seller) async throws -> Void
  ) async throws {
    let clock = TestClock()
    var settings = SandboxSettings()
    settings.now = { clock.now }
    change(&settings)
    let sandbox = try Sandbox.start(settings: settings)
    do {
      try await body(try Seller(sandbox, clock))
    } catch {
      await sandbox.stop()
      throw error
    }
    await sandbox.stop()
  }

  private init(_ sandbox: Sandbox, _ clock: TestClock) throws {
    self.sandbox = sandbox
    self.clock = clock
    let endpoints = GoogleEndpoints(all: sandbox.baseURL)
    http = HTTPClient(HTTPClient.Configuration(allowedOrigins: endpoints.origins))
    let file = try #require(sandbox.serviceAccountFile)
    account = try ServiceAccount(file: Array(file.utf8))
    let basket = basket
    accounts = GoogleAccounts(
      endpoints, http: http, surroundings: Self.surroundings(clock), record: { basket.add($0) })
  }

  /// Randomness is fixed: the back-off's random share is always the same.
  static func surroundings(_ clock: TestClock) -> Surroundings {
    var surroundings = Surroundings.live
    surroundings.now = { clock.now }
    surroundings.random = { Array(repeating: 128, count: $0) }
    return surroundings
  }

  var sheet: SheetDestination {
    accounts.sheet(of: sandbox.settings.spreadsheetID, for: account)
  }

  var ntfy: PushSender {
    .ntfy(
      .live(
        url: sandbox.baseURL + "/ntfy", token: sandbox.settings.ntfyToken, http: http,
        deadline: .seconds(60)),
      topic: Self.topic)
  }

  var fcm: PushSender { accounts.messages(to: .device("sandbox-device"), for: account) }

  func tail(
    push: PushSender? = nil, sheet: SheetDestination? = nil,
    _ change: (inout TailSettings) -> Void = { _ in }
  ) -> BookingTail {
    var settings = TailSettings()
    change(&settings)
    let sender = push ?? ntfy
    let destination = sheet ?? self.sheet
    return BookingTail(
      TailDestinations(
        sheet: { $0 == Self.business ? destination : nil },
        push: { $0 == Self.business ? sender : nil }),
      settings: settings, surroundings: Self.surroundings(clock))
  }

  /// What a person does to the sheet, or another control of Google's.
  @discardableResult
  func control(_ method: String, _ path: String, _ body: String? = nil) async throws -> JSONValue? {
    let response = try await http.send(
      HTTPClientRequest(
        method: method, url: "\(sandbox.baseURL)/control/google/\(path)",
        body: body.map { Array($0.utf8) } ?? (method == "POST" ? [] : nil)))
    try #require((200..<300).contains(response.status), "\(method) \(path): \(response.status)")
    return try? JSONValue.parse(response.body)
  }

  func person(_ act: String, _ body: String) async throws {
    try await control("POST", "sheets/\(sandbox.settings.spreadsheetID)/\(act)", body)
  }

  /// The sheet's rows as text, as they are.
  func rows() async throws -> [[String]] {
    let found = try await control("GET", "sheets/\(sandbox.settings.spreadsheetID)")
    let rows = found?["sheets"]?.elements.first?["rows"]?.elements ?? []
    return rows.map { $0.elements.map { $0.text ?? "" } }
  }

  func row(_ id: String) async throws -> [String]? {
    try await rows().first { $0.first == id }
  }

  func booking(_ id: String) -> SandboxTally.Booking {
    sandbox.tally().bookings[id] ?? SandboxTally.Booking()
  }
}
