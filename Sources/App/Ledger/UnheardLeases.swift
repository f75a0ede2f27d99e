import Kit
import Synchronization

/// Leases under which something may have been claimed while the answer was lost. Nobody heard what,
/// so nobody goes on with any of it, and what they hold can be given back at once instead of when
/// they run out.
///
/// They are asked for again and again for a while: the statement that was not heard of may still be
/// under way in the server, waiting for its standby.
final class UnheardLeases: Sendable {
  static let kept = Duration.seconds(60)
  /// The oldest are dropped; what they hold comes due when they run out.
  static let countMax = 1_000

  private let all = Mutex<[(lease: UUIDv7, at: ContinuousClock.Instant)]>([])

  func add(_ lease: UUIDv7) {
    all.withLock { all in
      if all.count >= Self.countMax { all.removeFirst() }
      all.append((lease, .now))
    }
  }

  var recent: [UUIDv7] {
    all.withLock { all in
      all.removeAll { .now - $0.at > Self.kept }
      return all.map(\.lease)
    }
  }
}
