import Booking
import BookingTail
import Kit
import Ledger
import OrderSheet
import Postgres

/// After a start and every night the sheets are looked at once: they show what the ledger knows.
extension TailWorker {
  /// Bookings that changed within it are looked after.
  static let sweepBack = Duration.hours(24 * 7)
  /// Of one business; the newest.
  static let sweepMax = 2_000
  static let sweepEvery = Duration.hours(24)

  /// Until the task is cancelled.
  public func sweepNightly() async {
    while !Task.isCancelled {
      await sweep()
      try? await Task.sleep(for: Self.sweepEvery)
    }
  }

  /// One look at every sheet.
  public func sweep() async {
    let businesses: [String]
    do throws(PostgresError) {
      businesses = try await ledger.sheetBusinesses()
    } catch {
      log.warning("the sheets were not swept", ["why": error.description])
      return
    }
    for business in businesses where !Task.isCancelled {
      let lane = BookingEffect.syncSheet.lane(business: business)
      // Whoever is at work on it just now looks at it anyway.
      guard take(lane) else { continue }
      await sweep(business, lane)
      leave(lane)
    }
  }

  private func sweep(_ business: String, _ lane: String) async {
    let lease = Lease(id: UUIDv7.make(), worker: worker, duration: around.lease)
    do throws(PostgresError) {
      guard isReady(business, try await ledger.destinations(of: business)),
        try await ledger.hold(lane: lane, lease: lease)
      else { return }
      let orders = try await ledger.settledBookings(
        of: business, changedWithin: Self.sweepBack, limit: Self.sweepMax)
      var calls: [CallRecord] = []
      if !orders.isEmpty {
        let (open, made) = await tail.sweep(business, orders.map { OrderRow($0) })
        calls = made
        log.info(
          "sheet_swept",
          ["user_id": business, "orders": "\(orders.count)", "open": "\(open.count)"])
      }
      try await ledger.release(lease.id, calls: calls)
    } catch {
      log.warning("a sheet was not swept", ["user_id": business, "why": error.description])
    }
  }
}
