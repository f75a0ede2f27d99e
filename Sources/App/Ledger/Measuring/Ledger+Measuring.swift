public import Kit
public import Postgres

public struct ValidationTimes: Sendable {
  public var orders: Int
  public var longest: Duration
  public var median: Duration
  /// From the first arrival to the last.
  public var arriving: Duration
}

/// Questions that only a benchmark asks. They may read whole tables.
extension Ledger {
  private static var patience: Duration { .minutes(2) }

  public func arrivals() async throws(PostgresError) -> (all: Int, open: Int) {
    try await pool.query(CountArrivals(), deadline: Self.patience).first ?? (0, 0)
  }

  public func validationTimes() async throws(PostgresError) -> ValidationTimes {
    try await pool.query(ReadValidationTimes(), deadline: Self.patience).first
      ?? ValidationTimes(orders: 0, longest: .zero, median: .zero, arriving: .zero)
  }

  /// - Returns: how many orders were shipped since, and the time from the first move to the last.
  public func span(since: Timestamp) async throws(PostgresError) -> (shipped: Int, took: Duration) {
    try await pool.query(ReadSpan(since: since), deadline: Self.patience).first ?? (0, .zero)
  }

  public func held() async throws(PostgresError) -> (effects: Int, until: Timestamp?) {
    try await pool.query(ReadHeld(), deadline: Self.patience).first ?? (0, nil)
  }

  public func confirmedEffects(
    since: Timestamp
  ) async throws(PostgresError) -> [(tenth: Int, count: Int)] {
    try await pool.query(CountConfirmedEffects(since: since), deadline: Self.patience)
  }
}
