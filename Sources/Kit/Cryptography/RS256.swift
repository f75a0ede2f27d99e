import COpenSSL

/// RSA with SHA-256, PKCS #1 v1.5: signs the tokens that service accounts log in with.
public enum RS256 {
  /// - Parameter pem: a private key, PKCS #8 or PKCS #1, without a passphrase, 2,048 bits or more.
  /// - Throws: `.badKey` when the text is no such key.
  public static func sign(_ message: [UInt8], pem: String) throws(CryptographyError) -> [UInt8] {
    let key = try KeyHandle.open(pem: pem, isPrivate: true)
    return try key.sign(message)
  }

  /// - Parameter pem: the public key.
  public static func verify(
    _ signature: [UInt8], of message: [UInt8], pem: String
  ) throws(CryptographyError) -> Bool {
    let key = try KeyHandle.open(pem: pem, isPrivate: false)
    return try key.verify(signature, message)
  }
}

/// Refuses keys with a passphrase; without this libcrypto would ask at the terminal.
private func noPassphrase(
  _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int32, _ writes: Int32,
  _ context: UnsafeMutableRawPointer?
) -> Int32 { -1 }

/// Owner of one `EVP_PKEY`.
private struct KeyHandle: ~Copyable {
  private let key: OpaquePointer

  private init(taking key: OpaquePointer) { self.key = key }

  deinit { EVP_PKEY_free(key) }

  static func open(pem: String, isPrivate: Bool) throws(CryptographyError) -> KeyHandle {
    let text = Array(pem.utf8)
    guard let memory = BIO_new_mem_buf(text, Int32(clamping: text.count)) else {
      throw .library("key")
    }
    // The buffer borrows `text` and is gone before it.
    let found = withExtendedLifetime(text) {
      defer { BIO_free(memory) }
      return isPrivate
        ? PEM_read_bio_PrivateKey(memory, nil, noPassphrase, nil)
        : PEM_read_bio_PUBKEY(memory, nil, noPassphrase, nil)
    }
    guard let found else { throw .library("reading the PEM", code: .badKey) }
    let handle = KeyHandle(taking: found)
    guard EVP_PKEY_get_base_id(found) == EVP_PKEY_RSA, EVP_PKEY_get_bits(found) >= 2_048 else {
      throw CryptographyError(code: .badKey, detail: "not an RSA key of 2,048 bits or more")
    }
    return handle
  }

  func sign(_ message: [UInt8]) throws(CryptographyError) -> [UInt8] {
    let context = try MessageHandle.open()
    guard EVP_DigestSignInit(context.pointer, nil, SHA256.algorithm, nil, key) == 1
    else { throw .library("RS256") }
    var signature = [UInt8](repeating: 0, count: Int(EVP_PKEY_get_size(key)))
    var count = signature.count
    guard EVP_DigestSign(context.pointer, &signature, &count, message, message.count) == 1
    else { throw .library("RS256") }
    return Array(signature.prefix(count))
  }

  func verify(_ signature: [UInt8], _ message: [UInt8]) throws(CryptographyError) -> Bool {
    let context = try MessageHandle.open()
    guard EVP_DigestVerifyInit(context.pointer, nil, SHA256.algorithm, nil, key) == 1
    else { throw .library("RS256") }
    defer { ERR_clear_error() }
    return EVP_DigestVerify(
      context.pointer, signature, signature.count, message, message.count) == 1
  }
}
