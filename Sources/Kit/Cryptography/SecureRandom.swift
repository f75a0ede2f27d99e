import COpenSSL
import Kit

public enum SecureRandom {
  /// Bytes from the kernel's generator.
  public static func bytes(_ count: Int) -> [UInt8] { Entropy.bytes(count) }
}

/// Compares secrets: the time taken does not depend on where they differ.
public func constantTimeEquals(_ a: [UInt8], _ b: [UInt8]) -> Bool {
  a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
}

public func constantTimeEquals(_ a: String, _ b: String) -> Bool {
  constantTimeEquals(Array(a.utf8), Array(b.utf8))
}
