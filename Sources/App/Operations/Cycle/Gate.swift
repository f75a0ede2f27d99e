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
actor Pace {
  private let interval: Duration
  private var nextTurn = ContinuousClock.now

  init(perMinute: Int) {
    interval = perMinute > 0 ? .seconds(60) / perMinute : .zero
  }

  func turn() async {
    guard interval > .zero else { return }
    let now = ContinuousClock.now
    let mine = max(now, nextTurn)
    nextTurn = mine + interval
    if mine > now { try? await Task.sleep(for: mine - now) }
  }
}
