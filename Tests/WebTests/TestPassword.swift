import Cryptography

/// The hash of `Browser.password`, made once: it is slow on purpose.
enum TestPassword {
  private static let made = Task { try await Scrypt.hash(Browser.password) }
  static func hash() async throws -> String { try await made.value }
}
