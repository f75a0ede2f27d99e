public import Booking
public import Kit
public import Postgres

/// A key as it is listed: everything but its secret, which nobody has.
public struct APIKey: Sendable {
  public var principal: Principal
  public var name: String
  public var createdAt: Timestamp
  /// To the minute.
  public var lastUsedAt: Timestamp?
  public var revokedAt: Timestamp?

  public var json: JSON {
    .object([
      ("key_id", .string(principal.keyID)), ("name", .string(name)),
      ("kind", .string(principal.kind.rawValue)),
      ("scopes", .array(principal.scopes.map(\.rawValue).sorted().map(JSON.string))),
      ("created_at", .string(createdAt.iso8601)), ("last_used_at", .optional(lastUsedAt)),
      ("revoked_at", .optional(revokedAt)),
    ])
  }
}

struct InsertAPIKey: PostgresStatement {
  static let sql = """
    insert into api_keys (key_id, business_id, name, kind, scopes, secret_sha256)
    values ($1, $2, $3, $4, $5, $6)
    """
  let principal: Principal
  let name: String
  let digest: [UInt8]
  func bind(_ b: inout PostgresBindings) {
    b.append(principal.keyID)
    b.append(principal.businessID)
    b.append(name)
    b.append(principal.kind.rawValue)
    b.append(principal.scopes.map(\.rawValue).sorted())
    b.append(digest)
  }
}

/// Finding a key is using it: that is noted, to the minute.
struct FindAPIKey: PostgresStatement {
  static let sql = """
    with found as (
      select key_id, business_id, kind, scopes, last_used_at from api_keys
      where secret_sha256 = $1 and revoked_at is null
    ), used as (
      update api_keys k set last_used_at = now() from found f
      where k.key_id = f.key_id
        and (f.last_used_at is null or f.last_used_at < now() - interval '1 minute')
    )
    select key_id, business_id, kind, scopes from found
    """
  let digest: [UInt8]
  func bind(_ b: inout PostgresBindings) { b.append(digest) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> Principal {
    Principal(
      keyID: try r.string(0), businessID: try r.string(1),
      kind: Principal.Kind(rawValue: try r.string(2)) ?? .agent,
      scopes: Set(try r.stringArray(3).compactMap { Scope(rawValue: $0) }))
  }
}

struct RevokeAPIKey: PostgresStatement {
  static let sql = """
    update api_keys set revoked_at = now() where key_id = $1 and revoked_at is null returning key_id
    """
  let keyID: String
  func bind(_ b: inout PostgresBindings) { b.append(keyID) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> String { try r.string(0) }
}

struct ReadAPIKeys: PostgresStatement {
  static let sql = """
    select key_id, business_id, kind, scopes, name, created_at, last_used_at, revoked_at
    from api_keys where business_id = $1 order by created_at, key_id
    """
  let businessID: String
  func bind(_ b: inout PostgresBindings) { b.append(businessID) }
  static func row(_ r: PostgresRow) throws(PostgresError) -> APIKey {
    APIKey(
      principal: try FindAPIKey.row(r), name: try r.string(4), createdAt: try r.timestamp(5),
      lastUsedAt: try r.timestampOrNil(6), revokedAt: try r.timestampOrNil(7))
  }
}

extension Ledger {
  /// - Parameter digest: SHA-256 of the secret; the secret itself is never stored.
  public func addKey(
    _ principal: Principal, name: String, digest: [UInt8]
  ) async throws(PostgresError) {
    try await pool.query(
      InsertAPIKey(principal: principal, name: name, digest: digest),
      deadline: limits.queryDeadline)
  }

  public func principal(digest: [UInt8]) async throws(PostgresError) -> Principal? {
    try await pool.query(FindAPIKey(digest: digest), deadline: limits.queryDeadline).first
  }

  /// - Returns: whether there was such a key that still held.
  public func revokeKey(_ keyID: String) async throws(PostgresError) -> Bool {
    try await !pool.query(RevokeAPIKey(keyID: keyID), deadline: limits.queryDeadline).isEmpty
  }

  /// The oldest first, revoked ones too.
  public func keys(of businessID: String) async throws(PostgresError) -> [APIKey] {
    try await pool.query(ReadAPIKeys(businessID: businessID), deadline: limits.queryDeadline)
  }
}
