public import Kit
public import Packing
public import People

/// One event as a client sent it. The client numbers its events: the same number again is the same
/// event, however often it comes.
public struct PackingRequest: Sendable {
  /// Of the browser's page; any UUID.
  public var client: UUIDv7
  /// From 1 on.
  public var seq: Int64
  /// Without one, the scan is to find the order.
  public var session: UUIDv7?
  public var event: PackingEvent
  /// When it was scanned, by the client's clock.
  public var capturedAt: Timestamp?
  /// The packer's name.
  public var actor: String
  /// Who that is for the audit trail, and where from.
  public var account: Actor

  public init(
    client: UUIDv7, seq: Int64, session: UUIDv7?, event: PackingEvent, capturedAt: Timestamp?,
    actor: String, account: Actor? = nil
  ) {
    self.client = client
    self.seq = seq
    self.session = session
    self.event = event
    self.capturedAt = capturedAt
    self.actor = actor
    self.account = account ?? .commandLine(actor)
  }

  /// What the log keeps of it, and what tells two events apart.
  var text: String {
    switch event {
    case .scan(let scan): scan.shown
    case .shortPick(let short): "\(short.reason.rawValue) \(short.itemKey ?? "") \(short.note)"
    case .acknowledge, .swap, .undo, .print, .seal, .takeOver, .leave: ""
    }
  }

  var scan: ScannedText? {
    if case .scan(let scan) = event { return scan }
    return nil
  }
}

/// What came of a request.
public enum PackingReply: Sendable {
  /// What is to be done outside the ledger now that it is written; nothing when it is a replay.
  public struct Sequel: Sendable {
    /// The order whose parcel was closed.
    public var packed: String?
    /// What people are to be told.
    public var failures: [ProcessFailure] = []
  }

  /// - Parameter answer: JSON, to the byte what was answered the first time.
  case answered(answer: [UInt8], isReplay: Bool, Sequel)
  /// The client used this number for something else.
  case reused
  case noSuchSession
}
