import Kit

/// All that the ledger knows of one order, as the judge of a fault run wants to see it. Texts are
/// the database's own, so that a wrong one is seen and not mended on the way.
public struct JudgedOrder: Sendable {
  public struct Move: Sendable, Equatable {
    public var from: String
    public var to: String
    public init(from: String, to: String) {
      self.from = from
      self.to = to
    }
  }

  public struct Shipment: Sendable {
    public var status: String
    public var generation: Int
    public var pin: String?
    public var labelPath: String?
    public var labelSHA256: String?
    public var isTrackingPosted: Bool
    public init(
      status: String, generation: Int = 1, pin: String?, labelPath: String? = nil,
      labelSHA256: String? = nil, isTrackingPosted: Bool = false
    ) {
      self.status = status
      self.generation = generation
      self.pin = pin
      self.labelPath = labelPath
      self.labelSHA256 = labelSHA256
      self.isTrackingPosted = isTrackingPosted
    }
  }

  public struct Effect: Sendable {
    public var kind: String
    public var ordinal: Int
    public var state: String
    /// How often its call may have gone out.
    public var sends: Int
    /// How long ago it came due; negative: it comes due later. Zero while a worker holds it.
    public var overdue: Duration
    public var isPastDeadline: Bool
    public var outcome: String
    /// It names an outside call.
    public var hasCall: Bool
    /// The call that it names is in `api_calls`.
    public var isCallKept: Bool
    /// A person was told of it, ever.
    public var wasRaised: Bool
    public init(
      kind: String, ordinal: Int = 1, state: String, sends: Int = 0, overdue: Duration = .zero,
      isPastDeadline: Bool = false, outcome: String = "", hasCall: Bool = true,
      isCallKept: Bool = true, wasRaised: Bool = false
    ) {
      self.kind = kind
      self.ordinal = ordinal
      self.state = state
      self.sends = sends
      self.overdue = overdue
      self.isPastDeadline = isPastDeadline
      self.outcome = outcome
      self.hasCall = hasCall
      self.isCallKept = isCallKept
      self.wasRaised = wasRaised
    }
  }

  /// Rows of `api_calls` about the order, of one endpoint.
  public struct Calls: Sendable {
    public var all: Int
    public var successes: Int
    public init(all: Int, successes: Int) {
      self.all = all
      self.successes = successes
    }
  }

  public var orderID: String
  public var status: String
  public var parkedReason: String?
  public var moves: [Move]
  public var shipment: Shipment?
  public var effects: [Effect]
  public var calls: [String: Calls]
  /// Rows of `order_acceptance_attempts`.
  public var attempts: Int

  public init(
    orderID: String, status: String, parkedReason: String? = nil, moves: [Move] = [],
    shipment: Shipment? = nil, effects: [Effect] = [], calls: [String: Calls] = [:],
    attempts: Int = 0
  ) {
    self.orderID = orderID
    self.status = status
    self.parkedReason = parkedReason
    self.moves = moves
    self.shipment = shipment
    self.effects = effects
    self.calls = calls
    self.attempts = attempts
  }
}

/// How much is still under way.
public struct Unrest: Sendable, Equatable {
  public var orders: Int
  /// Effects that the dispatcher still has to move on.
  public var activeEffects: Int
  /// Orders that have not ended and wait for nobody in particular.
  public var openOrders: Int
  /// Effects that wait for a person.
  public var forPeople: Int
}
