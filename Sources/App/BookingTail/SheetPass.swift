import Google
import Kit
import OrderSheet

/// One pass over a sheet: look, write, look again, until what is there is what should be.
struct SheetPass {
  let sheet: SheetDestination
  let settings: TailSettings
  let budgets: Budgets

  /// How the pass ended.
  enum End {
    /// What the last look showed; rows that it does not show failed by the error, or by nothing but
    /// a sheet that kept changing.
    case looked(SheetTable, trouble: OutsideError?)
    /// The sheet could not be looked at; it may have been written to before.
    case unseen(OutsideError, mayBeWritten: Bool)
    /// No quota was left; it may have been written to before.
    case noQuota(Duration, mayBeWritten: Bool)
    /// The sheet is not ours.
    case foreign(String)
  }

  private(set) var calls: [CallRecord] = []
  /// The last write, until a look has shown what it did.
  private(set) var last: SheetRound?
  /// Calls that the budget allowed and that were not made.
  private var unused = (reads: 0, writes: 0)

  init(_ sheet: SheetDestination, _ settings: TailSettings, _ budgets: Budgets, last: SheetRound?) {
    self.sheet = sheet
    self.settings = settings
    self.budgets = budgets
    self.last = last
  }

  /// - Parameter wanted: rows that may be written; none for a mere look.
  mutating func run(_ wanted: [OrderRow]) async -> End {
    let end = await rounds(wanted)
    budgets.giveBack(sheet.account, reads: unused.reads, writes: unused.writes)
    return end
  }

  private mutating func rounds(_ wanted: [OrderRow]) async -> End {
    var trouble: OutsideError?
    var hasWritten = false
    for round in 1...settings.roundsMax {
      // A pass is begun only when it can also be proved: two looks and both kinds of write.
      let reads = round == 1 ? 2 : max(0, 1 - unused.reads)
      if let wait = take(reads: reads, writes: round == 1 ? 2 : 0) {
        return .noQuota(wait, mayBeWritten: hasWritten)
      }
      let table: SheetTable
      switch await look() {
      case .success(let found): table = found
      case .failure(let error): return .unseen(error, mayBeWritten: hasWritten)
      }
      let plan: SheetPlan
      switch SheetPlanner.decide(table, wanted: wanted, last: last) {
      case .settled:
        last = nil
        return .looked(table, trouble: trouble)
      case .foreign(let words): return .foreign(words)
      case .write(let whole):
        // What was lost may still land: nothing is added before it has settled.
        plan = trouble == nil ? whole : whole.onlyRepair
        if trouble != nil, !whole.isRepair || plan.isEmpty || round == settings.roundsMax {
          return .looked(table, trouble: trouble)
        }
        if round == settings.roundsMax { return .looked(table, trouble: nil) }
      }
      if let error = await write(plan, over: table) { trouble = error }
      hasWritten = true
    }
    preconditionFailure("a pass ends with a look")
  }

  /// `nil` when the calls may be made, otherwise how long it is until they may be.
  private mutating func take(reads: Int, writes: Int) -> Duration? {
    if let wait = budgets.take(sheet.account, reads: reads, writes: writes) { return wait }
    unused.reads += reads
    unused.writes += writes
    return nil
  }

  private mutating func look() async -> Result<SheetTable, OutsideError> {
    unused.reads -= 1
    let range = A1Range.columns(OrderRow.columns, of: sheet.sheet)
    let answer = await sheet.client.get(sheet.spreadsheetID, range)
    calls.append(answer.call)
    return answer.result.map { rows in SheetTable(rows: rows.map { $0.map(\.text) }) }
  }

  /// - Returns: the first trouble; what comes after it is not written.
  private mutating func write(_ plan: SheetPlan, over table: SheetTable) async -> OutsideError? {
    last = SheetRound(before: table, plan: plan)
    for part in SheetParts.split(plan, bytesMax: settings.writeBytesMax) {
      if unused.writes == 0, let wait = take(reads: 0, writes: 1) {
        return OutsideError(
          service: "GoogleSheets", message: "the minute's quota is used up",
          classification: .throttled(retryAfter: wait))
      }
      unused.writes -= 1
      let answer: Answer<SheetWrite>
      switch part {
      case .placed(let rows):
        let blocks = rows.map { placed in
          SheetBlock(
            range: .row(placed.row, of: sheet.sheet, columns: OrderRow.columns),
            rows: [placed.cells.map(\.value)])
        }
        answer = await sheet.client.batchUpdate(
          sheet.spreadsheetID, blocks, rows.compactMap(\.key))
      case .added(let rows):
        let block = SheetBlock(
          range: .row(1, of: sheet.sheet, columns: OrderRow.columns),
          rows: rows.map { $0.cells.map(\.value) })
        answer = await sheet.client.append(sheet.spreadsheetID, block, rows.compactMap(\.key))
      }
      calls.append(answer.call)
      switch answer.result {
      case .failure(let error): return error
      case .success(let written):
        if case .added = part, let start = A1Range.start(of: written.range), start.column != 1 {
          let words = "the rows were added at \(written.range), not in column A: clear them there"
          return OutsideError(
            service: "GoogleSheets", message: words,
            classification: .needsPerson(question: words))
        }
      }
    }
    return nil
  }
}

extension SheetCell {
  fileprivate var value: SheetValue {
    switch self {
    case .text(let text): text.isEmpty ? .empty : .text(text)
    case .whole(let number): .number(String(number))
    }
  }
}
