public import Booking
import Cryptography
import Kit
public import Postgres

/// Vouches for a key. One that is known already stays as it is; it may not become another customer's.
struct InsertCustomerKey: PostgresStatement {
  static let sql = """
    insert into customer_keys (business_id, key_id, customer_phone, public_key, added_at, added_by)
    values ($1, $2, $3, $4, $5, $6) on conflict (business_id, key_id) do nothing
    """
  let key: CustomerKey
  func bind(_ b: inout PostgresBindings) {
    b.append(key.businessID)
    b.append(key.id)
    b.append(key.phone)
    b.append(key.key.point)
    b.append(key.addedAt)
    b.append(key.addedBy)
  }
}

struct ReadCustomerKeys: PostgresStatement {
  static let sql = """
    select business_id, customer_phone, public_key, added_at, added_by, revoked_at, revoked_by
    from customer_keys
    where business_id = $1 and ($2::text is null or key_id = $2)
      and ($3::text is null or customer_phone = $3)
    order by added_at, key_id limit 200
    """
  let businessID: String
  var keyID: String?
  var phone: String?
  func bind(_ b: inout PostgresBindings) {
    b.append(businessID)
    b.append(keyID)
    b.append(phone)
  }

  static func row(_ r: PostgresRow) throws(PostgresError) -> CustomerKey {
    CustomerKey(
      businessID: try r.string(0), phone: try r.string(1), key: try r.point(2),
      addedAt: try r.timestamp(3), addedBy: try r.stringOrNil(4),
      revokedAt: try r.timestampOrNil(5), revokedBy: try r.stringOrNil(6))
  }
}

/// One that was revoked stays as it is.
struct RevokeCustomerKey: PostgresStatement {
  static let sql = """
    update customer_keys set revoked_at = coalesce(revoked_at, now()),
      revoked_by = case when revoked_at is null then $3 else revoked_by end
    where business_id = $1 and key_id = $2
    returning business_id, customer_phone, public_key, added_at, added_by, revoked_at, revoked_by
    """
  let businessID: String
  let keyID: String
  let actor: String
  func bind(_ b: inout PostgresBindings) {
    b.append(businessID)
    b.append(keyID)
    b.append(actor)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> CustomerKey {
    try ReadCustomerKeys.row(r)
  }
}

extension PostgresRow {
  func point(_ column: Int) throws(PostgresError) -> P256PublicKey {
    let bytes = try bytes(column)
    do throws(CryptographyError) {
      return try P256PublicKey(point: bytes)
    } catch {
      throw PostgresError(.decoding, "a stored key is no point of P-256")
    }
  }
}

extension Ledger {
  /// Adds the key, or finds it.
  /// - Returns: as it is stored, which may be another customer's, or revoked.
  public func add(_ key: CustomerKey) async throws(PostgresError) -> CustomerKey? {
    try await pool.query(InsertCustomerKey(key: key), deadline: limits.queryDeadline)
    return try await customerKey(key.id, of: key.businessID)
  }

  public func customerKey(
    _ id: String, of businessID: String
  ) async throws(PostgresError) -> CustomerKey? {
    try await pool.query(
      ReadCustomerKeys(businessID: businessID, keyID: id), deadline: limits.queryDeadline
    ).first
  }

  /// - Parameter phone: of one customer; `nil` for all.
  public func customerKeys(
    of businessID: String, phone: String? = nil
  ) async throws(PostgresError) -> [CustomerKey] {
    try await pool.query(
      ReadCustomerKeys(businessID: businessID, phone: phone), deadline: limits.queryDeadline)
  }

  /// - Returns: `nil` when the business knows no such key.
  public func revokeCustomerKey(
    _ id: String, of businessID: String, by actor: String
  ) async throws(PostgresError) -> CustomerKey? {
    try await pool.query(
      RevokeCustomerKey(businessID: businessID, keyID: id, actor: actor),
      deadline: limits.queryDeadline
    ).first
  }
}
