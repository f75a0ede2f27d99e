import COpenSSL

public enum SHA256 {
  /// Fetched once: a look-up by name at each hash would cost more than a short hash.
  /// Immutable and never freed; libcrypto allows its use from all threads.
  nonisolated(unsafe) static let algorithm = EVP_MD_fetch(nil, "SHA256", nil)

  /// - Returns: 32 bytes.
  public static func hash(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    if let digest = bytes.withContiguousStorageIfAvailable({ hash($0) }) { return digest }
    return Array(bytes).withUnsafeBufferPointer { hash($0) }
  }

  /// The digest as text, 64 digits: `SHA256.hex(SHA256.hash(bytes))`.
  public static func hex(_ digest: [UInt8]) -> String { Hex.encode(digest) }

  private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { out, count in
      let done = EVP_Digest(bytes.baseAddress, bytes.count, out.baseAddress, nil, algorithm, nil)
      precondition(done == 1, "libcrypto has no SHA-256")
      count = 32
    }
  }
}

public enum HMAC {
  /// - Returns: 32 bytes.
  public static func sha256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { out, count in
      // An empty key still needs an address: without one, libcrypto would reuse the last key.
      let key = key.isEmpty ? [0] : key
      let done = COpenSSL.HMAC(
        SHA256.algorithm, key, Int32(clamping: key.count), message, message.count,
        out.baseAddress, nil)
      precondition(done != nil, "libcrypto has no HMAC-SHA-256")
      count = 32
    }
  }
}
