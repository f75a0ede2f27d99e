import Ledger
public import People

extension Desk {
  /// Somebody has seen to what they were told of, where nothing else shows that.
  /// - Throws: `Refusal.noSuchFailure`, or the `PostgresError` of the ledger.
  public func settle(failure id: Int64, by actor: Actor) async throws {
    guard try await ledger.settleFailure(id, by: actor) else { throw Refusal.noSuchFailure(id) }
  }
}
