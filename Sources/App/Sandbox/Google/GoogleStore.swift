import Cryptography
import Kit
import Synchronization

/// Spreadsheets, tokens and messages of the simulated Google and push server. Thread-safe; nothing
/// in it waits.
final class GoogleStore: Sendable {
  struct Spreadsheet: Sendable {
    var id: String
    /// Shared with the service account as an editor.
    var isShared = true
    var sheets: [SimulatedSheet]
  }

  /// A message that was taken.
  struct Push: Sendable {
    var service: String
    var order: String
    var event: String
    /// The device or the topic.
    var to: String
    var title: String
    var body: String
    var id: String
    var at: Timestamp
  }

  struct Token: Sendable {
    var scopes: Set<String>
    var until: Timestamp
  }

  struct State {
    var spreadsheets: [String: Spreadsheet]
    var tokens: [String: Token] = [:]
    var tokensGiven = 0
    var pushes: [Push] = []
    /// Calls that wrote an order's row, whatever became of the row.
    var writes: [String: Int] = [:]
  }

  let settings: SandboxSettings
  private let state: Mutex<State>
  /// The service account's key, made once for all sandboxes of a process: it takes its time.
  private static let sharedKey: RSAKeyPair? = try? RSAKeyPair.make()

  init(settings: SandboxSettings) {
    self.settings = settings
    state = Mutex(Self.fresh(settings))
  }

  private static func fresh(_ settings: SandboxSettings) -> State {
    let id = settings.spreadsheetID
    return State(spreadsheets: [
      id: Spreadsheet(id: id, sheets: [SimulatedSheet(title: "Orders")])
    ])
  }

  func enter<R: Sendable>(_ body: (inout State) -> R) -> R { state.withLock { body(&$0) } }

  /// The key stays: files that were given out keep working.
  func reset() { state.withLock { $0 = Self.fresh(settings) } }

  /// nil when the library makes none.
  func key() -> RSAKeyPair? { Self.sharedKey }
}
