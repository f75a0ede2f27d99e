public import Kit

/// What the outside world counted: the only judge of a test that the work was done once.
public struct SandboxTally: Sendable {
  /// What happened to one order.
  public struct Order: Sendable {
    /// The marketplace's state; nil for a label whose order the marketplace never had.
    public var state: String?
    public var kind = ""
    /// The marketplace's number of the shop; 0 when it is unknown.
    public var shop: Int64 = 0
    /// OR21 calls that arrived, whatever became of them.
    public var acceptCalls = 0
    /// OR21 calls that moved the order.
    public var accepts = 0
    /// OR21 calls answered 204 that moved nothing.
    public var acceptsIgnored = 0
    public var firstAcceptAt: Timestamp?
    public var trackingCalls = 0
    public var trackings = 0
    /// The tracking number now.
    public var tracking: String?
    public var carrierCode: String?
    public var shipCalls = 0
    public var ships = 0
    public var shippedAt: Timestamp?
    /// How often the order was in an answer of OR11.
    public var reads = 0
    public var labelsBought = 0
    /// Neither voided nor handed in for a refund.
    public var labelsLive = 0
    public var voids = 0
    public var refunds = 0
    public var artifactReads = 0
    public var livePins: [String] = []

    public init() {}
  }

  /// Sums over all orders.
  public struct Totals: Sendable, Equatable {
    public var orders = 0
    public var accepts = 0
    public var acceptCalls = 0
    public var trackings = 0
    public var ships = 0
    public var labelsBought = 0
    public var labelsLive = 0
    public var voids = 0
    public var refunds = 0
    /// How many orders are in each state.
    public var states: [String: Int] = [:]

    public init() {}
  }

  public var orders: [String: Order] = [:]
  public var totals = Totals()
  /// Empty when nothing happened that never should.
  public var violations: [SandboxViolation] = []

  public init() {}
}

/// Something that should never have happened.
public struct SandboxViolation: Sendable, Equatable {
  /// `accepted_again`, `shipped_again`, `tracking_changed`, `label_too_early`,
  /// `label_for_cancelled_order`, `live_label_for_cancelled_order`, `two_live_labels` or
  /// `shipped_without_its_label`.
  public let name: String
  public let order: String
  public let detail: String

  public init(name: String, order: String, detail: String) {
    self.name = name
    self.order = order
    self.detail = detail
  }
}
