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
    public var cancelCalls = 0
    /// OR29 calls that moved the order.
    public var cancels = 0
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

  /// What happened to one booked order.
  public struct Booking: Sendable, Equatable {
    /// Rows with its id in their first cell, over all sheets.
    public var rows = 0
    /// How often a call wrote its row.
    public var rowWrites = 0
    /// Its rows that hold live code.
    public var formulas = 0
    /// Messages about it that were taken.
    public var pushes = 0
    /// Messages about it that a person sees: copies with one tag on one device are one.
    public var pushesShown = 0
    /// Different things that were said about it.
    public var events = 0

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
  /// By the id in the sheet's first column, or in the message.
  public var bookings: [String: Booking] = [:]
  /// By the thread's id.
  public var threads: [String: Thread] = [:]
  public var totals = Totals()
  /// Empty when nothing happened that never should.
  public var violations: [SandboxViolation] = []

  public init() {}
}

/// Something that should never have happened.
public struct SandboxViolation: Sendable, Equatable {
  /// `accepted_again`, `shipped_again`, `cancelled_again`, `tracking_changed`, `label_too_early`,
  /// `label_for_cancelled_order`, `live_label_for_cancelled_order`, `two_live_labels`,
  /// `shipped_without_its_label`, `two_rows`, `live_formula` or `pushed_again`.
  public let name: String
  public let order: String
  public let detail: String

  public init(name: String, order: String, detail: String) {
    self.name = name
    self.order = order
    self.detail = detail
  }
}
