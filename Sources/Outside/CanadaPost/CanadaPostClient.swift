public import Kit

/// The carrier's XML services, as values that a test can replace one by one.
///
/// Every call is made once; what it came to is an `Answer` with its record. None throws.
/// Credentials only ever go to the configured host: a link that points elsewhere is refused before
/// it is called.
public struct CanadaPostClient: Sendable {
  public var isContract: Bool
  /// Buys a label. Not idempotent: when the outcome is unknown, `search`, never again.
  public var createShipment: @Sendable (ShipmentRequest) async -> Answer<ShipmentInfo>
  /// None found is an empty list, whether the carrier says so with a list or with a 404.
  public var find: @Sendable (ShipmentSearch) async -> Answer<[FoundShipment]>
  /// The shipment behind its self link; voided ones are not found.
  public var shipment: @Sendable (_ href: String) async -> Answer<ShipmentInfo>
  /// Of a self link or a details link.
  public var details: @Sendable (_ href: String) async -> Answer<ShipmentDetails>
  /// Of a self link: the price, without contract from the receipt.
  public var price: @Sendable (_ href: String) async -> Answer<ShipmentPrice>
  public var artifact: @Sendable (LabelLink) async -> Answer<Artifact>
  /// Of a self link; with a contract only.
  public var void: @Sendable (_ href: String) async -> Answer<VoidOutcome>
  /// Of a refund link or a self link. Asked for already is a conflict (409).
  public var refund: @Sendable (_ href: String, _ email: String) async -> Answer<RefundTicket>
  /// Groups that are not transmitted yet.
  public var groups: @Sendable () async -> Answer<[String]>
  /// Bills groups; brings the addresses of the manifests, each of which must then be read.
  public var transmit: @Sendable (TransmitRequest) async -> Answer<[String]>
  public var manifest: @Sendable (_ href: String) async -> Answer<ManifestState>
  /// The addresses of the manifests of days, `YYYYMMDD`; to today when `end` is `nil`.
  public var manifests: @Sendable (_ start: String, _ end: String?) async -> Answer<[String]>

  /// The clock: how far a search by time reaches at least.
  public var now: @Sendable () -> Timestamp = { Timestamp.now() }

  /// How far back a search by time reaches before the purchase: the carrier may read the minutes in
  /// Eastern time, which is up to five hours behind UTC, and clocks differ.
  static let windowBefore = Duration.hours(6)
  /// How far it reaches past the present, or past the purchase where that is later: a clock of ours that is
  /// slow hides no label. The contract names no end that would be too late.
  static let windowAfter = Duration.days(1)

  public func findShipments(requestID: String) async -> Answer<[FoundShipment]> {
    await find(.requestID(requestID))
  }

  public func findNonContract(from: Timestamp, to: Timestamp) async -> Answer<[FoundShipment]> {
    await find(.window(from: from, to: to))
  }

  /// Addresses of all shipments that may carry a request id: by that id with a contract, by time
  /// window without; their details then tell. A hit without address is an error, not a miss.
  public func search(requestID: String, since: Timestamp) async -> Answer<[String]> {
    let window = ShipmentSearch.window(
      from: since - Self.windowBefore, to: max(now(), since) + Self.windowAfter)
    let answer = await find(isContract ? .requestID(requestID) : window)
    return Answer(
      call: answer.call,
      result: answer.result.flatMap { found in
        let addresses = found.compactMap(\.href)
        return addresses.count == found.count
          ? .success(addresses)
          : .failure(CanadaPostErrors.unreadable("a shipment without self link", .read))
      })
  }
}

extension CanadaPostClient {
  /// Answers nothing: each call fails with a bug that names it. Tests replace what they need.
  public static let unstubbed = CanadaPostClient(
    isContract: true,
    createShipment: { _ in .unstubbed("CreateShipment") },
    find: { _ in .unstubbed("FindShipments") },
    shipment: { _ in .unstubbed("GetShipment") },
    details: { _ in .unstubbed("GetShipmentDetails") },
    price: { _ in .unstubbed("GetShipmentPrice") },
    artifact: { _ in .unstubbed("GetArtifact") },
    void: { _ in .unstubbed("VoidShipment") },
    refund: { _, _ in .unstubbed("RefundShipment") },
    groups: { .unstubbed("GetGroups") },
    transmit: { _ in .unstubbed("TransmitShipments") },
    manifest: { _ in .unstubbed("GetManifest") },
    manifests: { _, _ in .unstubbed("GetManifests") })
}

extension Answer {
  fileprivate static func unstubbed(_ endpoint: String) -> Answer {
    .unsent(endpoint, "", "", CanadaPostErrors.bug("\(endpoint) is not stubbed"))
  }

  /// A call that was never made.
  static func unsent(
    _ endpoint: String, _ method: String, _ url: String, _ error: OutsideError,
    relatedID: String? = nil
  ) -> Answer {
    let now = Timestamp.now()
    return Answer(
      call: CallRecord(
        id: UUIDv7.make(at: now), service: CanadaPostErrors.service, endpoint: endpoint,
        method: method, url: Redaction.url(url), startedAt: now, isSuccess: false,
        problem: error.message, correlationID: Log.correlationID ?? endpoint,
        relatedID: relatedID),
      result: .failure(error))
  }
}
