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
    openHandover: @escaping @Sendable () -> Handover? = { nil },
    notify: @escaping @Sendable ([ProcessFailure]) -> Void = { _ in }
  ) {
    self.ledger = ledger
    self.shop = shop
    self.pull = pull
    self.log = log.with(["shop": shop.settings.id])
    self.wake = wake
    intake = Intake(
      ledger: ledger, shop: shop.settings, cycle: cycle, openHandover: openHandover,
      notify: notify)
  }

  /// Pulls until the task is cancelled.
  public func run() async {
    var nextSweep = ContinuousClock.now + pull.sweepEvery
    while !Task.isCancelled {
      _ = await pass(.poll)
      var pause = pull.pollEvery
      // Whatever the poll came to: they begin elsewhere, and may get what it did not.
      if mayAsk, ContinuousClock.now >= nextSweep {
        let report = await pass(.sweep)
        // One that failed is made good soon.
        nextSweep =
          .now + (report.problem == nil ? pull.sweepEvery : min(pull.sweepEvery, pull.sweepAgain))
      }
      if mayAsk { _ = await rereadStale() }
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

  /// The shop has not told to wait.
  public var mayAsk: Bool { throttled.wait(for: shop.settings.id) == nil && !Task.isCancelled }

  private func walk(_ walk: PullWalk, _ correlationID: String) async -> PullReport {
    var report = PullReport()
    var latest: Timestamp?
    do {
      let cursor = try await ledger.cursor(walk, shop: shop.settings.id)
      var query = MiraklOrderQuery()
      query.startUpdateDate = start(of: walk, cursor)
      query.max = pull.pageSize
      var skipped: String?
      for _ in 0..<pull.pagesMax {
        switch try await page(query, &report, correlationID) {
        case .failure(let error):
          obey(error)
          let isOdd =
            query.offset > 0 && error.mayBePage && skipped == nil && !Task.isCancelled
          guard isOdd else { return try await end(walk, early: error.description, report) }
          // The newest orders are on the last page, and one that cannot be read keeps none of them waiting.
          skipped = "page at \(query.offset): \(error.description)"
          query.offset += pull.pageSize
        case .success(let page):
          for order in page.orders {
            if let updated = order.lastUpdated { latest = max(latest ?? updated, updated) }
          }
          guard let next = page.nextOffset, next > query.offset else {
            if let skipped { return try await end(walk, early: skipped, report) }
            return await end(walk, latest, report)
          }
          query.offset = next
        }
      }
      // The cursor stays: nobody knows what lies behind the last page.
      return try await end(
        walk, early: "the list of orders does not end within \(pull.pagesMax) pages", report)
    } catch {
      report.problem = error.description
      return report
    }
  }

  /// One page, its orders stored. A later page that did not come is asked for again: the next walk would
  /// begin with the oldest orders, and a long one would never come to its end. So is an empty one
  /// that speaks of more; where it stays so, it is the total that is wrong.
  private func page(
    _ query: MiraklOrderQuery, _ report: inout PullReport, _ correlationID: String
  ) async throws(PostgresError) -> Result<MiraklOrderPage, OutsideError> {
    var pause = pull.pauseOfPage
    var tries = 1
    while true {
      let answer = await shop.mirakl.orders(query)
      switch answer.result {
      case .success(let page):
        report += try await intake.take(
          page.orders, calls: [answer.call], correlationID: correlationID)
        if report.new + report.changed > 0 { wake() }
        guard page.orders.isEmpty, query.offset > 0, page.totalCount > query.offset else {
          return .success(page)
        }
        guard tries < pull.triesOfPage, !Task.isCancelled else {
          log.warning(
            "no orders where there should be more",
            ["at": "\(query.offset)", "of": "\(page.totalCount)"])
          return .success(page)
        }
        try? await Task.sleep(for: pause)
      case .failure(let error):
        report += try await intake.take([], calls: [answer.call], correlationID: correlationID)
        guard query.offset > 0, tries < pull.triesOfPage, !Task.isCancelled,
          let wait = error.wait(orElse: pause), wait <= pull.waitMax
        else { return .failure(error) }
        try? await Task.sleep(for: wait)
      }
      tries += 1
      pause *= 2
    }
  }

  /// The cursor stays, and the overview tells why.
  private func end(
    _ walk: PullWalk, early problem: String, _ report: PullReport
  ) async throws(PostgresError) -> PullReport {
    var report = report
    report.problem = problem
    try await ledger.finish(walk, shop: shop.settings.id, at: nil, problem: problem)
    if report.new + report.changed > 0 { await ledger.announce() }
    return report
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

extension OutsideError {
  /// How long to wait before a page is asked for again; `nil` when that cannot help.
  fileprivate func wait(orElse pause: Duration) -> Duration? {
    switch classification {
    case .transient(let after): max(after ?? pause, pause)
    case .throttled(let after): after ?? .seconds(60)
    case .refused, .conflict, .notFound, .denied, .invalid, .unknownOutcome, .needsPerson, .bug: nil
    }
  }

  /// It may be this page alone that cannot be had.
  fileprivate var mayBePage: Bool {
    switch classification {
    case .transient, .bug, .invalid, .refused: true
    case .throttled, .conflict, .notFound, .denied, .unknownOutcome, .needsPerson: false
    }
  }
}
