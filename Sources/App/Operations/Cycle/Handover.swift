import Effects
import Kit
import Ledger
import Orders

/// How intake hands what it has just planned to the worker of the same process: the intent is
/// committed as claimed by that worker, which then begins at once, without asking the ledger.
public struct Handover: Sendable {
  var lease: @Sendable () -> Lease
  /// Whether an effect of this kind, in this lane, may be claimed for the worker.
  var canTakeOn: @Sendable (Deed, String) -> Bool
  /// Until the worker has room for more, but not for long: see `Worker.waitForRoom`.
  var room: @Sendable (Deed, ShopSettings) async -> Void
  var begin: @Sendable ([ClaimedEffect], [String: IncomingOrder]) -> Void
  /// To be called when the intake is through, whatever became of it: a worker that is asked to stop
  /// waits for this.
  var end: @Sendable () -> Void
}

extension Worker {
  /// `nil` once the worker has stopped.
  public func openHandover() -> Handover? {
    guard enter() else { return nil }
    let (worker, duration) = (journal.worker, cycle.lease)
    return Handover(
      lease: { Lease(id: UUIDv7.make(), worker: worker, duration: duration) },
      canTakeOn: { self.canTakeOn($0, $1) },
      room: { await self.waitForRoom(in: $0.system.lane(shop: $1.id)) },
      begin: { effects, orders in
        for effect in effects {
          var memory = Hands.Memory()
          if let order = effect.orderID.flatMap({ orders[$0] }) {
            memory.seen = order
            memory.seenAt = .now
            memory.isPlannedJustNow = true
          }
          self.begin(effect, memory, from: .followUp)
        }
      },
      end: { self.leave() })
  }
}
