import COpenSSL

/// Owner of one `EVP_PKEY` on P-256.
struct CurveKeyHandle: ~Copyable {
  let key: OpaquePointer

  private init(taking key: OpaquePointer) { self.key = key }

  deinit { EVP_PKEY_free(key) }

  /// What comes before the point in a SubjectPublicKeyInfo of this curve (RFC 5480): the two object
  /// identifiers, and the length of the rest.
  private static let preamble: [UInt8] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
  ]

  /// - Parameter point: 65 bytes, uncompressed; libcrypto refuses what is not on the curve.
  static func open(point: [UInt8]) throws(CryptographyError) -> CurveKeyHandle {
    guard point.count == 65, point[0] == 4 else {
      throw CryptographyError(code: .badKey, detail: "a point has 65 bytes, the first of them 4")
    }
    let bytes = preamble + point
    let found = bytes.withUnsafeBufferPointer { bytes in
      var start = bytes.baseAddress
      return d2i_PUBKEY(nil, &start, bytes.count)
    }
    guard let found else { throw .library("reading the point", code: .badKey) }
    return try checked(found)
  }

  static func open(pem: String) throws(CryptographyError) -> CurveKeyHandle {
    let text = Array(pem.utf8)
    guard let memory = BIO_new_mem_buf(text, Int32(clamping: text.count)) else {
      throw .library("key")
    }
    // The buffer borrows `text` and is gone before it.
    let found = withExtendedLifetime(text) {
      defer { BIO_free(memory) }
      return PEM_read_bio_PrivateKey(memory, nil, { _, _, _, _ in -1 }, nil)
    }
    guard let found else { throw .library("reading the PEM", code: .badKey) }
    return try checked(found)
  }

  static func make() throws(CryptographyError) -> CurveKeyHandle {
    guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil) else { throw .library("EC key") }
    defer { EVP_PKEY_CTX_free(context) }
    var made: OpaquePointer?
    guard EVP_PKEY_keygen_init(context) == 1,
      EVP_PKEY_CTX_ctrl_str(context, "ec_paramgen_curve", "P-256") == 1,
      EVP_PKEY_keygen(context, &made) == 1, let made
    else { throw .library("EC key") }
    return try checked(made)
  }

  /// Owns it from here on, whatever it is.
  private static func checked(_ key: OpaquePointer) throws(CryptographyError) -> CurveKeyHandle {
    let handle = CurveKeyHandle(taking: key)
    var name = [CChar](repeating: 0, count: 32)
    var count = 0
    let isNamed =
      EVP_PKEY_get_base_id(key) == EVP_PKEY_EC
      && EVP_PKEY_get_group_name(key, &name, name.count, &count) == 1
    let group = String(decoding: name.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard isNamed, group == "prime256v1" else {
      throw CryptographyError(code: .badKey, detail: "not a key of P-256")
    }
    return handle
  }

  func publicKey() throws(CryptographyError) -> P256PublicKey {
    var start: UnsafeMutablePointer<UInt8>?
    let count = EVP_PKEY_get1_encoded_public_key(key, &start)
    guard let start, count > 0 else { throw .library("public key") }
    // `OPENSSL_free` is a macro for this.
    defer { CRYPTO_free(start, #file, #line) }
    return try P256PublicKey(point: Array(UnsafeBufferPointer(start: start, count: count)))
  }

  func privatePEM() throws(CryptographyError) -> String {
    guard let memory = BIO_new(BIO_s_mem()) else { throw .library("memory") }
    defer { BIO_free(memory) }
    guard PEM_write_bio_PKCS8PrivateKey(memory, key, nil, nil, 0, nil, nil) == 1
    else { throw .library("writing the PEM") }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = BIO_read(memory, &bytes, Int32(bytes.count))
    return String(decoding: bytes.prefix(max(0, Int(count))), as: UTF8.self)
  }
}

/// Owner of one `EVP_MD_CTX`.
struct MessageHandle: ~Copyable {
  let pointer: OpaquePointer

  private init(taking pointer: OpaquePointer) { self.pointer = pointer }

  deinit { EVP_MD_CTX_free(pointer) }

  static func open() throws(CryptographyError) -> MessageHandle {
    guard let pointer = EVP_MD_CTX_new() else { throw .library("digest") }
    return MessageHandle(taking: pointer)
  }
}
