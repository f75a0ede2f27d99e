import COpenSSL

/// AES-256-GCM: secrets at rest. The result is nonce (12 bytes), cipher text, tag (16 bytes).
public enum AESGCM {
  private static let nonceBytes = 12
  private static let tagBytes = 16

  /// - Parameters:
  ///   - key: 32 bytes.
  ///   - context: what the secret belongs to; must be the same when it is opened.
  public static func seal(
    _ plain: [UInt8], key: [UInt8], context: [UInt8] = []
  ) throws(CryptographyError) -> [UInt8] {
    try seal(plain, key: key, context: context, nonce: SecureRandom.bytes(nonceBytes))
  }

  /// For known answers only: a nonce must never be used twice with one key.
  package static func seal(
    _ plain: [UInt8], key: [UInt8], context: [UInt8], nonce: [UInt8]
  ) throws(CryptographyError) -> [UInt8] {
    let cipher = try CipherHandle.open(key: key, nonce: nonce, encrypts: true)
    try cipher.add(context: context)
    let sealed = try cipher.update(plain)
    try cipher.finish()
    return try nonce + sealed + cipher.tag(count: tagBytes)
  }

  /// - Throws: `.notAuthentic` when a byte was changed, the key or the context is another one.
  public static func open(
    _ sealed: [UInt8], key: [UInt8], context: [UInt8] = []
  ) throws(CryptographyError) -> [UInt8] {
    guard sealed.count >= nonceBytes + tagBytes else {
      throw CryptographyError(code: .notAuthentic, detail: "only \(sealed.count) bytes")
    }
    let cipher = try CipherHandle.open(
      key: key, nonce: Array(sealed.prefix(nonceBytes)), encrypts: false)
    try cipher.add(context: context)
    let plain = try cipher.update(Array(sealed[nonceBytes..<(sealed.count - tagBytes)]))
    try cipher.expect(tag: Array(sealed.suffix(tagBytes)))
    try cipher.finish()
    return plain
  }
}

/// Owner of one `EVP_CIPHER_CTX`.
private struct CipherHandle: ~Copyable {
  private let context: OpaquePointer

  private init(taking context: OpaquePointer) { self.context = context }

  deinit { EVP_CIPHER_CTX_free(context) }

  static func open(
    key: [UInt8], nonce: [UInt8], encrypts: Bool
  ) throws(CryptographyError) -> CipherHandle {
    guard key.count == 32 else {
      throw CryptographyError(code: .badKey, detail: "a key of \(key.count) bytes, not 32")
    }
    guard let context = EVP_CIPHER_CTX_new() else { throw .library("AES-GCM") }
    let handle = CipherHandle(taking: context)
    guard
      EVP_CipherInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce, encrypts ? 1 : 0) == 1
    else { throw .library("AES-GCM") }
    return handle
  }

  func add(context extra: [UInt8]) throws(CryptographyError) {
    var count: Int32 = 0
    guard !extra.isEmpty else { return }
    guard EVP_CipherUpdate(context, nil, &count, extra, try length(extra)) == 1
    else { throw .library("AES-GCM context") }
  }

  func update(_ bytes: [UInt8]) throws(CryptographyError) -> [UInt8] {
    guard !bytes.isEmpty else { return [] }
    var out = [UInt8](repeating: 0, count: bytes.count)
    var count: Int32 = 0
    guard EVP_CipherUpdate(context, &out, &count, bytes, try length(bytes)) == 1
    else { throw .library("AES-GCM") }
    return out
  }

  func expect(tag: [UInt8]) throws(CryptographyError) {
    var tag = tag
    guard EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag) == 1
    else { throw .library("AES-GCM tag") }
  }

  func tag(count: Int) throws(CryptographyError) -> [UInt8] {
    var tag = [UInt8](repeating: 0, count: count)
    guard EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(count), &tag) == 1
    else { throw .library("AES-GCM tag") }
    return tag
  }

  func finish() throws(CryptographyError) {
    var rest = [UInt8](repeating: 0, count: 16)
    var count: Int32 = 0
    guard EVP_CipherFinal_ex(context, &rest, &count) == 1 else {
      throw .library("AES-GCM", code: .notAuthentic)
    }
  }

  private func length(_ bytes: [UInt8]) throws(CryptographyError) -> Int32 {
    guard let length = Int32(exactly: bytes.count) else {
      throw CryptographyError(code: .tooLong, detail: "\(bytes.count) bytes")
    }
    return length
  }
}
