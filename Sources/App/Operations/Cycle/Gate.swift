import Kit
import Synchronization

/// Which lanes are told to wait (429, a bad key), until when. One shop's trouble pauses that shop.
final class Gate: Sendable {
  private let pausedUntil = Mutex<[String: ContinuousClock.Instant]>([:])

  func pause(_ lane: String, for duration: Duration) {
    let until = ContinuousClock.now + duration
    pausedUntil.withLock { $0[lane] = max($0[lane] ?? until, until) }
  }

  /// How long the lane still has to wait; `nil` when it is open.
  func wait(for lane: String) -> Duration? {
    pausedUntil.withLock { paused in
      guard let until = paused[lane] else { return nil }
      let left = until - ContinuousClock.now
      if left <= .zero {
        paused[lane] = nil
        return nil
      }
      return left
    }
  }
}

/// Spaces calls evenly: at most `perMinute` in any minute. Zero means no limit.
///
/// A turn is given only to whoever can still use it when it comes: of more that wait than a lease lasts for,
/// those behind would else spend turns on nothing, and come back behind each other for ever.
package actor Pace {
  /// What comes between a turn that was waited for and its call takes a moment, too.
  static let slack = Duration.milliseconds(250)

  private let interval: Duration
  private var nextTurn = ContinuousClock.now

  package init(perMinute: Int) {
    interval = perMinute > 0 ? .seconds(60) / perMinute : .zero
  }

  /// Waits for the next turn, unless that comes after the last moment at which it is of use.
  /// - Returns: `nil` when it is the caller's turn; else, at once, in how long one is to be had. Then none is
  ///   spent.
  package func turn(by latest: ContinuousClock.Instant) async -> Duration? {
    let now = ContinuousClock.now
    if let late = wait(by: latest, now: now) { return late }
    guard interval > .zero else { return nil }
    let mine = max(now, nextTurn)
    nextTurn = mine + interval
    if mine > now { try? await Task.sleep(for: mine - now) }
    return nil
  }

  /// What `turn` would answer now to whoever it has no turn for; takes none.
  package func wait(by latest: ContinuousClock.Instant) -> Duration? {
    wait(by: latest, now: .now)
  }

  private func wait(by latest: ContinuousClock.Instant, now: ContinuousClock.Instant) -> Duration? {
    guard interval > .zero, nextTurn > now else { return now < latest ? nil : .zero }
    return nextTurn + Self.slack < latest ? nil : nextTurn - now
  }
}
