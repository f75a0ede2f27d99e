public import Kit

/// One question to the customer, and the answer: bound to a draft, its version, and the digest of the
/// summary that was shown. It serves for one order, once.
public struct Confirmation: Sendable, Equatable {
  public enum State: String, Sendable, CaseIterable { case asked, accepted, declined }

  /// Wrong codes after which a question is dead.
  public static let codeTriesMax = 5

  public var id: UUIDv7
  public var draftID: UUIDv7
  public var draftVersion: Int
  public var digest: [UInt8]
  public var channel: ConfirmationChannel
  public var level: ConfirmationLevel
  /// The key that asked.
  public var principal: String
  /// SHA-256 of the secret in the link or in the dialog's state.
  public var nonce: [UInt8]
  /// SHA-256 of the id and the six digits, where a code was sent.
  public var code: [UInt8]?
  public var codeTries: Int
  public var state: State
  /// The customer's literal words, where they came with the answer. Data, and nothing more.
  public var words: String?
  public var askedAt: Timestamp
  /// Until when it can be answered.
  public var expiresAt: Timestamp
  public var answeredAt: Timestamp?
  /// When it could not be sent: it does not wait for an answer, though it takes one.
  public var undeliveredAt: Timestamp?
  /// As the server signed it, where the answer is to be signed: a compact JWS.
  public var question: String?
  /// The signed answer, and the key that signed it.
  public var mandate: String?
  public var signer: String?
  /// The order that it was used for.
  public var orderID: String?

  public init(
    id: UUIDv7, draftID: UUIDv7, draftVersion: Int, digest: [UInt8], channel: ConfirmationChannel,
    level: ConfirmationLevel, principal: String, nonce: [UInt8], code: [UInt8]? = nil,
    askedAt: Timestamp, expiresAt: Timestamp
  ) {
    self.id = id
    self.draftID = draftID
    self.draftVersion = draftVersion
    self.digest = digest
    self.channel = channel
    self.level = level
    self.principal = principal
    self.nonce = nonce
    self.code = code
    codeTries = 0
    state = .asked
    self.askedAt = askedAt
    self.expiresAt = expiresAt
  }

  /// Until when the answer counts: as long after it was given as the question could wait for it.
  public var holdsUntil: Timestamp? {
    answeredAt.map { $0 + expiresAt.duration(since: askedAt) }
  }

  /// It can no longer be answered, or its answer no longer counts.
  public func isTooOld(at now: Timestamp) -> Bool { (holdsUntil ?? expiresAt) <= now }

  /// It reached nobody, as far as anybody knows.
  public var isUndelivered: Bool { state == .asked && undeliveredAt != nil }
}
