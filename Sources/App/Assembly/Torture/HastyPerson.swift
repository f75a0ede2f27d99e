import Effects
import Kit
import Ledger
import Operations

/// Says `retry` while everything still burns, one order at a time: what was bought and cannot be
/// found yet is then bought again.
actor HastyPerson {
  /// Of the questions that wait, those among which it chooses.
  static let questionsMax = 50

  private(set) var retries = 0
  private var isBusy = false

  /// - Returns: whether the person has time; then `retry` must follow.
  func begin() -> Bool {
    if isBusy { return false }
    isBusy = true
    return true
  }

  func retry(_ pick: Int, _ ledger: Ledger, _ desk: Desk) async {
    defer { isBusy = false }
    // The database may be away: then there is nobody to be asked.
    let filter = EffectFilter(state: .needsPerson, limit: Self.questionsMax)
    guard let open = try? await ledger.effects(filter), !open.isEmpty else { return }
    if await Torture.retry(open[pick % open.count].orderID, desk) { retries += 1 }
  }
}
