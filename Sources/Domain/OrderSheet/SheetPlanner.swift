/// Decides what to write. Pure: a look at the sheet goes in, a plan comes out; the plan for a sheet
/// that is as it should be is empty, and that is the only proof that the work is done.
///
/// New orders are added below the table, which never overwrites anything. A row that changed is
/// written where it stands, and a person may have sorted the sheet since it was looked up: then the
/// row of another order was overwritten. The look after the write shows that (our order stands there
/// twice, another one is gone), and the next plan puts both back.
public enum SheetPlanner {
  /// - Parameters:
  ///   - wanted: the rows that should be there, one an order; of two of one order the newer counts.
  ///   - last: what was written since the sheet was looked at before; `nil` for a first look.
  public static func decide(
    _ table: SheetTable, wanted: [OrderRow], last: SheetRound?
  ) -> SheetDecision {
    let wanted = newest(wanted)
    var plan = SheetPlan()
    if table.isBlank {
      if wanted.isEmpty { return .settled }
      plan.added.append(SheetPlan.Added(key: nil, cells: OrderRow.headerCells))
    } else if table.headings.isEmpty {
      return .foreign(
        "the sheet is not empty and does not begin with our headings ("
          + OrderRow.header.joined(separator: ", ") + "): put them back, or name another sheet")
    }
    // A second heading came from an answer that was lost; the first stays.
    for row in table.headings.dropFirst() { plan.placed.append(.blank(row)) }
    let stray = last.map { Stray(table, after: $0) } ?? Stray()
    var missing: [OrderRow] = []
    var free: [Int] = []
    for row in wanted {
      let places = table.places[row.key] ?? []
      guard let home = places.first(where: { !stray.rows.contains($0) }) ?? places.first else {
        missing.append(row)
        continue
      }
      for place in places where place != home {
        // A row that we wrote over another order's waits for that order; any other is a double.
        if stray.rows.contains(place) {
          free.append(place)
        } else {
          plan.placed.append(.blank(place))
        }
      }
      if !table.shows(row.cells, at: home) {
        plan.placed.append(SheetPlan.Placed(row: home, key: row.key, cells: row.cells))
      }
    }
    restore(stray, free, missing, &plan)
    return plan.isEmpty ? .settled : .write(plan)
  }

  /// Whether this one row is there, once, and shows what it should.
  public static func isShown(_ row: OrderRow, in table: SheetTable) -> Bool {
    guard let places = table.places[row.key], places.count == 1 else { return false }
    return table.shows(row.cells, at: places[0])
  }

  /// One row an order, the newest; in the order in which the orders came first.
  public static func newest(_ rows: [OrderRow]) -> [OrderRow] {
    var kept: [OrderRow] = []
    var places: [String: Int] = [:]
    for row in rows {
      guard let place = places[row.key] else {
        places[row.key] = kept.count
        kept.append(row)
        continue
      }
      if row.version >= kept[place].version { kept[place] = row }
    }
    return kept
  }

  /// Orders that our last write overwrote come back, into the rows where that happened while there
  /// are some, else below the table; orders that were never there are added below it.
  private static func restore(
    _ stray: Stray, _ free: [Int], _ missing: [OrderRow], _ plan: inout SheetPlan
  ) {
    plan.owed = stray.gone.map { key, cells in
      SheetPlan.Added(key: key, cells: cells, isRestored: true)
    }
    let fresh = Dictionary(missing.map { ($0.key, $0.cells) }) { first, _ in first }
    var places = (free + stray.blanked)[...]
    for (key, cells) in stray.gone {
      let cells = fresh[key] ?? cells
      if let row = places.popFirst() {
        plan.placed.append(SheetPlan.Placed(row: row, key: key, cells: cells))
      } else {
        plan.added.append(SheetPlan.Added(key: key, cells: cells, isRestored: true))
      }
    }
    for row in free where places.contains(row) { plan.placed.append(.blank(row)) }
    let restored = Set(stray.gone.map(\.key))
    for row in missing where !restored.contains(row.key) {
      plan.added.append(SheetPlan.Added(key: row.key, cells: row.cells))
    }
  }
}
