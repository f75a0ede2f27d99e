import Kit
import OrderSheet
import Synchronization

/// The quota of every account that is written with.
final class Budgets: Sendable {
  private let settings: TailSettings
  private let now: @Sendable () -> Timestamp
  private let budgets = Mutex<[String: CallBudget]>([:])

  init(_ settings: TailSettings, now: @escaping @Sendable () -> Timestamp) {
    self.settings = settings
    self.now = now
  }

  /// `nil` when the calls are taken, otherwise how long it is until they may be.
  func take(_ account: String, reads: Int, writes: Int) -> Duration? {
    let moment = now()
    return budgets.withLock { budgets in
      budgets[account, default: fresh()].take(reads: reads, writes: writes, at: moment)
    }
  }

  func giveBack(_ account: String, reads: Int, writes: Int) {
    budgets.withLock { budgets in
      budgets[account, default: fresh()].giveBack(reads: reads, writes: writes)
    }
  }

  private func fresh() -> CallBudget {
    CallBudget(readsMax: settings.readsPerMinute, writesMax: settings.writesPerMinute)
  }
}
