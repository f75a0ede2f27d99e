import Kit
import Synchronization

/// A clock that only moves when it is told to; both sides of the wire share it.
final class TestClock: Sendable {
  private let moment = Mutex(Timestamp(microseconds: 1_790_000_000_000_000))

  var now: Timestamp { moment.withLock { $0 } }

  func advance(_ duration: Duration) { moment.withLock { $0 = $0 + duration } }

  func advance(to later: Timestamp) { moment.withLock { $0 = max($0, later) } }
}

/// Collects what was recorded.
final class Basket: Sendable {
  private let kept = Mutex<[CallRecord]>([])

  var calls: [CallRecord] { kept.withLock { $0 } }

  func add(_ call: CallRecord) { kept.withLock { $0.append(call) } }
}
