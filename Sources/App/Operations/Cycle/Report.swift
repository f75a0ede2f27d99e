public import Effects
public import Kit
public import Ledger
public import Orders

/// What became of one claimed effect: the only thing that the committer takes. It goes through many hands,
/// so it is one object.
public final class Report: Sendable {
  public let effect: ClaimedEffect
  public let step: Step
  /// The outside calls that it took, in order.
  public let calls: [CallRecord]
  /// The one call that would cause something outside went out (answered or not).
  public let wasSent: Bool
  public let findings: [Finding]
  /// Of its calls, those that other reports bring as well.
  let sharedCalls: [UUIDv7]

  public init(
    _ effect: ClaimedEffect, _ step: Step, calls: [CallRecord] = [], wasSent: Bool = false,
    findings: [Finding] = []
  ) {
    self.effect = effect
    self.step = step
    self.calls = calls
    self.wasSent = wasSent
    self.findings = findings
    sharedCalls = calls.filter(\.isShared).map(\.id)
  }
}

/// A fact that an attempt brought home.
public enum Finding: Sendable {
  /// The marketplace showed the order.
  case orderSeen(IncomingOrder)
  /// The accept call was answered, or its answer was lost.
  case acceptAnswered(Attempt)
  case bought(Purchase)
  case labelStored(path: String, sha256: String, bytes: Int)
  case pinLearned(String)
  case trackingPosted
  case shippedAndSeen
  case voided
  /// It is transmitted already: only a refund helps.
  case refundNeeded
  case refundAsked(ticket: String?)
  /// What became of a file of quantities.
  case offers(OfferChange)
  /// The thread shows our message.
  case messageSeen(SentMessage)

  public struct Attempt: Sendable {
    public var status: String
    /// JSON text of the answer's headers and body.
    public var response: String?
    public var requestPayload: String

    public init(status: String, response: String?, requestPayload: String) {
      self.status = status
      self.response = response
      self.requestPayload = requestPayload
    }
  }

  public struct Purchase: Sendable {
    public var carrierID: String
    public var pin: String?
    public var labelURL: String?
    public var labelType: String?
    public var selfURL: String?
    public var refundURL: String?
    public var serviceCode: String?

    public init(
      carrierID: String, pin: String?, labelURL: String?, labelType: String?, selfURL: String?,
      refundURL: String?, serviceCode: String? = nil
    ) {
      self.carrierID = carrierID
      self.pin = pin
      self.labelURL = labelURL
      self.labelType = labelType
      self.selfURL = selfURL
      self.refundURL = refundURL
      self.serviceCode = serviceCode
    }
  }
}

/// What other rows keep of an outside call.
struct CallName: Sendable {
  var id: UUIDv7
  var correlationID: String
}

extension Report {
  var firstCall: CallName? { name(of: calls.startIndex) }
  var lastCall: CallName? { name(of: calls.endIndex - 1) }

  private func name(of index: Int) -> CallName? {
    calls.indices.contains(index)
      ? CallName(id: calls[index].id, correlationID: calls[index].correlationID) : nil
  }

  /// What is left of it when its parcel was made anew meanwhile: what became of the old label says nothing
  /// about the new one. That one was bought costs money, so a person hears of it.
  func ofAParcelMadeAnew(_ deed: Deed) -> Report {
    var step = step
    if deed == .buyLabel {
      for case .bought(let purchase) in findings {
        step = .ask(
          "label \(purchase.carrierID) was bought for a parcel that was made anew meanwhile: void it"
        )
      }
    }
    return Report(
      effect, step, calls: calls, wasSent: wasSent,
      findings: findings.filter { !$0.isAboutAParcel })
  }
}

extension Finding {
  var isAboutAParcel: Bool {
    switch self {
    case .bought, .labelStored, .pinLearned, .trackingPosted, .shippedAndSeen, .voided,
      .refundNeeded, .refundAsked:
      true
    case .orderSeen, .acceptAnswered, .offers, .messageSeen: false
    }
  }
}

extension ClaimedEffect {
  /// It is about this parcel, not about one that was made anew since: see `Deed.requestKey`.
  func isAbout(_ parcel: ParcelFacts) -> Bool {
    isAbout(generation: parcel.generation, requestID: parcel.requestID)
  }

  func isAbout(_ parcel: ShipmentSnapshot) -> Bool {
    isAbout(generation: parcel.generation, requestID: parcel.requestID)
  }

  private func isAbout(generation: Int, requestID: String) -> Bool {
    guard let deed = Deed(rawValue: kind), deed.isAboutAParcel, let orderID else { return true }
    return requestKey
      == deed.requestKey(of: orderID, generation: generation, requestID: requestID)
  }
}
