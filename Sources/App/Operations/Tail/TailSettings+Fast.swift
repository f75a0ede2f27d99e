public import BookingTail
import Kit

extension TailSettings {
  /// As a demo or a test runs it: every wait is this long, nothing else differs.
  public mutating func runFast(_ wait: Duration) {
    backoff = Backoff(first: wait, factor: 2, cap: max(wait * 20, .seconds(1)), jitter: 0)
    sheetSettles = min(sheetSettles, wait)
    pushSettles = min(pushSettles, wait)
  }
}
