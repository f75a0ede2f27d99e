public import Cryptography
public import Kit

/// A key of a customer's that a person of the business vouches for: what it signed, this customer said.
public struct CustomerKey: Sendable, Equatable {
  public static let perCustomerMax = 10

  /// The thumbprint of the key.
  public var id: String
  public var businessID: String
  /// Whose it is: digits, as bookings have them.
  public var phone: String
  public var key: P256PublicKey
  public var addedAt: Timestamp
  /// The key of ours of whoever vouches for it; `nil` where that was not kept.
  public var addedBy: String?
  public var revokedAt: Timestamp?
  public var revokedBy: String?

  public init(
    businessID: String, phone: String, key: P256PublicKey, addedAt: Timestamp, addedBy: String?,
    revokedAt: Timestamp? = nil, revokedBy: String? = nil
  ) {
    id = key.thumbprint
    self.businessID = businessID
    self.phone = phone
    self.key = key
    self.addedAt = addedAt
    self.addedBy = addedBy
    self.revokedAt = revokedAt
    self.revokedBy = revokedBy
  }

  public var json: JSON {
    .object([
      ("key_id", .string(id)), ("customer_phone", .string(phone)), ("public_key", key.jwk),
      ("added_at", .string(addedAt.iso8601)), ("added_by", .optional(addedBy)),
      ("revoked_at", .optional(revokedAt)), ("revoked_by", .optional(revokedBy)),
    ])
  }
}
