import COpenSSL

/// A new RSA key: for simulations and tests, which must not carry a private key in a file.
public struct RSAKeyPair: Sendable {
  /// PEM, PKCS #8, without a passphrase. Never printed.
  public let privateKey: String
  /// PEM.
  public let publicKey: String

  /// Makes a key; takes some tenths of a second of the calling thread.
  /// - Parameter bits: 2,048 or more.
  /// - Throws: `.badKey` for fewer bits, `.library` when libcrypto cannot.
  public static func make(bits: Int = 2_048) throws(CryptographyError) -> RSAKeyPair {
    guard (2_048...8_192).contains(bits) else {
      throw CryptographyError(code: .badKey, detail: "\(bits) bits; 2,048 to 8,192 are usual")
    }
    let key = try NewKeyHandle.make(bits: bits)
    return RSAKeyPair(privateKey: try key.privatePEM(), publicKey: try key.publicPEM())
  }
}

extension RSAKeyPair: CustomStringConvertible, CustomReflectable {
  public var description: String { "an RSA key" }
  /// Keeps the key out of dumps.
  public var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey]) }
}

/// Owner of one `EVP_PKEY` that was just made.
private struct NewKeyHandle: ~Copyable {
  private let key: OpaquePointer

  private init(taking key: OpaquePointer) { self.key = key }

  deinit { EVP_PKEY_free(key) }

  static func make(bits: Int) throws(CryptographyError) -> NewKeyHandle {
    guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, nil) else { throw .library("RSA key") }
    defer { EVP_PKEY_CTX_free(context) }
    var made: OpaquePointer?
    guard EVP_PKEY_keygen_init(context) == 1,
      EVP_PKEY_CTX_ctrl_str(context, "rsa_keygen_bits", "\(bits)") == 1,
      EVP_PKEY_keygen(context, &made) == 1, let made
    else { throw .library("RSA key") }
    return NewKeyHandle(taking: made)
  }

  func privatePEM() throws(CryptographyError) -> String {
    let memory = try MemoryHandle.open()
    guard PEM_write_bio_PKCS8PrivateKey(memory.bio, key, nil, nil, 0, nil, nil) == 1
    else { throw .library("writing the PEM") }
    return memory.text()
  }

  func publicPEM() throws(CryptographyError) -> String {
    let memory = try MemoryHandle.open()
    guard PEM_write_bio_PUBKEY(memory.bio, key) == 1 else { throw .library("writing the PEM") }
    return memory.text()
  }
}

/// Owner of one `BIO` in memory.
private struct MemoryHandle: ~Copyable {
  let bio: OpaquePointer

  private init(taking bio: OpaquePointer) { self.bio = bio }

  deinit { BIO_free(bio) }

  static func open() throws(CryptographyError) -> MemoryHandle {
    guard let bio = BIO_new(BIO_s_mem()) else { throw .library("memory") }
    return MemoryHandle(taking: bio)
  }

  /// All that was written; a PEM of a key is a few thousand bytes.
  func text() -> String {
    var bytes = [UInt8](repeating: 0, count: 16_384)
    let count = BIO_read(bio, &bytes, Int32(bytes.count))
    return String(decoding: bytes.prefix(max(0, Int(count))), as: UTF8.self)
  }
}
