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
  public var revokedAt: Timestamp?

  public init(
    businessID: String, phone: String, key: P256PublicKey, addedAt: Timestamp,
    revokedAt: Timestamp? = nil
  ) {
    id = key.thumbprint
    self.businessID = businessID
    self.phone = phone
    self.key = key
    self.addedAt = addedAt
    self.revokedAt = revokedAt
  }

  public var json: JSON {
    .object([
      ("key_id", .string(id)), ("customer_phone", .string(phone)), ("public_key", key.jwk),
      ("added_at", .string(addedAt.iso8601)), ("revoked_at", .optional(revokedAt)),
    ])
  }
}
