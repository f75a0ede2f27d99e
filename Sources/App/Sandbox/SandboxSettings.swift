public import Kit

/// How the simulated outside world is set up: its accounts, its pace and its habits.
///
/// The defaults are a quiet world: two shops, one carrier account, no faults, no waiting. Faults
/// are not settings but dials (`FaultRule`), because they change while the world runs.
public struct SandboxSettings: Sendable {
  /// One seller account of the marketplace.
  public struct Shop: Sendable, Equatable {
    /// The marketplace's own shop number, what `shop_id` names in a query.
    public var id: Int64
    public var name: String
    /// The bare key of the `Authorization` header. Two shops may share a key; the first one with it
    /// is the one that a call without `shop_id` means.
    public var apiKey: String

    public init(id: Int64, name: String, apiKey: String) {
      self.id = id
      self.name = name
      self.apiKey = apiKey
    }
  }

  /// Which of the carrier's two kinds of account is served.
  public enum CarrierKind: String, Sendable { case contract, nonContract, both }

  /// How the content stream of a label PDF is written.
  public enum LabelStream: String, Sendable { case plain, deflated, mixed }

  /// At most `calls` in any window of `per`.
  public struct RateLimit: Sendable, Equatable {
    public var calls: Int
    public var per: Duration
    public init(calls: Int, per: Duration) {
      self.calls = calls
      self.per = per
    }
  }

  // Marketplace.
  public var shops = [
    Shop(id: 2001, name: "Sandbox Shop", apiKey: "sandbox-key"),
    Shop(id: 2002, name: "Sandbox Second Shop", apiKey: "sandbox-key-2"),
  ]
  /// From the accept call to WAITING_DEBIT being visible; zero means with the answer.
  public var acceptDelay = Duration.zero
  /// From WAITING_DEBIT to WAITING_DEBIT_PAYMENT.
  public var debitDelay = Duration.zero
  /// From WAITING_DEBIT_PAYMENT to SHIPPING, when the addresses appear.
  public var paymentDelay = Duration.zero
  /// An order that nobody answers for so long becomes REFUSED.
  public var acceptanceTimer = Duration.seconds(24 * 3600)
  /// How long after its first reading an order of a `..._then_heals` kind becomes whole.
  public var healDelay = Duration.milliseconds(500)
  /// OR24 without tracking is refused.
  public var mandatoryTracking = true
  /// A mixed OR21 (some lines accepted, some refused) is allowed.
  public var partialAcceptance = true
  /// What the marketplace silently subtracts from `start_update_date`.
  public var updateOverlap = Duration.seconds(2)
  /// OR11 calls a shop may make; nil switches the limit off.
  public var ordersLimit: RateLimit?
  /// From a file of quantities to its end.
  public var stockImportDelay = Duration.zero
  /// STO01 calls a shop may make; nil switches the limit off.
  public var stockImportLimit: RateLimit?

  /// Of the simulated language model.
  public var modelKey = "sandbox-model-key"

  // Carrier.
  public var carrierUser = "sandbox-user"
  public var carrierPassword = "sandbox-password"
  public var customerNumber = "0000900001"
  public var contractID = "0099887766"
  public var carrierKind = CarrierKind.both
  /// Every shipment gets the PIN 123456789012, as the carrier's own development host does.
  public var stubPins = false
  /// The first so many reads of each label answer 202.
  public var notReadyReads = 0
  /// How long after the transmit a manifest can be read; before that it answers 202.
  public var manifestDelay = Duration.zero
  /// A search that finds nothing answers 404 with empty messages instead of an empty list.
  public var emptySearchIsNotFound = false
  /// 5,000 shipments in a group and 10,000 labels before a transmit, as the real ones count.
  public var enforcesGroupLimits = true
  public var labelStream = LabelStream.mixed
  /// All carrier calls together; nil switches the limit off.
  public var carrierLimit: RateLimit?

  // Google and the push server.
  public var googleProject = "sandbox-project"
  public var serviceAccountEmail = "quayside@sandbox-project.iam.gserviceaccount.com"
  /// There from the start, with one empty sheet `Orders`, shared with the service account.
  public var spreadsheetID = "sandbox-spreadsheet"
  /// How long a token opens anything.
  public var tokenLife = Duration.seconds(3_599)
  /// Google's own are 60 a minute each; nil switches the limit off.
  public var sheetReadsLimit: RateLimit?
  public var sheetWritesLimit: RateLimit?
  /// The devices that are registered.
  public var devices: Set<String> = ["sandbox-device"]
  /// What the push server under `/ntfy` wants to see; empty: nothing.
  public var ntfyToken = "tk_sandbox"

  // World.
  /// Decides every invented order and every fault that has a probability.
  public var seed: UInt64 = 1
  /// How many of the last requests are kept for `GET /control/requests`.
  public var requestLog = 1000
  /// The clock; a test may replace it.
  public var now: @Sendable () -> Timestamp = { Timestamp.now() }
  /// The origin that links in answers carry, such as `http://127.0.0.1:8089`; nil means the `Host`
  /// of the request.
  public var publicOrigin: String?

  public init() {}
}
