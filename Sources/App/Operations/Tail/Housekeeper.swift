public import Kit
public import Ledger
public import Postgres

/// Removes what is past its life: idempotency keys after 48 hours, drafts that nobody booked. A little at
/// a time, so that whoever books meanwhile does not notice; any number of processes may do so.
public struct Housekeeper: Sendable {
  /// Rows of one statement.
  static let batchMax = 1_000
  /// Between the statements of one round.
  static let breath = Duration.milliseconds(50)
  /// Statements of one round, of each kind.
  static let batchesMax = 2_000
  static let every = Duration.minutes(10)

  let ledger: Ledger
  let keepDrafts: Duration
  let log: Log

  public init(ledger: Ledger, keepDrafts: Duration, log: Log) {
    self.ledger = ledger
    self.keepDrafts = keepDrafts
    self.log = log
  }

  /// Until the task is cancelled.
  public func run() async {
    while !Task.isCancelled {
      do throws(PostgresError) {
        let gone = try await round()
        if gone.keys + gone.drafts > 0 {
          log.info("old bookkeeping removed", ["keys": "\(gone.keys)", "drafts": "\(gone.drafts)"])
        }
      } catch {
        log.warning("old bookkeeping was not removed", ["why": error.description])
      }
      try? await Task.sleep(for: Self.every)
    }
  }

  /// Removes all that is past its life now.
  public func round() async throws(PostgresError) -> (keys: Int, drafts: Int) {
    let keys = try await all { (limit) async throws(PostgresError) in
      try await ledger.purgeKeys(upTo: limit)
    }
    let drafts = try await all { (limit) async throws(PostgresError) in
      try await ledger.purgeDrafts(expiredFor: keepDrafts, upTo: limit)
    }
    return (keys, drafts)
  }

  private func all(
    _ purge: (Int) async throws(PostgresError) -> Int
  ) async throws(PostgresError) -> Int {
    var total = 0
    for _ in 0..<Self.batchesMax where !Task.isCancelled {
      let gone = try await purge(Self.batchMax)
      total += gone
      if gone < Self.batchMax { break }
      try? await Task.sleep(for: Self.breath)
    }
    return total
  }
}
