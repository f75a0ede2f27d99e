public import Kit

/// Who asks, as its API key says.
public struct Principal: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable { case agent, staff }

  public var keyID: String
  public var businessID: String
  public var kind: Kind
  public var scopes: Set<Scope>

  public init(keyID: String, businessID: String, kind: Kind, scopes: Set<Scope>) {
    self.keyID = keyID
    self.businessID = businessID
    self.kind = kind
    self.scopes = scopes
  }

  public func require(_ scope: Scope) throws(BookingError) {
    guard scopes.contains(scope) else {
      throw BookingError(
        .forbidden, "this key may not do that: it lacks the scope \(scope.rawValue)",
        details: [("scope", .string(scope.rawValue))])
    }
  }
}

/// What a key is good for.
public enum Scope: String, Sendable, CaseIterable {
  /// Reads orders: an agent's key only those that it booked.
  case read = "orders:read"
  /// Puts drafts together and books what customers confirmed.
  case book = "orders:book"
  /// Books on a person's own responsibility, and moves, edits and cancels orders.
  case write = "orders:write"
  /// Approves drafts beyond the limits.
  case approve = "drafts:approve"
  /// Changes the catalogue and the slots.
  case catalogue = "catalogue:write"

  /// What a key of a kind has when nobody says otherwise.
  public static func standard(_ kind: Principal.Kind) -> Set<Scope> {
    switch kind {
    case .agent: [.read, .book]
    case .staff: [.read, .write, .approve, .catalogue]
    }
  }

  /// Whether a key of that kind may have it at all: an agent's can never book without a yes.
  public func isFit(for kind: Principal.Kind) -> Bool {
    switch self {
    case .read, .book: true
    case .write, .approve, .catalogue: kind == .staff
    }
  }
}

/// A request's idempotency key with everything that it is unique within.
public struct KeyName: Sendable, Hashable {
  public var businessID: String
  public var principal: String
  /// Method and route.
  public var operation: String
  public var key: String

  public init(businessID: String, principal: String, operation: String, key: String) {
    self.businessID = businessID
    self.principal = principal
    self.operation = operation
    self.key = key
  }
}

/// What is remembered of a key.
public struct StoredKey: Sendable {
  /// 48 hours: after that the same key is a new one.
  public static let life = Duration.hours(48)

  public enum State: String, Sendable, CaseIterable {
    case completed
    /// Refused for a reason of the business's; may be tried again as it is.
    case failed
  }

  public var state: State
  /// SHA-256 of the request's canonical form.
  public var digest: [UInt8]
  public var status: Int
  public var answer: [UInt8]
  public var orderID: String?
  public var createdAt: Timestamp

  public init(
    state: State, digest: [UInt8], status: Int, answer: [UInt8], orderID: String?,
    createdAt: Timestamp
  ) {
    self.state = state
    self.digest = digest
    self.status = status
    self.answer = answer
    self.orderID = orderID
    self.createdAt = createdAt
  }
}

/// One request to book, checked for its form, on its way to being decided together with others.
public struct CreateTicket: Sendable {
  public enum Wish: Sendable {
    /// By a person of the business, on their own responsibility.
    case order(OrderRequest)
    /// A draft, as it was when the request came.
    case draft(Draft)
  }

  /// What it becomes when it is booked.
  public var orderID: String
  public var principal: Principal
  public var wish: Wish
  public var key: KeyName?
  /// SHA-256 of the bytes that came, and of their canonical form.
  public var rawDigest: [UInt8]
  public var digest: [UInt8]
  public var fingerprint: [UInt8]
  /// What came, for the record.
  public var body: [UInt8]
  public var correlationID: String

  public init(
    orderID: String, principal: Principal, wish: Wish, key: KeyName?, rawDigest: [UInt8],
    digest: [UInt8], body: [UInt8], correlationID: String
  ) {
    self.orderID = orderID
    self.principal = principal
    self.wish = wish
    self.key = key
    self.rawDigest = rawDigest
    self.digest = digest
    self.body = body
    self.correlationID = correlationID
    switch wish {
    case .order(let order):
      fingerprint = Fingerprint.of(
        businessID: principal.businessID, customerName: order.customerName,
        customerPhone: order.customerPhone, lines: order.lines, slotID: order.slotID)
    case .draft(let draft): fingerprint = draft.fingerprint
    }
  }

  public var slotID: String? {
    switch wish {
    case .order(let order): order.slotID
    case .draft(let draft): draft.slotID
    }
  }

  public var itemIDs: [String] {
    switch wish {
    case .order(let order): order.lines.compactMap(\.itemID)
    case .draft(let draft): draft.lines.compactMap(\.itemID)
    }
  }
}
