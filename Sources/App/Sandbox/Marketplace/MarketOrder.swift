import Kit

/// One order as the marketplace knows it.
struct MarketOrder: Sendable {
  struct Line: Sendable {
    let id: String
    /// The seller's decision, once made.
    var accepted: Bool?
    /// Taken out of the order afterwards, whole.
    var isCancelled = false
  }

  struct Tracking: Sendable, Equatable {
    var carrierCode: String?
    var standardCode: String?
    var carrierLabel: String
    var number: String?
    var url: String?
  }

  let id: String
  let shop: Int
  let kind: OrderKind
  let createdAt: Timestamp
  /// Straight from acceptance to SHIPPING, because the customer pays later.
  let skipsDebit: Bool
  let channel: String?
  let workflow: String
  let hasIncident: Bool

  var state: MarketState
  var updatedAt: Timestamp
  var lines: [Line]
  var decidedAt: Timestamp?
  var debitedAt: Timestamp?
  var shippedAt: Timestamp?
  var tracking: Tracking?

  var template: OrderTemplate
  /// What is shown until the order heals.
  var brokenTemplate: OrderTemplate?
  var strangeState: String?
  var healsAt: Timestamp?

  // What happened to it, for the tally.
  var acceptCalls = 0
  var accepts = 0
  var acceptsIgnored = 0
  var firstAcceptAt: Timestamp?
  var trackingCalls = 0
  var trackings = 0
  var shipCalls = 0
  var ships = 0
  /// OR29 calls that arrived, and those that moved it.
  var cancelCalls = 0
  var cancels = 0
  var reads = 0
  var wasReadAsCanceled = false

  var needsHealing: Bool { brokenTemplate != nil || strangeState != nil }
}
