public import Kit

/// The marketplace's seller API, as values that a test can replace one by one.
///
/// Every call is made once; what it came to is an `Answer` with its record. None throws. Success of
/// a write means that the marketplace took it (204), not that the order already shows it: read it
/// back.
public struct MiraklClient: Sendable {
  /// OR11: a page of orders, or the orders of up to 100 ids.
  public var orders: @Sendable (MiraklOrderQuery) async -> Answer<MiraklOrderPage>
  /// OR21: every line of the order in the one call; not idempotent on the wire.
  public var accept:
    @Sendable (_ orderID: String, _ lines: [(lineID: String, accepted: Bool)]) async -> Answer<Void>
  /// OR23: writes the tracking, over what was there; does not ship.
  public var tracking: @Sendable (_ orderID: String, MiraklTracking) async -> Answer<Void>
  /// OR24: ships the whole order; a second call is refused.
  public var ship: @Sendable (_ orderID: String) async -> Answer<Void>
  /// OR29: cancels the whole order, while `canCancel`.
  public var cancel: @Sendable (_ orderID: String) async -> Answer<Void>
  /// SH21: at most once a day.
  public var carriers: @Sendable () async -> Answer<[MiraklCarrier]>
  /// OF21: a page of the shop's offers, up to 100 from `offset` on.
  public var offers: @Sendable (_ offset: Int) async -> Answer<MiraklOfferPage>
  /// STO01: quantities of offers, as a file; the answer is the import's id and says nothing of the
  /// rows. Quantities are absolute: the same file again says the same.
  public var pushStock: @Sendable ([MiraklOffer]) async -> Answer<String>
  /// STO02: where such a file stands.
  public var stockImport: @Sendable (_ importID: String) async -> Answer<MiraklStockImport>
  /// A01: only the shop's number, name and state. The answer holds bank data; it is never recorded.
  public var account: @Sendable () async -> Answer<MiraklShop>
  /// M11: a page of threads, the latest first, each with up to its last 100 messages.
  public var threads: @Sendable (MiraklThreadQuery) async -> Answer<MiraklThreadPage>
  /// M10: one thread with all of its messages.
  public var thread: @Sendable (_ threadID: String) async -> Answer<MiraklThread>
  /// M12: writes in a thread; not idempotent on the wire. Answers the message's id, where told.
  public var reply: @Sendable (_ threadID: String, MiraklReply) async -> Answer<String?>
  /// OR43: begins a thread about an order; not idempotent on the wire.
  public var openThread:
    @Sendable (_ orderID: String, MiraklOpening) async -> Answer<MiraklOpening.Made>
  /// M13: a message's file, by the attachment's id.
  public var attachment:
    @Sendable (_ attachmentID: String, _ bytesMax: Int) async -> Answer<[UInt8]>
}

extension MiraklClient {
  /// Answers nothing: each call fails with a bug that names it. Tests replace what they need.
  public static let unstubbed = MiraklClient(
    orders: { _ in .unstubbed("OR11") },
    accept: { _, _ in .unstubbed("OR21") },
    tracking: { _, _ in .unstubbed("OR23") },
    ship: { _ in .unstubbed("OR24") },
    cancel: { _ in .unstubbed("OR29") },
    carriers: { .unstubbed("SH21") },
    offers: { _ in .unstubbed("OF21") },
    pushStock: { _ in .unstubbed("STO01") },
    stockImport: { _ in .unstubbed("STO02") },
    account: { .unstubbed("A01") },
    threads: { _ in .unstubbed("M11") },
    thread: { _ in .unstubbed("M10") },
    reply: { _, _ in .unstubbed("M12") },
    openThread: { _, _ in .unstubbed("OR43") },
    attachment: { _, _ in .unstubbed("M13") })
}

extension Answer {
  fileprivate static func unstubbed(_ endpoint: String) -> Answer {
    .unsent(endpoint, "", "", MiraklErrors.bug("\(endpoint) is not stubbed"))
  }

  /// A call that was never made.
  static func unsent(
    _ endpoint: String, _ method: String, _ url: String, _ error: OutsideError,
    relatedID: String? = nil
  ) -> Answer {
    let now = Timestamp.now()
    return Answer(
      call: CallRecord(
        id: UUIDv7.make(at: now), service: MiraklErrors.service, endpoint: endpoint, method: method,
        url: Redaction.url(url), startedAt: now, isSuccess: false, problem: error.message,
        correlationID: Log.correlationID ?? endpoint, relatedID: relatedID),
      result: .failure(error))
  }
}
