import Booking
import Cryptography
import Kit
import Ledger
import Postgres
import Synchronization

/// Who holds which API key; believed for a few seconds, so that a key costs no round trip a request.
final class KeyRing: Sendable {
  /// Keys remembered; beyond that all are asked for anew.
  static let keysMax = 10_000

  private let ledger: Ledger
  private let life: Duration
  private let known = Mutex<[String: (principal: Principal?, until: ContinuousClock.Instant)]>([:])

  init(ledger: Ledger, life: Duration) {
    self.ledger = ledger
    self.life = life
  }

  /// `nil` for a secret that nobody has.
  func principal(secret: String) async throws(PostgresError) -> Principal? {
    let now = ContinuousClock.now
    if let found = known.withLock({ $0[secret] }), found.until > now { return found.principal }
    let principal = try await ledger.principal(digest: SHA256.hash(secret.utf8))
    known.withLock { known in
      if known.count >= Self.keysMax { known.removeAll() }
      known[secret] = (principal, now + life)
    }
    return principal
  }
}

/// Requests under way in this process, by their key: a second one is told at once.
final class UnderWay: Sendable {
  private let keys = Mutex<Set<KeyName>>([])

  func begin(_ key: KeyName) -> Bool { keys.withLock { $0.insert(key).inserted } }
  func end(_ key: KeyName) { keys.withLock { _ = $0.remove(key) } }
}
