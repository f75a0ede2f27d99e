import COpenSSL

/// ECDSA on the curve P-256 with SHA-256 (RFC 7518, section 3.4). A signature is r and s, 32 bytes each:
/// what JWS carries, and passkeys and wallets make.
public enum ES256 {
  /// Bytes of a signature.
  public static let signatureBytes = 64

  /// - Returns: 64 bytes; another signature each time.
  public static func sign(
    _ message: [UInt8], with key: P256PrivateKey
  ) throws(CryptographyError) -> [UInt8] {
    let handle = try CurveKeyHandle.open(pem: key.pem)
    let context = try MessageHandle.open()
    guard EVP_DigestSignInit(context.pointer, nil, SHA256.algorithm, nil, handle.key) == 1
    else { throw .library("ES256") }
    var der = [UInt8](repeating: 0, count: Int(EVP_PKEY_get_size(handle.key)))
    var count = der.count
    guard EVP_DigestSign(context.pointer, &der, &count, message, message.count) == 1
    else { throw .library("ES256") }
    return try plain(Array(der.prefix(count)))
  }

  /// `false` for whatever is no signature of this message by this key.
  public static func verify(
    _ signature: [UInt8], of message: [UInt8], by key: P256PublicKey
  ) throws(CryptographyError) -> Bool {
    guard signature.count == signatureBytes, let der = encoded(signature) else { return false }
    let handle = try CurveKeyHandle.open(point: key.point)
    let context = try MessageHandle.open()
    guard EVP_DigestVerifyInit(context.pointer, nil, SHA256.algorithm, nil, handle.key) == 1
    else { throw .library("ES256") }
    defer { ERR_clear_error() }
    return EVP_DigestVerify(context.pointer, der, der.count, message, message.count) == 1
  }

  /// r and s out of the DER that libcrypto makes.
  private static func plain(_ der: [UInt8]) throws(CryptographyError) -> [UInt8] {
    let pair = der.withUnsafeBufferPointer { bytes in
      var start = bytes.baseAddress
      return d2i_ECDSA_SIG(nil, &start, bytes.count)
    }
    guard let pair else { throw .library("ES256") }
    defer { ECDSA_SIG_free(pair) }
    var out = [UInt8](repeating: 0, count: signatureBytes)
    let isWhole = out.withUnsafeMutableBufferPointer { out in
      guard let base = out.baseAddress else { return false }
      return BN_bn2binpad(ECDSA_SIG_get0_r(pair), base, 32) == 32
        && BN_bn2binpad(ECDSA_SIG_get0_s(pair), base + 32, 32) == 32
    }
    guard isWhole else { throw .library("ES256") }
    return out
  }

  /// DER: a sequence of two whole numbers, each as short as it can be.
  private static func encoded(_ signature: [UInt8]) -> [UInt8]? {
    func number(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
      var digits = Array(bytes.drop { $0 == 0 })
      if digits.isEmpty || digits[0] >= 0x80 { digits.insert(0, at: 0) }
      return [2, UInt8(digits.count)] + digits
    }
    let body = number(signature[..<32]) + number(signature[32...])
    return [0x30, UInt8(body.count)] + body
  }
}

/// A point of P-256 that signatures are checked with.
public struct P256PublicKey: Sendable, Hashable {
  /// 65 bytes: 4, then x and y.
  public let point: [UInt8]

  /// - Throws: `.badKey` for whatever is no point of the curve.
  public init(point: [UInt8]) throws(CryptographyError) {
    _ = try CurveKeyHandle.open(point: point)
    self.point = point
  }

  public var x: [UInt8] { Array(point[1..<33]) }
  public var y: [UInt8] { Array(point[33...]) }
}

/// A key that signs.
public struct P256PrivateKey: Sendable {
  /// PEM, PKCS #8, without a passphrase. Never printed.
  public let pem: String
  public let publicKey: P256PublicKey

  /// - Throws: `.badKey` when the text is no such key.
  public init(pem: String) throws(CryptographyError) {
    publicKey = try CurveKeyHandle.open(pem: pem).publicKey()
    self.pem = pem
  }

  public static func make() throws(CryptographyError) -> P256PrivateKey {
    let handle = try CurveKeyHandle.make()
    return try P256PrivateKey(pem: try handle.privatePEM())
  }
}

extension P256PrivateKey: CustomStringConvertible, CustomReflectable {
  public var description: String { "a key of P-256" }
  /// Keeps the key out of dumps.
  public var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey]) }
}
