/// One dial: which calls it concerns, how often it fires and what then happens.
public struct FaultRule: Sendable, Equatable {
  /// Before or after the work of the call.
  public enum Moment: String, Sendable { case before, after }

  /// A call kind such as `accept` or `create_shipment`, a service (`mirakl`, `google`, ...) or `*`.
  public var call: String
  public var fault: Fault
  /// 0...1, decided by a hash of seed, call kind, order id and how many such calls that order had.
  public var probability: Double
  /// Only these orders; empty means all.
  public var orders: Set<String>
  /// At most so many firings in all (for `not_ready`: for each label).
  public var times: Int?
  /// At most so many firings for each order.
  public var timesEach: Int?
  /// Lets the first so many matching calls pass.
  public var after: Int
  /// Lets the first so many matching calls of each order pass.
  public var afterEach: Int
  /// Fires only at every nth matching call.
  public var every: Int?
  public var when: Moment?
  /// Milliseconds, for `slow` and `search_lag`.
  public var ms: Int
  public var status: Int?
  /// Seconds in Retry-After.
  public var retryAfter: Int?
  public var code: String?
  public var message: String?
  /// The unheard-of state of `unknown_state`.
  public var state: String?
  public var variant: String?
  public var bytes: Int?

  public init(
    call: String, fault: Fault, probability: Double = 1, orders: Set<String> = [],
    times: Int? = nil, timesEach: Int? = nil, after: Int = 0, afterEach: Int = 0,
    every: Int? = nil, when: Moment? = nil, ms: Int = 1000, status: Int? = nil,
    retryAfter: Int? = nil, code: String? = nil, message: String? = nil, state: String? = nil,
    variant: String? = nil, bytes: Int? = nil
  ) {
    self.call = call
    self.fault = fault
    self.probability = probability
    self.orders = orders
    self.times = times
    self.timesEach = timesEach
    self.after = after
    self.afterEach = afterEach
    self.every = every
    self.when = when
    self.ms = ms
    self.status = status
    self.retryAfter = retryAfter
    self.code = code
    self.message = message
    self.state = state
    self.variant = variant
    self.bytes = bytes
  }
}
