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

/// Answers that were given lately, by their key: a repeat is answered from here, to the byte, without
/// asking the database. What is in it was committed, and a completed key never changes while it lives.
final class RecentAnswers: Sendable {
  /// Two generations of so many: what is asked for again is kept.
  static let generationMax = 10_000
  /// Much less than a key lives.
  static let life = Duration.hours(1)

  struct Answer: Sendable {
    var digest: [UInt8]
    var status: Int
    var body: [UInt8]
    var orderID: String?
    var at: ContinuousClock.Instant
  }

  private struct State {
    var young: [KeyName: Answer] = [:]
    var old: [KeyName: Answer] = [:]
  }

  private let state = Mutex(State())

  subscript(name: KeyName) -> Answer? {
    state.withLock { state in
      guard let found = state.young[name] ?? state.old[name],
        ContinuousClock.now - found.at < Self.life
      else { return nil }
      return found
    }
  }

  func remember(_ outcome: CreateOutcome, of name: KeyName, digest: [UInt8]) {
    let answer: Answer
    switch outcome {
    case .booked(let status, let body, let orderID, _):
      answer = Answer(digest: digest, status: status, body: body, orderID: orderID, at: .now)
    case .replayed(let status, let body, let orderID):
      answer = Answer(digest: digest, status: status, body: body, orderID: orderID, at: .now)
    case .refused: return
    }
    state.withLock { state in
      if state.young.count >= Self.generationMax {
        state.old = state.young
        state.young.removeAll(keepingCapacity: true)
      }
      state.young[name] = answer
    }
  }
}

/// Requests under way in this process, by their key: a second one is told at once.
final class UnderWay: Sendable {
  private let keys = Mutex<Set<KeyName>>([])

  func begin(_ key: KeyName) -> Bool { keys.withLock { $0.insert(key).inserted } }
  func end(_ key: KeyName) { keys.withLock { _ = $0.remove(key) } }
}
