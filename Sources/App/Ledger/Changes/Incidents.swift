public import Kit

/// The result of the one accept call (seed 000), pointing at its row in `api_calls`.
public struct AcceptanceAttempt: Sendable {
  public enum Status: String, Sendable { case success, failure, unknown }

  public var orderID: String
  public var number: Int
  public var status: Status
  /// Headers and body of the answer, as JSON text.
  public var response: String?
  public var callID: UUIDv7?

  public init(
    orderID: String, number: Int, status: Status, response: String?, callID: UUIDv7?
  ) {
    self.orderID = orderID
    self.number = number
    self.status = status
    self.response = response
    self.callID = callID
  }
}

/// Why an acceptance failed and the exact payload that was sent, so that a person can repeat it.
public struct AcceptanceDebugLog: Sendable {
  public var orderID: String
  public var details: String
  /// JSON text.
  public var requestPayload: String?

  public init(orderID: String, details: String, requestPayload: String?) {
    self.orderID = orderID
    self.details = details
    self.requestPayload = requestPayload
  }
}

/// Something that a person has to look at.
public struct ProcessFailure: Sendable {
  /// Of lines that were taken back outside.
  public static let lines = "OrderLines"
  /// Of a parcel that was put aside at the bench.
  public static let packing = "Packing"
  /// Of an order that two shops show.
  public static let pull = "Pull"
  /// Of messages and conversations.
  public static let customerService = "CustomerService"

  /// What an order is held for by itself: whoever releases it has seen to that.
  public static let ofHolds = [lines, packing]

  public var processName: String
  public var orderID: String?
  public var effectID: Int64?
  public var details: String
  public var correlationID: String?

  public init(
    processName: String, orderID: String?, effectID: Int64?, details: String,
    correlationID: String? = nil
  ) {
    self.processName = processName
    self.orderID = orderID
    self.effectID = effectID
    self.details = details
    self.correlationID = correlationID
  }
}

/// Whatever people were told of an order by one process is seen to.
public struct SettledFailures: Sendable {
  public var processName: String
  public var orderID: String
  public var actor: String

  public init(processName: String, orderID: String, actor: String) {
    self.processName = processName
    self.orderID = orderID
    self.actor = actor
  }
}

/// Something in a list of orders that does not even tell which order it is.
public struct UnreadableOrder: Sendable {
  public var shopID: String
  public var problem: String
  public var raw: [UInt8]
  public var digest: [UInt8]

  public init(shopID: String, problem: String, raw: [UInt8], digest: [UInt8]) {
    self.shopID = shopID
    self.problem = problem
    self.raw = raw
    self.digest = digest
  }
}
