import Cryptography

enum RSAKeyMaker {
  /// A key that nobody knows.
  static func privateKey() throws -> String { try RSAKeyPair.make().privateKey }
}
