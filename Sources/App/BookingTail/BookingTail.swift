public import Kit
public import OrderSheet
import Synchronization

/// Carries out what follows a booking: rows in sheets and messages to people. Values in, verdicts
/// out; it keeps nothing that a crash could lose but its knowledge of a write that was not looked
/// at yet.
///
/// Items of one sheet are one pass, however many orders they are about. In this process one pass
/// at a time runs over a sheet; between processes whoever claims the items has to see to that, by
/// claiming a business's items for one worker at a time.
public final class BookingTail: Sendable {
  private let destinations: TailDestinations
  private let settings: TailSettings
  private let rules: TailRules
  private let budgets: Budgets
  private let turnstile = Turnstile()
  private let unproved = Mutex<[String: SheetRound]>([:])

  public init(
    _ destinations: TailDestinations, settings: TailSettings = TailSettings(),
    surroundings: Surroundings = .live
  ) {
    self.destinations = destinations
    self.settings = settings
    budgets = Budgets(settings, now: surroundings.now)
    let bytes = surroundings.random
    rules = TailRules(settings: settings) {
      bytes(4).reduce(0) { $0 * 256 + Double($1) } / 4_294_967_296
    }
  }

  /// Carries out a batch that was claimed; every item gets exactly one verdict.
  public func carryOut(_ items: [TailItem]) async -> TailReport {
    let sorted = await SortedItems(items, destinations)
    return await withTaskGroup(of: TailReport.self) { group in
      group.addTask {
        await Self.bounded(sorted.sheets, self.settings.sheetsAtOnce) { work in
          await self.write(work.items, to: work.sheet)
        }
      }
      group.addTask {
        await Self.bounded(sorted.pushes, self.settings.pushesAtOnce) { work in
          await PushTry(rules: self.rules, settings: self.settings)
            .carryOut(work.item, work.message, work.sender)
        }
      }
      var report = TailReport(verdicts: sorted.unusable)
      for await part in group { report.add(part) }
      return report
    }
  }

  /// Makes a sheet show these rows, whatever became of them since: for a nightly look, and after
  /// the machine died. Rows that are as they should be cost nothing.
  /// - Returns: what is still not as it should be, by order id; empty when all is well.
  public func sweep(
    _ businessID: String, _ rows: [OrderRow]
  ) async -> (open: [String: TailOutcome], calls: [CallRecord]) {
    let items = rows.map { row in
      TailItem(
        id: row.orderID, businessID: businessID, kind: .sheets, payload: row.json.bytes, tries: 0,
        correlationID: "sweep/\(businessID)")
    }
    let report = await carryOut(items)
    return (report.outcomes.filter { $0.value != .done }, report.calls)
  }

  private func write(
    _ items: [(TailItem, OrderRow)], to sheet: SheetDestination
  ) async -> TailReport {
    await turnstile.enter(sheet.key)
    var report = TailReport()
    var rest = items[...]
    while !rest.isEmpty {
      let batch = Array(rest.prefix(settings.rowsMax))
      rest = rest.dropFirst(settings.rowsMax)
      let first = batch[0].0
      let shared = batch.allSatisfy { $0.0.correlationID == first.correlationID }
      let id = (shared ? first.correlationID : nil) ?? "sheets/\(first.businessID)"
      await Log.$correlationID.withValue(id) { report.add(await self.pass(batch, over: sheet)) }
    }
    await turnstile.leave(sheet.key)
    return report
  }

  private func pass(
    _ batch: [(TailItem, OrderRow)], over sheet: SheetDestination
  ) async -> TailReport {
    // Whose tries are used up is only looked at.
    let writable = batch.filter { $0.0.tries < settings.triesMax }.map(\.1)
    var pass = SheetPass(
      sheet, settings, budgets, last: unproved.withLock { $0[sheet.key] })
    let end = await pass.run(writable)
    let open = pass.last
    unproved.withLock { $0[sheet.key] = open }
    let newest = Dictionary(SheetPlanner.newest(batch.map(\.1)).map { ($0.key, $0) }) { a, _ in a }
    let verdicts = batch.map { item, row in
      TailVerdict(
        itemID: item.id, outcome: outcome(of: item, newest[row.key] ?? row, at: end))
    }
    return TailReport(verdicts: verdicts, calls: pass.calls)
  }

  private func outcome(
    of item: TailItem, _ row: OrderRow, at end: SheetPass.End
  ) -> TailOutcome {
    let isLook = item.tries >= settings.triesMax
    switch end {
    case .foreign(let words): return .failed(reason: words)
    case .noQuota(let wait, let mayBeWritten):
      let words = "the minute's quota of the service account is used up"
      return mayBeWritten
        ? .lookUp(after: wait, reason: words) : .later(after: wait, reason: words)
    case .unseen(let error, let mayBeWritten):
      return mayBeWritten || item.mayBeDone
        ? rules.lookAgain(error, tries: item.tries)
        : rules.outcome(
          error, tries: item.tries, settles: settings.sheetSettles, isHarmlessToRepeat: true)
    case .looked(let table, let trouble):
      if SheetPlanner.isShown(row, in: table) { return .done }
      if isLook {
        return .failed(reason: "given up after \(item.tries) tries: the row is not there")
      }
      guard let trouble else {
        return rules.again("the sheet kept changing while it was written", nil, tries: item.tries)
      }
      return rules.outcome(
        trouble, tries: item.tries, settles: settings.sheetSettles, isHarmlessToRepeat: false)
    }
  }

  /// At most so many at once.
  private static func bounded<Work: Sendable>(
    _ work: [Work], _ most: Int, _ body: @escaping @Sendable (Work) async -> TailReport
  ) async -> TailReport {
    await withTaskGroup(of: TailReport.self) { group in
      var report = TailReport()
      for (index, one) in work.enumerated() {
        if index >= most, let part = await group.next() { report.add(part) }
        group.addTask { await body(one) }
      }
      for await part in group { report.add(part) }
      return report
    }
  }
}

extension TailReport {
  fileprivate mutating func add(_ other: TailReport) {
    verdicts += other.verdicts
    calls += other.calls
  }
}
