import Kit

/// One label that was bought.
struct Shipment: Sendable {
  /// How far it has come; `created` ones can be voided, the others only refunded.
  enum Status: String, Sendable { case created, transmitted }

  let number: Int
  let id: String
  let isContract: Bool
  let pin: String
  let requestID: String?
  /// The group; nil when it was bought at once.
  let groupID: String?
  /// customer-ref-1: the marketplace order.
  let orderID: String
  let createdAt: Timestamp
  /// The request as it came, for the details.
  let request: [UInt8]
  let serviceCode: String
  let weight: String
  let shippingPoint: String
  let isSmallLabel: Bool
  let isZPL: Bool
  let addressLines: [String]
  let province: String
  let wantsPrice: Bool

  var status: Status
  var isVoided = false
  var ticket: (id: String, date: String)?
  var manifest: Int?
  var artifactReads = 0

  var isLive: Bool { !isVoided && ticket == nil }
  var labelNumber: Int { 8_800_000 + number }
}

/// One transmit.
struct Manifest: Sendable {
  let number: Int
  let purchaseOrder: String
  let groupIDs: [String]
  /// The transmit as it came, for the details.
  let request: [UInt8]
  let createdAt: Timestamp
  var id: String { "\(600_000_000_000_000_000 + number)" }
}

/// The carrier's view of an order.
struct LabelCounts: Sendable {
  var bought = 0
  var live = 0
  var voids = 0
  var refunds = 0
  var artifactReads = 0
  var livePins: [String] = []
}
