import Cryptography
import Kit
import Synchronization

/// The legacy sessions of one process. A session that is not known here, because it is of another
/// process, was ended or is old, is answered with 404, and the client begins anew.
final class Sessions: Sendable {
  static let sessionsMax = 10_000
  /// Of one key.
  static let ofKeyMax = 1_000
  static let idle = Duration.hours(1)

  private let all = Mutex<[String: LegacySession]>([:])

  /// - Returns: `nil` when there are too many.
  func begin(
    _ revision: Revision, _ abilities: ClientAbilities, keyID: String
  ) -> LegacySession? {
    let session = LegacySession(
      id: Base64.encodeURL(SecureRandom.bytes(24)), revision: revision, abilities: abilities,
      keyID: keyID)
    let (isThere, old) = all.withLock { all -> (Bool, [LegacySession]) in
      var old: [LegacySession] = []
      if all.count >= Self.sessionsMax || all.count % 100 == 99 { old = Self.removeOld(&all) }
      guard all.count < Self.sessionsMax,
        all.count < Self.ofKeyMax
          || all.values.filter({ $0.keyID == keyID }).count < Self.ofKeyMax
      else { return (false, old) }
      all[session.id] = session
      return (true, old)
    }
    for session in old { session.end() }
    return isThere ? session : nil
  }

  private static func removeOld(_ all: inout [String: LegacySession]) -> [LegacySession] {
    let before = ContinuousClock.now - idle
    let old = all.values.filter { $0.lastUsed < before && $0.openDialogs == 0 }
    for session in old { all[session.id] = nil }
    return old
  }

  /// A session of this key's: another key finds nothing.
  func session(_ id: String, keyID: String) -> LegacySession? {
    guard let found = all.withLock({ $0[id] }), found.keyID == keyID else { return nil }
    found.touch()
    return found
  }

  func end(_ session: LegacySession) {
    all.withLock { $0[session.id] = nil }
    session.end()
  }

  func endAll() {
    let ended = all.withLock { all in
      defer { all.removeAll() }
      return Array(all.values)
    }
    for session in ended { session.end() }
  }
}
