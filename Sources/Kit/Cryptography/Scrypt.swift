import COpenSSL
import Kit

/// Password hashes: `$scrypt$ln=15,r=8,p=1$salt$hash`, salt and hash in Base64 without padding.
///
/// One hash takes 32 MiB and about 80 ms; all run one after another on a thread of their own, so
/// that many log-ins at once can take neither the memory nor the cooperative pool.
public enum Scrypt {
  private static let thread = BlockingThreads(count: 1)
  private static let logarithm = 15
  private static let memoryMax: UInt64 = 64 << 20
  private static let passwordBytesMax = 1_024

  /// - Throws: `.badKey` for an empty password or one above 1,024 bytes.
  public static func hash(_ password: String) async throws -> String {
    let salt = SecureRandom.bytes(16)
    let key = try await thread.run {
      Result { try derive(password, salt, logarithm: logarithm, r: 8, p: 1, count: 32) }
    }.get()
    return "$scrypt$ln=\(logarithm),r=8,p=1$\(unpadded(salt))$\(unpadded(key))"
  }

  /// False for a wrong password, and for a stored text that is no hash of ours.
  public static func verify(_ password: String, against stored: String) async -> Bool {
    let parts = stored.split(separator: "$", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt",
      let costs = costs(parts[2]), let salt = padded(parts[3]), let wanted = padded(parts[4]),
      wanted.count >= 16
    else { return false }
    let key = await thread.run {
      try? derive(
        password, salt, logarithm: costs.logarithm, r: costs.r, p: costs.p, count: wanted.count)
    }
    return key.map { constantTimeEquals($0, wanted) } ?? false
  }

  /// RFC 7914.
  package static func derive(
    _ password: String, _ salt: [UInt8], logarithm: Int, r: UInt64, p: UInt64, count: Int
  ) throws(CryptographyError) -> [UInt8] {
    let password = Array(password.utf8)
    guard !password.isEmpty, password.count <= passwordBytesMax else {
      throw CryptographyError(code: .badKey, detail: "a password of \(password.count) bytes")
    }
    var key = [UInt8](repeating: 0, count: count)
    let done = password.withUnsafeBytes { password in
      EVP_PBE_scrypt(
        password.baseAddress?.assumingMemoryBound(to: CChar.self), password.count, salt, salt.count,
        UInt64(1) << UInt64(logarithm), r, p, memoryMax, &key, key.count)
    }
    guard done == 1 else { throw .library("scrypt") }
    return key
  }

  private static func costs(_ text: String) -> (logarithm: Int, r: UInt64, p: UInt64)? {
    var values: [String: Int] = [:]
    for pair in text.split(separator: ",") {
      let sides = pair.split(separator: "=")
      guard sides.count == 2, let value = Int(sides[1]) else { return nil }
      values[String(sides[0])] = value
    }
    guard let logarithm = values["ln"], (1...20).contains(logarithm),
      let r = values["r"], (1...32).contains(r), let p = values["p"], (1...16).contains(p)
    else { return nil }
    return (logarithm, UInt64(r), UInt64(p))
  }

  private static func unpadded(_ bytes: [UInt8]) -> String {
    String(Base64.encode(bytes).prefix { $0 != "=" })
  }

  private static func padded(_ text: String) -> [UInt8]? {
    Base64.decode(text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4))
  }
}
