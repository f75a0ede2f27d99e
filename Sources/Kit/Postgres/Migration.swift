import Cryptography

/// A numbered, forward-only change of the schema.
public struct Migration: Sendable {
  public var number: Int
  public var name: String
  public var sql: String

  public init(number: Int, name: String, sql: String) {
    self.number = number
    self.name = name
    self.sql = sql
  }

  /// SHA-256 of the text.
  public var checksum: String { SHA256.hex(SHA256.hash(Array(sql.utf8))) }
  var title: String { "\(number) \(name)" }
}
