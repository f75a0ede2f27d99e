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

/// Variants and what shops' SKUs stand for, by files.
@Suite struct `Catalogue files` {
  private func plan(
    _ house: House, _ text: String, _ kind: CataloguePlan.Kind
  ) async throws -> CataloguePlan {
    #expect(CataloguePlan.Kind.of(Array(text.utf8)) == kind)
    return try await house.inventory.preview(kind, file: "file.csv", Array(text.utf8))
  }

  @Test func `two large files of the same base products never wait for each other in a ring`()
    async throws
  {
    try await House.with { house in
      // More than one statement each: the first needs the bases in one file's order, the second in the other's.
      let file = { (prefix: String, bases: [String]) in
        CatalogueImport(
          fileName: prefix,
          variants: bases.enumerated().flatMap { part, base in
            (0..<1_000).map {
              VariantDraft(
                internalSKU: "\(prefix)-\(part)-\(1_000 + $0)", title: "Laptop", baseModel: base)
            }
          }, refused: 0)
      }
      let files = [file("A", ["X1", "X2"]), file("B", ["X2", "X1"])]
      for prefix in ["A", "B"] {
        try await house.ledger.save(VariantDraft(internalSKU: "\(prefix)-0-1999", title: "Laptop"))
      }
      let imports = try await house.pool.transaction(deadline: .seconds(60)) { keeper in
        // Both stop at the end of their first thousand.
        try await keeper.script(
          "select 1 from product_variants for update", deadline: .seconds(60))
        let imports = files.map { file in
          Task { try await house.ledger.apply(file, by: "tester") }
        }
        try await house.untilWaiting(2)
        return imports
      }
      for running in imports { _ = try await running.value }
      #expect(try await house.count("select count(*) from product_variants") == 4_000)
    }
  }

  @Test func `variants with errors in the middle: each row says why, the rest is applied whole`()
    async throws
  {
    try await House.with { house in
      try await house.stockLaptop(ram: 9, ssd: 9)
      let file = """
        sku,title,base,bill
        LAP-8,"A laptop, 8 GB",X1,RAM:1 SSD:1
        LAP-IN,Renamed,,
        LAP-9,Nine,X1,RAM:1 NONE:1
        ,nameless,X1,RAM:1
        LAP-10,Ten,X1,RAM:0
        LAP-11,Eleven,X1,RAM:1 RAM:2
        LAP-8,Again,X1,RAM:1
        LAP-12,"Twelve\u{202E}",,
        LAP-13,Thirteen
        LAP-14,Fourteen,X1,RAM
        """
      let plan = try await plan(house, file, .variants)
      #expect(plan.rows.map(\.name) == ["LAP-8", "LAP-IN", "LAP-14"])
      #expect(plan.rows.map(\.isNew) == [true, false, true])
      #expect(
        plan.refused.map { "\($0.line) \($0.why)" } == [
          "4 bill: there is no part NONE", "5 sku: is missing",
          "6 bill: “RAM:0”: expected CODE:PIECES, 1 to 10000", "7 bill: RAM is there twice",
          "8 LAP-8 is in the file twice", "9 title: has control characters",
          "10 2 cells instead of 4",
        ])
      await #expect(throws: InventoryError.rowsRefused(7)) {
        _ = try await house.inventory.apply(plan, whenRefused: .nothing, by: "tester")
      }
      #expect(try await house.ledger.variant("LAP-8") == nil)
      _ = try await house.inventory.apply(plan, whenRefused: .rest, by: "tester")
      let eight = try #require(try await house.ledger.variant("LAP-8"))
      #expect(eight.partCount == 2 && eight.buildable == 9 && eight.baseModel == "X1")
      // What a file does not say stays: the bill of one that is renamed.
      let old = try #require(try await house.ledger.variant("LAP-IN"))
      #expect(old.title == "Renamed" && old.partCount == 2)
      #expect(
        try await house.ask("select detail from audit_trail where action = 'stock.import'")
          == ["file.csv: 3 rows, 7 refused"])
    }
  }

  @Test func `shop SKUs by file: open orders that waited for them take their parts on`()
    async throws
  {
    try await House.with({ $0.adjust = { $0.unknownSKUs = .accept } }) { house in
      try await house.stockLaptop(ram: 9, ssd: 9)
      let id = house.sell("NEW-SKU", units: 2)
      _ = await house.puller().pass(.poll)
      #expect(try await house.stock() == ["RAM 9/0", "SSD 9/0"])
      #expect(try await house.ledger.unmappedSKUs() == 1)
      let file = """
        shop_sku;sku;shop;price;buffer
        NEW-SKU;LAP-IN;;1299.00;1
        S-2;NOBODY;;;
        S-3;LAP-IN;nowhere;;
        S-4;LAP-IN;;dear;
        S-5;LAP-IN;;;-1
        S-6;;;;
        S-7;LAP-IN;main;;
        """
      let plan = try await plan(house, file, .mappings)
      #expect(plan.rows.map(\.name) == ["NEW-SKU", "S-7"])
      #expect(
        plan.refused.map { "\($0.line) \($0.why)" } == [
          "3 sku: there is no variant NOBODY", "4 shop: there is no shop nowhere",
          "5 price: expected an amount as 1299.00", "6 buffer: expected 0 to 1000000",
          "7 sku: is missing",
        ])
      #expect(try await house.inventory.apply(plan, whenRefused: .rest, by: "tester") == 1)
      #expect(try await house.stock() == ["RAM 9/4", "SSD 9/2"])
      #expect(try await house.ledger.unmappedSKUs() == 0)
      let mapped = try await house.ledger.mappings(matching: "NEW-SKU")
      #expect(mapped.map(\.price) == ["1299.00"] && mapped.map(\.buffer) == [1])
      // The same file again changes nothing; a row that says no buffer keeps it.
      let again = try await self.plan(house, "shop_sku,sku\nNEW-SKU,LAP-IN\n", .mappings)
      #expect(try await house.inventory.apply(again, whenRefused: .nothing, by: "tester") == 0)
      #expect(try await house.ledger.mappings(matching: "NEW-SKU").map(\.buffer) == [1])
      #expect(try await house.stock() == ["RAM 9/4", "SSD 9/2"])
      try await house.checkStock()
      _ = id
    }
  }

  @Test func `a line that waits takes its parts on though another line of its order has them`()
    async throws
  {
    try await House.with({ $0.adjust = { $0.unknownSKUs = .accept } }) { house in
      try await house.stockLaptop(ram: 9, ssd: 9)
      let id = house.sell("LAP", and: ["NEW-SKU", "BARE"])
      _ = await house.puller().pass(.poll)
      #expect(try await house.stock() == ["RAM 9/2", "SSD 9/1"])
      let skus = try await plan(house, "shop_sku,sku\nNEW-SKU,LAP-IN\n", .mappings)
      #expect(try await house.inventory.apply(skus, whenRefused: .nothing, by: "tester") == 1)
      #expect(try await house.stock() == ["RAM 9/4", "SSD 9/2"])
      // The bill comes after the SKU: also then.
      try await house.ledger.save(VariantDraft(internalSKU: "BARE-IN"))
      _ = try await house.ledger.map(
        MappingDraft(shopSKU: "BARE", internalSKU: "BARE-IN"), by: "tester")
      let variants = try await plan(house, "sku,bill\nBARE-IN,RAM:3\n", .variants)
      #expect(try await house.inventory.apply(variants, whenRefused: .nothing, by: "tester") == 1)
      #expect(try await house.stock() == ["RAM 9/7", "SSD 9/2"])
      #expect(try await house.ledger.parts(of: id).map(\.pieces) == [2, 1, 2, 1, 3])
      try await house.checkStock()
    }
  }

  @Test(arguments: ["sku,nonsense\na,b", "shop_sku\na", "sku,sku\na,b", "title,sku,\n"])
  func `a file without a header that is understood is refused whole`(text: String) async throws {
    try await House.with { house in
      let kind = try #require(CataloguePlan.Kind.of(Array(text.utf8)))
      await #expect(throws: InventoryError.self) {
        _ = try await house.inventory.preview(kind, file: "x.csv", Array(text.utf8))
      }
    }
  }

  @Test func `20,000 variants with an error in each hundredth are applied at once`() async throws {
    try await House.with { house in
      try await house.stockLaptop(ram: 9, ssd: 9)
      var text = "sku,title,bill\n"
      for i in 0..<20_000 {
        text += "V-\(i),Variant \(i),\(i % 100 == 50 ? "GONE" : "RAM:1 SSD:2")\n"
      }
      let plan = try await plan(house, text, .variants)
      #expect(plan.refused.count == 200 && plan.refused.first?.line == 52)
      _ = try await house.inventory.apply(plan, whenRefused: .rest, by: "tester")
      #expect(try await house.count("select count(*) from product_variants") == 19_801)
      #expect(try await house.count("select count(*) from variant_components") == 19_800 * 2 + 2)
    }
  }
}
