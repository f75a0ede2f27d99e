import Kit
import OrderSheet
import Testing

@Suite("What is to be written to a sheet")
struct PlannerTests {
  private static let heading = OrderRow.header

  private func shown(_ row: OrderRow) -> [String] { row.cells.map(\.text) }

  private func table(_ rows: [[String]]) -> SheetTable { SheetTable(rows: rows) }

  private func plan(
    _ table: SheetTable, _ wanted: [OrderRow], _ last: SheetRound? = nil
  ) throws -> SheetPlan {
    guard case .write(let plan) = SheetPlanner.decide(table, wanted: wanted, last: last) else {
      throw Surprise()
    }
    return plan
  }

  private struct Surprise: Error {}

  @Test("an empty sheet gets the heading and the rows in one addition")
  func empty() throws {
    let plan = try plan(table([]), [order("A"), order("B")])
    #expect(plan.placed.isEmpty && plan.added.map(\.key) == [nil, "A", "B"])
    #expect(plan.added[0].cells.map(\.text) == OrderRow.header)
  }

  @Test("what is there is left alone, what changed is written in place, what is new is added")
  func three() throws {
    let old = table([Self.heading, shown(order("A")), shown(order("B"))])
    #expect(SheetPlanner.decide(old, wanted: [order("A"), order("B")], last: nil) == .settled)
    let plan = try plan(old, [order("A"), order("B", status: "confirmed"), order("C")])
    #expect(plan.placed.map(\.row) == [3] && plan.added.map(\.key) == ["C"])
  }

  @Test("of two rows of one order the newer counts, whatever their order")
  func newest() {
    let new = order("A", status: "confirmed", version: 2)
    #expect(SheetPlanner.newest([order("A"), new]) == [new])
    #expect(SheetPlanner.newest([new, order("A")]) == [new])
  }

  @Test("doubles are blanked below the first, also a second heading")
  func doubles() throws {
    let found = table([
      Self.heading, shown(order("A")), shown(order("B")), shown(order("A")), Self.heading,
      shown(order("A")),
    ])
    let plan = try plan(found, [order("A")])
    #expect(plan.added.isEmpty && plan.placed.map(\.row) == [5, 4, 6])
    #expect(plan.placed.allSatisfy { $0.key == nil && $0.cells.allSatisfy { $0.text.isEmpty } })
    #expect(!SheetPlanner.isShown(order("A"), in: found))
    #expect(SheetPlanner.isShown(order("B"), in: found))
  }

  @Test("doubles of orders that nobody asked for are a person's own and stay")
  func othersDoubles() {
    let found = table([Self.heading, shown(order("A")), ["TOTAL"], ["TOTAL"]])
    #expect(SheetPlanner.decide(found, wanted: [order("A")], last: nil) == .settled)
  }

  @Test(
    "a sheet that is not ours is not written to",
    arguments: [
      [["Name", "Telephone"], ["Pat", "1"]], [["", "", "note"]],
      [["", "Order ID", "Date", "Customer", "Phone", "Items", "Total Qty", "Status", "Source"]],
    ])
  func foreign(rows: [[String]]) {
    guard
      case .foreign(let words) = SheetPlanner.decide(
        table(rows), wanted: [order("A")], last: nil)
    else {
      Issue.record("it would have been written to")
      return
    }
    #expect(words.contains("Order ID"))
  }

  @Test("a heading that was sorted into the middle, or typed in other letters, is still ours")
  func movedHeading() throws {
    let found = table([shown(order("A")), Self.heading.map { $0.uppercased() }])
    #expect(SheetPlanner.decide(found, wanted: [order("A")], last: nil) == .settled)
    #expect(try plan(found, [order("B")]).added.map(\.key) == ["B"])
  }

  @Test("a sort between the look and the write costs no order its row")
  func sortedUnderHands() throws {
    let a = order("A", status: "confirmed", version: 2)
    let before = table([Self.heading, shown(order("A")), shown(order("B")), shown(order("C"))])
    let first = try plan(before, [a])
    #expect(first.placed.map(\.row) == [2])
    // The person sorted downwards; our row went over C's.
    let after = table([Self.heading, shown(a), shown(order("B")), shown(order("A"))])
    let repair = try plan(after, [a], SheetRound(before: before, plan: first))
    #expect(repair.isRepair && repair.added.isEmpty)
    #expect(Set(repair.placed.map { "\($0.row) \($0.key ?? "-")" }) == ["4 A", "2 C"])
    #expect(repair.placed.first { $0.key == "C" }?.cells == order("C").cells)
    let mended = table([Self.heading, shown(order("C")), shown(order("B")), shown(a)])
    let round = SheetRound(before: after, plan: repair)
    #expect(SheetPlanner.decide(mended, wanted: [a], last: round) == .settled)
  }

  @Test("blanking a double that moved costs no order its row")
  func sortedWhileBlanking() throws {
    let before = table([
      Self.heading, shown(order("A")), shown(order("B")), shown(order("C")), shown(order("A")),
    ])
    let first = try plan(before, [order("A")])
    #expect(first.placed.map(\.row) == [5])
    let after = table([Self.heading, shown(order("A")), shown(order("A")), shown(order("B")), []])
    let repair = try plan(after, [order("A")], SheetRound(before: before, plan: first))
    #expect(repair.isRepair)
    #expect(repair.placed.contains { $0.key == "C" && $0.row == 5 })
    #expect(repair.placed.contains { $0.key == nil && $0.row == 3 })
  }

  @Test("a row that a person removed is not brought back")
  func removed() throws {
    let before = table([Self.heading, shown(order("A")), shown(order("B"))])
    let first = try plan(before, [order("A", status: "confirmed")])
    let after = table([Self.heading, shown(order("A", status: "confirmed"))])
    let wanted = [order("A", status: "confirmed")]
    let round = SheetRound(before: before, plan: first)
    #expect(SheetPlanner.decide(after, wanted: wanted, last: round) == .settled)
  }

  @Test("a key that a person retyped with blanks or an apostrophe is still the order's")
  func keys() {
    for cell in ["A", " A ", "'A", "A\u{a0}"] {
      let found = table([Self.heading, [cell] + shown(order("A")).dropFirst()])
      #expect(found.places["A"] == [2], "\(cell)")
    }
  }
}
