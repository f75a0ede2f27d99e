import Inventory
import Kit
import Ledger
import Operations
import Orders
import People
import Postgres
import Sandbox
import Stock
import Testing

/// Sheets of counts, and what leaves or is counted beside them.
extension `Inventory of parts` {
  @Test func `a stocktake books what differed when it was counted, whatever left since`()
    async throws
  {
    try await House.with { house in
      try await house.stockLaptop(ram: 10, ssd: 10)
      let id = try await house.inventory.openStocktake("Year's end", by: "tester")
      #expect(try await house.inventory.count("4006381333931", 9, in: id, by: "ann") == -1)
      #expect(try await house.inventory.count("SSD", 9, in: id, by: "ann") == -1)
      #expect(try await house.inventory.count("SSD", 10, in: id, by: "ann") == 0)
      try await shipped(house, [house.sell("LAP")])
      #expect(try await house.inventory.closeStocktake(id, by: "tester") == 1)
      #expect(try await house.stock() == ["RAM 7/0", "SSD 9/0"])
      await #expect(throws: InventoryError.noSuchStocktake(id)) {
        _ = try await house.inventory.closeStocktake(id, by: "tester")
      }
      await #expect(throws: InventoryError.notOnSheet("RAM")) {
        _ = try await house.inventory.count("RAM", 1, in: id, by: "ann")
      }
      try await house.checkStock()
    }
  }

  @Test func `two sheets that find the same part missing book it once`() async throws {
    try await House.with { house in
      try await house.stockLaptop(ram: 10, ssd: 10)
      let one = try await house.inventory.openStocktake("Ground floor", by: "tester")
      let two = try await house.inventory.openStocktake("All", by: "tester")
      #expect(try await house.inventory.count("RAM", 9, in: one, by: "ann") == -1)
      #expect(try await house.inventory.count("RAM", 9, in: two, by: "bob") == -1)
      #expect(try await house.inventory.closeStocktake(one, by: "tester") == 1)
      #expect(try await house.inventory.closeStocktake(two, by: "tester") == 0)
      #expect(try await house.stock() == ["RAM 9/0", "SSD 10/0"])
      try await house.checkStock()
    }
  }

  @Test(arguments: [true, false])
  func `of two counts of a part the later one holds, whichever sheet is closed first`(
    isEarlierFirst: Bool
  ) async throws {
    try await House.with { house in
      try await house.stockLaptop(ram: 10, ssd: 10)
      let one = try await house.inventory.openStocktake("Monday", by: "tester")
      let two = try await house.inventory.openStocktake("Tuesday", by: "tester")
      _ = try await house.inventory.count("RAM", 7, in: one, by: "ann")
      _ = try await house.inventory.count("SSD", 10, in: one, by: "ann")
      try await house.receive("RAM", 5)
      // The three were behind the shelf; meanwhile an SSD is missing.
      _ = try await house.inventory.count("RAM", 15, in: two, by: "bob")
      _ = try await house.inventory.count("SSD", 9, in: two, by: "bob")
      for sheet in isEarlierFirst ? [one, two] : [two, one] {
        _ = try await house.inventory.closeStocktake(sheet, by: "tester")
      }
      #expect(try await house.stock() == ["RAM 15/0", "SSD 9/0"])
      try await house.checkStock()
    }
  }

  @Test func `a count that meets the closing of its sheet is refused, not lost`() async throws {
    try await House.with { house in
      try await house.stockLaptop(ram: 10, ssd: 10)
      let sheet = try await house.inventory.openStocktake("Friday", by: "tester")
      let closing = try await PostgresConnection.open(
        house.configuration, deadline: .seconds(60))
      try await closing.script(
        "begin; select close_stocktake(\(sheet), 'tester', null)", deadline: .seconds(60))
      async let counted = Self.isCounted(house, sheet)
      // It waits for the closing, or it is through already.
      try await house.untilSomebodyWaits(
        or: "select count(*) from stocktake_lines where counted is not null")
      try await closing.script("commit", deadline: .seconds(60))
      await closing.close()
      #expect(try await counted == false)
      #expect(
        try await house.count("select count(*) from stocktake_lines where counted is not null")
          == 0)
    }
  }

  private static func isCounted(_ house: House, _ sheet: Int64) async throws -> Bool {
    do {
      _ = try await house.inventory.count("RAM", 9, in: sheet, by: "ann")
      return true
    } catch InventoryError.notOnSheet { return false }
  }
}
