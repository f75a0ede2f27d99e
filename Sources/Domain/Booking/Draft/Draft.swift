public import Kit

/// An order that is being put together in a conversation. The server owns it: an agent can propose,
/// and only ever book what a customer confirmed.
public struct Draft: Sendable, Equatable {
  public var id: UUIDv7
  public var businessID: String
  /// The key that began it: no other may touch it.
  public var principal: String
  public var source: BookingSource
  /// One more with every change of what would be booked; a yes is for one version.
  public var version: Int
  public var lines: [BookedLine]
  /// What the customer asked for and nobody has chosen yet.
  public var open: [OpenLine]
  /// Ids of the catalogue that the server gave out in this conversation.
  public var offered: Set<String>
  /// The version of the list that was read to the customer and agreed to, as the agent says.
  public var itemsVersion: Int
  public var itemsConfirmed: Int?
  public var customerName: String?
  public var customerPhone: String?
  public var notes: String?
  public var slotID: String?
  public var allowsDuplicate: Bool
  /// Digest of the summary that was last shown.
  public var shown: [UInt8]?
  /// Digest of the summary that the business approved beyond its limits.
  public var approved: [UInt8]?
  /// Digest of the summary that the business was told of, since it has to approve it.
  public var told: [UInt8]?
  public var isCancelled: Bool
  public var orderID: String?
  public var expiresAt: Timestamp

  /// Words of the customer, and what the catalogue has that is like them.
  public struct OpenLine: Sendable, Equatable {
    public var text: String
    public var quantity: Int
    public var candidates: [CatalogueItem]

    public init(text: String, quantity: Int, candidates: [CatalogueItem]) {
      self.text = text
      self.quantity = quantity
      self.candidates = candidates
    }

    public var json: JSON {
      .object([
        ("text", .string(text)), ("quantity", .int(Int64(quantity))),
        ("candidates", .array(candidates.map(\.json))),
      ])
    }
  }

  public init(
    id: UUIDv7, businessID: String, principal: String, source: BookingSource = .ai,
    expiresAt: Timestamp
  ) {
    self.id = id
    self.businessID = businessID
    self.principal = principal
    self.source = source
    version = 1
    lines = []
    open = []
    offered = []
    itemsVersion = 0
    allowsDuplicate = false
    isCancelled = false
    self.expiresAt = expiresAt
  }

  /// As its id has it, to the millisecond.
  public var openedAt: Timestamp { Timestamp(microseconds: Int64(id.high >> 16) * 1_000) }

  /// What the customer is shown, in the form that its digest is taken of. Bound to this draft and this
  /// version: no other order has the same.
  public func summary(currency: String, slot: Slot?) -> JSON {
    .object([
      ("draft_id", .string(id.text)), ("draft_version", .int(Int64(version))),
      ("user_id", .string(businessID)), ("customer_name", .optional(customerName)),
      ("customer_phone", .optional(customerPhone)), ("items", .array(lines.map(\.json))),
      ("total_quantity", .int(Int64(lines.totalQuantity))), ("total", Amount.json(lines.total)),
      ("currency", .string(currency)), ("notes", .optional(notes)),
      ("slot_id", .optional(slotID)), ("slot_starts_at", .optional(slot?.startsAt)),
      ("second_order_like_an_earlier_one", .bool(allowsDuplicate)),
    ])
  }

  /// SHA-256 of the list of items alone, which step 3 is about.
  public var itemsDigest: [UInt8] {
    CanonicalJSON.digest(of: .array(lines.map(\.json)))
  }

  public var fingerprint: [UInt8] {
    Fingerprint.of(
      businessID: businessID, customerName: customerName ?? "", customerPhone: customerPhone ?? "",
      lines: lines.map { RequestedLine(itemID: $0.itemID, name: $0.name, quantity: $0.quantity) },
      slotID: slotID)
  }
}

/// The seven steps, and the end.
public enum DraftStep: String, Sendable, CaseIterable {
  case checkCapability = "check_capability"
  case collectItems = "collect_items"
  case confirmItems = "confirm_items"
  case collectDetails = "collect_details"
  case summary
  case finalConfirmation = "final_confirmation"
  case createOrder = "create_order"
  case booked
  case cancelled
  case expired

  public var isOver: Bool {
    switch self {
    case .booked, .cancelled, .expired: true
    case .checkCapability, .collectItems, .confirmItems, .collectDetails, .summary,
      .finalConfirmation, .createOrder:
      false
    }
  }
}
