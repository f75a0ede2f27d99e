public import Booking
public import Cryptography
import Kit
public import Postgres

struct ReadSigningKey: PostgresStatement {
  static let sql = "select private_key from signing_keys where is_current"
  func bind(_ b: inout PostgresBindings) {}
  static func row(_ r: PostgresRow) throws(PostgresError) -> SigningKey {
    let pem = try r.string(0)
    do throws(CryptographyError) {
      return SigningKey(try P256PrivateKey(pem: pem))
    } catch {
      throw PostgresError(.decoding, "the signing key cannot be read")
    }
  }
}

struct ReadPublicSigningKeys: PostgresStatement {
  static let sql =
    "select public_key from signing_keys order by is_current desc, created_at desc, key_id limit 100"
  func bind(_ b: inout PostgresBindings) {}
  static func row(_ r: PostgresRow) throws(PostgresError) -> P256PublicKey { try r.point(0) }
}

/// Of two that make the first key at the same moment one is kept.
struct InsertSigningKey: PostgresStatement {
  static let sql = """
    insert into signing_keys (key_id, public_key, private_key) values ($1, $2, $3)
    on conflict do nothing
    """
  let key: SigningKey
  func bind(_ b: inout PostgresBindings) {
    b.append(key.id)
    b.append(key.key.publicKey.point)
    b.append(key.key.pem)
  }
}

struct RetireSigningKeys: PostgresStatement {
  static let sql = "update signing_keys set is_current = false where is_current"
  func bind(_ b: inout PostgresBindings) {}
}

extension Ledger {
  /// The key that signs now; `nil` until one was made.
  public func signingKey() async throws(PostgresError) -> SigningKey? {
    try await pool.query(ReadSigningKey(), deadline: limits.queryDeadline).first
  }

  /// Keeps the key where there is none that signs.
  public func offer(_ key: SigningKey) async throws(PostgresError) {
    try await pool.query(InsertSigningKey(key: key), deadline: limits.queryDeadline)
  }

  /// From now on this one signs. Those before it stay known.
  public func replaceSigningKey(by key: SigningKey) async throws(PostgresError) {
    var batch = PostgresBatch()
    _ = batch.add(RetireSigningKeys())
    _ = batch.add(InsertSigningKey(key: key))
    try await pool.run(batch, deadline: limits.queryDeadline)
  }

  /// Everything that evidence may be signed with, the newest first.
  public func publicSigningKeys() async throws(PostgresError) -> [P256PublicKey] {
    try await pool.query(ReadPublicSigningKeys(), deadline: limits.queryDeadline)
  }
}
