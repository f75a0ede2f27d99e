import Effects
public import Kit
public import Ledger
import Mirakl
import Orders
import Postgres

/// Pulls one shop's orders, for ever: a narrow fast poll, behind it a wide sweep, and a look at open
/// orders that nobody has seen for a while. Each shop has a puller of its own, so one shop's bad key
/// stops nobody else.
public struct Puller: Sendable {
  let ledger: Ledger
  let shop: ShopClients
  let pull: PullSettings
  let intake: Intake
  let log: Log
  /// Something was planned: workers of this process should look now.
  let wake: @Sendable () -> Void

  public init(
    ledger: Ledger, shop: ShopClients, pull: PullSettings, cycle: CycleSettings, log: Log,
    wake: @escaping @Sendable () -> Void,
    openHandover: @escaping @Sendable () -> Handover? = { nil }
  ) {
    self.ledger = ledger
    self.shop = shop
    self.pull = pull
    self.log = log.with(["shop": shop.settings.id])
    self.wake = wake
    intake = Intake(
      ledger: ledger, shop: shop.settings, cycle: cycle, openHandover: openHandover)
  }

  /// Pulls until the task is cancelled.
  public func run() async {
    var nextSweep = ContinuousClock.now + pull.sweepEvery
    while !Task.isCancelled {
      var report = await pass(.poll)
      var pause = pull.pollEvery
      if report.problem == nil, ContinuousClock.now >= nextSweep {
        nextSweep = .now + pull.sweepEvery
        report = await pass(.sweep)
      }
      if report.problem == nil { report = await rereadStale() }
      if let wait = throttled.wait(for: shop.settings.id) { pause = max(pause, wait) }
      try? await Task.sleep(for: pause)
    }
  }

  /// One walk, all pages.
  public func pass(_ walk: PullWalk) async -> PullReport {
    let correlationID = "pull/\(shop.settings.id)/\(UUIDv7.make().text)"
    let report = await Log.$correlationID.withValue(correlationID) {
      await self.walk(walk, correlationID)
    }
    if let problem = report.problem {
      log.warning("pull ended early", ["walk": walk.rawValue, "why": problem])
    } else if report.new + report.changed > 0 {
      log.info(
        "pulled",
        [
          "walk": walk.rawValue, "new": "\(report.new)", "changed": "\(report.changed)",
          "parked": "\(report.parked)",
        ])
    }
    return report
  }

  private let throttled = Gate()

  private func walk(_ walk: PullWalk, _ correlationID: String) async -> PullReport {
    var report = PullReport()
    var latest: Timestamp?
    do {
      let cursor = try await ledger.cursor(walk, shop: shop.settings.id)
      var query = MiraklOrderQuery()
      query.startUpdateDate = start(of: walk, cursor)
      query.max = pull.pageSize
      var offset = 0
      for _ in 0..<pull.pagesMax {
        query.offset = offset
        let answer = await shop.mirakl.orders(query)
        switch answer.result {
        case .failure(let error):
          report.problem = error.description
          obey(error)
          report += try await intake.take([], calls: [answer.call], correlationID: correlationID)
          try await ledger.finish(
            walk, shop: shop.settings.id, at: nil, problem: error.description)
          return report
        case .success(let page):
          report += try await intake.take(
            page.orders, calls: [answer.call], correlationID: correlationID)
          for order in page.orders {
            if let updated = order.lastUpdated { latest = max(latest ?? updated, updated) }
          }
          if report.new + report.changed > 0 { wake() }
          guard let next = page.nextOffset, next > offset else {
            return await end(walk, latest, report)
          }
          offset = next
        }
      }
      // The cursor stays: nobody knows what lies behind the last page.
      let problem = "the list of orders does not end within \(pull.pagesMax) pages"
      report.problem = problem
      try await ledger.finish(walk, shop: shop.settings.id, at: nil, problem: problem)
      return report
    } catch {
      report.problem = error.description
      return report
    }
  }

  /// A shop that was told to wait is not asked again before that.
  private func obey(_ error: OutsideError) {
    if case .throttled(let after) = error.classification {
      throttled.pause(shop.settings.id, for: after ?? .seconds(60))
    }
  }

  private func start(of walk: PullWalk, _ cursor: PullCursor) -> Timestamp {
    switch walk {
    case .poll:
      guard let position = cursor.position else { return cursor.now - pull.firstLookBack }
      return position - pull.pollOverlap
    case .sweep: return cursor.now - pull.sweepBack
    }
  }

  private func end(_ walk: PullWalk, _ latest: Timestamp?, _ report: PullReport) async -> PullReport
  {
    var report = report
    do {
      try await ledger.finish(walk, shop: shop.settings.id, at: latest, problem: nil)
      if report.new + report.changed > 0 { await ledger.announce() }
    } catch {
      report.problem = error.description
    }
    return report
  }

  /// Reads open orders that no poll has shown for a while, and looks again at parked ones.
  public func rereadStale() async -> PullReport {
    let correlationID = "reread/\(shop.settings.id)/\(UUIDv7.make().text)"
    return await Log.$correlationID.withValue(correlationID) {
      await self.rereadStale(correlationID)
    }
  }

  private func rereadStale(_ correlationID: String) async -> PullReport {
    var report = PullReport()
    do {
      let ids = try await ledger.staleOrders(
        shop: shop.settings.id, unseenFor: pull.rereadAfter, limit: OrderReader.idsMax)
      if !ids.isEmpty {
        let answer = await shop.mirakl.orders(.orders(ids))
        switch answer.result {
        case .failure(let error):
          report.problem = error.description
          obey(error)
          report += try await intake.take([], calls: [answer.call], correlationID: correlationID)
        case .success(let page):
          report += try await intake.take(
            page.orders, calls: [answer.call], correlationID: correlationID)
          try await ledger.touch(ids)
        }
      }
      report += try await intake.reconsiderParked(correlationID: correlationID)
      if report.changed > 0 {
        wake()
        await ledger.announce()
      }
    } catch {
      report.problem = error.description
    }
    return report
  }

  /// A saved answer in the marketplace's own OR11 shape, through the same door.
  /// - Throws: `OutsideError` when the text is no such answer.
  public func take(saved bytes: [UInt8]) async throws -> PullReport {
    let orders = try MiraklOrderPage.orders(saved: bytes)
    let report = try await intake.take(orders, correlationID: "file/\(UUIDv7.make().text)")
    await ledger.announce()
    wake()
    return report
  }
}
