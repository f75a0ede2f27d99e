import Kit
import Synchronization

/// Counts calls in rolling windows.
final class Limiter: Sendable {
  private let calls = Mutex<[String: [Timestamp]]>([:])

  /// nil when one more call is allowed now, otherwise the whole seconds until it is.
  func wait(_ key: String, _ limit: SandboxSettings.RateLimit, now: Timestamp) -> Int? {
    calls.withLock { calls in
      var recent = calls[key, default: []].filter { now.duration(since: $0) < limit.per }
      defer { calls[key] = recent }
      if recent.count < limit.calls {
        recent.append(now)
        return nil
      }
      let rest = recent.first.map { limit.per - now.duration(since: $0) } ?? limit.per
      return max(1, Int(rest.seconds.rounded(.up)))
    }
  }

  func reset() {
    calls.withLock { $0 = [:] }
  }
}
