import Kit
import OrderSheet
import Testing

/// The planner against a sheet in memory that a person keeps sorting, row by row removing nothing:
/// whatever is lost, doubled or moved, in the end every order is there once and shows its last state.
@Suite("Planner, at random")
struct PlannerModelTests {
  /// A sheet, and what may happen between a look and a write.
  struct Model {
    var rows: [[String]] = []
    var dice: Dice

    mutating func shuffleSometimes() {
      guard rows.count > 2, dice.chance(0.4) else { return }
      var body = rows.dropFirst().filter { !$0.allSatisfy(\.isEmpty) }
      let blank = rows.count - 1 - body.count
      for index in body.indices.dropLast() {
        body.swapAt(index, Int(dice.next() % UInt64(body.count - index)) + index)
      }
      rows = [rows[0]] + body + Array(repeating: [], count: blank)
    }

    mutating func carryOut(_ plan: SheetPlan) -> Bool {
      for placed in plan.placed {
        while rows.count < placed.row { rows.append([]) }
        rows[placed.row - 1] = placed.cells.map(\.text)
      }
      if dice.chance(0.2), !plan.isRepair { return false }
      rows += plan.added.map { $0.cells.map(\.text) }
      // The answer is lost: the caller does not know that it worked.
      return !dice.chance(0.2)
    }
  }

  struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var x = state
      x = (x ^ (x >> 30)) &* 0xbf58_476d_1ce4_e5b9
      x = (x ^ (x >> 27)) &* 0x94d0_49bb_1331_11eb
      return x ^ (x >> 31)
    }

    mutating func chance(_ share: Double) -> Bool {
      Double(next() >> 11) / 9_007_199_254_740_992 < share
    }
  }

  @Test("one row an order under sorts, losses and repeats", arguments: 1...200)
  func convergence(seed: UInt64) {
    var model = Model(dice: Dice(state: seed))
    var truth: [String: OrderRow] = [:]
    var last: SheetRound?
    for step in 1...40 {
      let id = "O\(1 + model.dice.next() % 15)"
      let version = Int64(step)
      truth[id] = order(id, status: "v\(version)", version: version)
      let wanted = truth.values.filter { _ in model.dice.chance(0.5) }.sorted { $0.key < $1.key }
      let table = SheetTable(rows: model.rows)
      switch SheetPlanner.decide(table, wanted: wanted, last: last) {
      case .settled: last = nil
      case .foreign(let words): Issue.record("\(seed): \(words)")
      case .write(let plan):
        model.shuffleSometimes()
        _ = model.carryOut(plan)
        last = SheetRound(before: table, plan: plan)
      }
    }
    let all = truth.values.sorted { $0.key < $1.key }
    for _ in 0..<8 {
      let table = SheetTable(rows: model.rows)
      guard case .write(let plan) = SheetPlanner.decide(table, wanted: all, last: last) else {
        break
      }
      for placed in plan.placed { model.rows[placed.row - 1] = placed.cells.map(\.text) }
      model.rows += plan.added.map { $0.cells.map(\.text) }
      last = SheetRound(before: table, plan: plan)
    }
    let table = SheetTable(rows: model.rows)
    #expect(table.headings.count == 1)
    #expect(Set(table.places.keys) == Set(truth.keys))
    for row in all { #expect(SheetPlanner.isShown(row, in: table), "\(seed): \(row.orderID)") }
  }
}
