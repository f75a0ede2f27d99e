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

/// What people, scripts and files do to the stock.
@Suite struct `Inventory of parts` {
  @Test func `stock is never edited, and movements are never changed`() async throws {
    try await House.with { house in
      try await house.stockLaptop(ram: 5, ssd: 5)
      for sql in [
        "update stock_movements set delta = 9", "delete from stock_movements",
        "truncate stock_movements",
        "insert into stock_movements (component_id, delta, kind, actor, created_at) select id, -99, 'received', 'x', now() from components",
        "insert into stock_movements (component_id, delta, kind, actor, created_at) select id, -99, 'adjusted', 'x', now() from components",
      ] {
        // A rule refuses it; a statement that is not understood would be refused as well.
        let error = await #expect(throws: PostgresError.self) { try await house.script(sql) }
        #expect(error?.sqlState == (sql.hasPrefix("insert") ? "23514" : "23001"), "\(sql)")
      }
      await #expect(throws: InventoryError.notEnough("RAM")) {
        try await house.inventory.adjust("RAM", by: -6, reason: "lost", by: "tester")
      }
      await #expect(throws: InventoryError.self) {
        try await house.inventory.adjust("RAM", by: -1, reason: "  ", by: "tester")
      }
      #expect(try await house.stock() == ["RAM 5/0", "SSD 5/0"])
      try await house.checkStock()
    }
  }

  @Test func `the pieces of a new part are booked once, however often it is said to be new`()
    async throws
  {
    try await House.with { house in
      let draft = ComponentDraft(code: "NEW", name: "New")
      let inventory = house.inventory
      let refused = await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<4 {
          group.addTask {
            do {
              try await inventory.save(draft, pieces: 5, by: "tester")
              return false
            } catch InventoryError.invalid(field: "code", _) {
              return true
            } catch {
              Issue.record("\(error)")
              return true
            }
          }
        }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(refused == 3)
      #expect(try await house.stock() == ["NEW 5/0"])
      // Without pieces it is a change of what is known.
      try await inventory.save(ComponentDraft(code: "NEW", name: "Newer"), by: "tester")
      #expect(try await house.ledger.component("NEW")?.name == "Newer")
      #expect(
        try await house.ask("select action from audit_trail order by entry_id")
          == ["stock.add", "stock.edit"])
    }
  }

  @Test func `one barcode means one part`() async throws {
    try await House.with { house in
      try await house.stockLaptop(ram: 1, ssd: 1)
      try await house.inventory.add(barcode: "MAKER-1", to: "RAM", by: "tester")
      try await house.inventory.add(barcode: "MAKER-1", to: "RAM", by: "tester")
      await #expect(throws: InventoryError.barcodeTaken("MAKER-1", owner: "RAM")) {
        try await house.inventory.add(barcode: "MAKER-1", to: "SSD", by: "tester")
      }
      await #expect(throws: InventoryError.barcodeTaken("4006381333931", owner: "RAM")) {
        try await house.inventory.save(
          ComponentDraft(code: "NEW", name: "New", barcode: "4006381333931"), by: "tester")
      }
      await #expect(throws: InventoryError.noSuchComponent("NONE")) {
        try await house.inventory.add(barcode: "MAKER-2", to: "NONE", by: "tester")
      }
      #expect(try await house.ledger.part(barcode: "MAKER-1")?.code == "RAM")
    }
  }

  @Test func `a barcode on the wrong part is taken off it, and may mean another`() async throws {
    try await House.with { house in
      try await house.stockLaptop(ram: 1, ssd: 1)
      let (inventory, ledger) = (house.inventory, house.ledger)
      for barcode in ["MAKER-1", "MAKER-2"] {
        try await inventory.add(barcode: barcode, to: "RAM", by: "tester")
      }
      try await inventory.remove(barcode: "MAKER-1", from: "RAM", by: "tester")
      #expect(try await ledger.part(barcode: "MAKER-1") == nil)
      try await inventory.add(barcode: "MAKER-1", to: "SSD", by: "tester")
      // Of the part that has it, and of no other.
      await #expect(throws: InventoryError.noSuchBarcode("MAKER-1", of: "RAM")) {
        try await inventory.remove(barcode: "MAKER-1", from: "RAM", by: "tester")
      }
      await #expect(throws: InventoryError.noSuchComponent("NONE")) {
        try await inventory.remove(barcode: "MAKER-1", from: "NONE", by: "tester")
      }
      // Where the printed one goes, another is printed, as long as there is one.
      try await inventory.remove(barcode: "4006381333931", from: "RAM", by: "tester")
      #expect(try await ledger.component("RAM")?.barcode == "MAKER-2")
      try await inventory.remove(barcode: "MAKER-2", from: "RAM", by: "tester")
      #expect(try await ledger.component("RAM")?.barcode == nil)
      #expect(
        try await house.ask(
          "select detail from audit_trail where action = 'stock.barcode_off' order by entry_id")
          == ["MAKER-1", "4006381333931", "MAKER-2"])
    }
  }

  @Test func `an act is in the audit trail with what it changed, and is not where nothing changed`()
    async throws
  {
    try await House.with { house in
      let kim = Actor(personID: nil, name: "kim", address: "192.0.2.7")
      let inventory = house.inventory
      try await inventory.save(ComponentDraft(code: "A", name: "A"), pieces: 5, by: kim)
      try await inventory.receive("A", 3, reason: "delivery", by: kim, key: "twice")
      try await inventory.receive("A", 3, reason: "delivery", by: kim, key: "twice")
      await #expect(throws: InventoryError.self) {
        try await inventory.adjust("A", by: -99, reason: "too many", by: kim)
      }
      try await inventory.save(VariantDraft(internalSKU: "V", bill: [("A", 2)]), by: kim)
      await #expect(throws: InventoryError.self) {
        try await inventory.save(VariantDraft(internalSKU: "W", bill: [("NONE", 2)]), by: kim)
      }
      try await inventory.map(MappingDraft(shopSKU: "S", internalSKU: "V"), by: kim)
      await #expect(throws: InventoryError.self) {
        try await inventory.map(MappingDraft(shopSKU: "T", internalSKU: "NONE"), by: kim)
      }
      let sheet = try await inventory.openStocktake("Friday", by: kim)
      _ = try await inventory.count("A", 7, in: sheet, by: kim)
      _ = try await inventory.closeStocktake(sheet, by: kim)
      await #expect(throws: InventoryError.self) {
        _ = try await inventory.closeStocktake(sheet, by: kim)
      }
      #expect(
        try await house.ask(
          "select action || ' ' || subject || ' ' || detail from audit_trail order by entry_id")
          == [
            "stock.add component:A 5", "stock.receive component:A 3: delivery",
            "stock.bill variant:V A 2", "stock.map sku:S V",
            "stock.count_open stocktake:\(sheet) Friday", "stock.count stocktake:\(sheet) A: 7",
            "stock.count_close stocktake:\(sheet) 1 booked",
          ])
      #expect(
        try await house.count(
          "select count(*) from audit_trail where actor = 'kim' and address = '192.0.2.7'") == 7)
    }
  }

  @Test func `a file with errors in the middle applies nothing, or the rest`() async throws {
    try await House.with { house in
      try await house.stockLaptop(ram: 5, ssd: 5)
      let file = """
        code,name,type,barcode,change,on_hand,reason
        NEW-1,"A ""new"" part",RAM,111,,7,delivery
        RAM,,,,-2,,"used, up"
        SSD,,,,-6,,too many
        ,no code,,,,1,
        NEW-2,,,,,1,no name
        NEW-3,Three,,4006381333931,,,
        NEW-4,Four,,111,,,
        NEW-1,Again,,,,3,
        NEW-5,Five,,,1,2,
        NEW-6,"Six\u{202E}",,,,,
        NEW-7,Seven,,,x,,
        NEW-8,Eight,,,99999999999999999999,,
        NEW-9,"open
        """
      let plan = try await house.inventory.preview(file: "parts.csv", Array(file.utf8))
      #expect(plan.rows.map(\.draft.code) == ["NEW-1", "RAM"])
      #expect(plan.new == ["NEW-1"])
      #expect(
        plan.refused.map { "\($0.line) \($0.why)" } == [
          "4 change: takes 6, but 5 are there", "5 code: is missing",
          "6 name: a new part needs one", "7 barcode: 4006381333931 belongs to RAM",
          "8 barcode: 111 is also NEW-1's", "9 code: NEW-1 is in the file twice",
          "10 change and on_hand: one of them, not both", "11 name: has control characters",
          "12 change: expected a whole number up to 1000000000",
          "13 change: expected a whole number up to 1000000000", "14 a quote is never closed",
        ])
      await #expect(throws: InventoryError.rowsRefused(11)) {
        try await house.inventory.apply(plan, whenRefused: .nothing, by: "tester")
      }
      #expect(try await house.stock() == ["RAM 5/0", "SSD 5/0"])
      let number = try await house.inventory.apply(plan, whenRefused: .rest, by: "tester")
      #expect(try await house.stock() == ["NEW-1 7/0", "RAM 3/0", "SSD 5/0"])
      #expect(try await house.inventory.undo(importID: number, by: "tester") == 2)
      #expect(try await house.stock() == ["NEW-1 0/0", "RAM 5/0", "SSD 5/0"])
      await #expect(throws: InventoryError.noSuchImport(number)) {
        _ = try await house.inventory.undo(importID: number, by: "tester")
      }
      try await house.checkStock()
    }
  }

  @Test func `a file that was looked at is applied once, whoever else applies it at that moment`()
    async throws
  {
    try await House.with { house in
      let inventory = house.inventory
      let parts = Array("code,name,change\nA,A,5\nB,B,5\n".utf8)
      let variants = Array("sku,title\nLAP,Laptop\n".utf8)
      let partPlan = try await inventory.preview(file: "parts.csv", parts)
      let variantPlan = try await inventory.preview(.variants, file: "variants.csv", variants)
      let partFile = try await house.ledger.stageFile("parts.csv", parts, by: "tester")
      let variantFile = try await house.ledger.stageFile("variants.csv", variants, by: "tester")
      let applied = await withTaskGroup(of: String?.self) { group in
        for _ in 0..<3 {
          group.addTask {
            await Self.name("parts") {
              _ = try await inventory.apply(
                partPlan, whenRefused: .nothing, staged: partFile, by: "tester")
            }
          }
          group.addTask {
            await Self.name("variants") {
              _ = try await inventory.apply(
                variantPlan, whenRefused: .nothing, staged: variantFile, by: "tester")
            }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(applied.compactMap(\.self).sorted() == ["parts", "variants"])
      #expect(try await house.stock() == ["A 5/0", "B 5/0"])
      #expect(
        try await house.count("select count(*) from audit_trail where action = 'stock.import'") == 2
      )
    }
  }

  /// The name, unless the file was gone.
  private static func name(_ name: String, _ body: () async throws -> Void) async -> String? {
    do { try await body() } catch InventoryError.noSuchFile { return nil } catch {
      Issue.record("\(error)")
    }
    return name
  }

  @Test func `100,000 rows with errors in the middle: the refused are listed, the rest is there`()
    async throws
  {
    try await House.with { house in
      var text = "code,name,on_hand\n"
      for i in 0..<100_000 {
        text += i % 1_000 == 500 ? "PART-\(i),,x\n" : "PART-\(i),Part number \(i),\(i % 50)\n"
      }
      let plan = try await house.inventory.preview(file: "big.csv", Array(text.utf8))
      #expect(plan.refused.count == 100)
      #expect(plan.refused.first?.line == 502)
      #expect(plan.refused.last?.line == 99_502)
      _ = try await house.inventory.apply(plan, whenRefused: .rest, by: "tester")
      #expect(try await house.count("select count(*) from components") == 99_900)
      #expect(
        try await house.count("select count(*) from stock_movements")
          == plan.rows.count { ($0.onHand ?? 0) > 0 })
      try await house.checkStock()
      // A page of so many is still a page.
      let page = try await house.ledger.components(ComponentFilter(text: "number 77", limit: 50))
      #expect(page.count == 50)
    }
  }

  @Test(arguments: ["", "\n\n", "name\nx", "code,nonsense\na,b", "code,code\na,b", "code\u{0}\n"])
  func `a file without a header that is understood is refused whole`(text: String) async throws {
    try await House.with { house in
      await #expect(throws: InventoryError.self) {
        _ = try await house.inventory.preview(file: "x.csv", Array(text.utf8))
      }
    }
  }

  @Test func `what is exported can be imported, and changes nothing`() async throws {
    try await House.with { house in
      try await house.stockLaptop(ram: 5, ssd: 5)
      var text = ""
      try await house.inventory.export { text += $0 }
      let plan = try await house.inventory.preview(file: "again.csv", Array(text.utf8))
      #expect(plan.refused.isEmpty)
      #expect(plan.rows.map { plan.delta(of: $0) } == [0, 0])
    }
  }

  @Test func `what runs out first is listed first`() async throws {
    try await House.with { house in
      try await house.stockLaptop(ram: 40, ssd: 400)
      try await house.ledger.save([ComponentDraft(code: "IDLE", name: "Idle")]).forEach { _ in }
      let ids = (0..<3).map { _ in house.sell("LAP", units: 3) }
      try await shipped(house, ids)
      let low = try await house.ledger.components(ComponentFilter(lowOnly: true))
      #expect(low.map(\.code) == [])
      try await house.inventory.adjust("RAM", by: -20, reason: "broken", by: "tester")
      let now = try await house.ledger.components(ComponentFilter(lowOnly: true))
      #expect(now.map(\.code) == ["RAM"])
      #expect(now.first?.daysOfCover == 3)
    }
  }

  /// Random acts against a small reference that knows nothing of SQL.
  @Test(arguments: Dice.seeds(4))
  func `any sequence of acts leaves what the reference says`(seed: UInt64) async throws {
    print("QUAYSIDE_SEED=\(seed) repeats this sequence of acts")
    try await House.with { house in
      try await house.stockLaptop(ram: 6, ssd: 6)
      var model = Shelf(onHand: ["RAM": 6, "SSD": 6])
      var random = Dice(seed: seed)
      var open: [String] = []
      for step in 0..<40 {
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
          let pieces = Int64.random(in: 1...4, using: &random)
          try await house.receive("RAM", pieces)
          model.onHand["RAM", default: 0] += pieces
        case 1:
          let pieces = Int64.random(in: 1...5, using: &random)
          do {
            try await house.inventory.adjust(
              "SSD", by: -pieces, reason: "step \(step)", by: "tester")
            model.onHand["SSD", default: 0] -= pieces
            #expect((model.onHand["SSD"] ?? 0) >= 0)
          } catch InventoryError.notEnough {
            #expect((model.onHand["SSD"] ?? 0) < pieces)
          }
        case 2, 3:
          let units = Int.random(in: 1...2, using: &random)
          let id = house.sell("LAP", units: units)
          _ = await house.puller().pass(.poll)
          model.take(id, units: Int64(units))
          open.append(id)
        case 4:
          guard let id = open.popLast() else { continue }
          #expect(house.sandbox.cancel(id))
          _ = await house.puller().pass(.poll)
          model.held[id] = nil
        default:
          guard !open.isEmpty else { continue }
          let ids = open
          open = []
          try await shipped(house, ids)
          for id in ids { model.ship(id) }
        }
        #expect(try await house.stock() == model.words, "seed \(seed), step \(step)")
      }
      try await house.checkStock()
    }
  }

  /// Many hands at many parts in every order: nobody waits in a ring, and nothing is lost.
  @Test func `many transactions at once never lock each other out`() async throws {
    try await House.with({ $0.poolSize = 12 }) { house in
      let codes = (0..<6).map { "P\($0)" }
      let ids = try await house.ledger.save(codes.map { ComponentDraft(code: $0, name: $0) })
      let ledger = house.ledger
      await withTaskGroup(of: Int.self) { group in
        for hand in 0..<12 {
          group.addTask {
            var troubles = 0
            for round in 0..<30 {
              let order = codes.shuffled().prefix(4)
              let bookings = order.compactMap { ids[$0] }.map {
                PartBooking(
                  componentID: $0, delta: 1, kind: .received, requestKey: "\(hand)/\(round)/\($0)")
              }
              do {
                _ = try await ledger.book(bookings, by: "hand \(hand)")
              } catch {
                troubles += 1
              }
            }
            return troubles
          }
        }
        for await troubles in group { #expect(troubles == 0) }
      }
      #expect(try await house.count("select sum(on_hand) from component_stock") == 12 * 30 * 4)
      try await house.checkStock()
    }
  }
}

/// What the stock should be, in a dictionary.
private struct Shelf {
  var onHand: [String: Int64]
  var held: [String: [String: Int64]] = [:]

  mutating func take(_ order: String, units: Int64) {
    held[order] = ["RAM": 2 * units, "SSD": units]
  }

  mutating func ship(_ order: String) {
    for (part, pieces) in held.removeValue(forKey: order) ?? [:] {
      onHand[part] = max(0, (onHand[part] ?? 0) - pieces)
    }
  }

  var words: [String] {
    onHand.keys.sorted().map { part in
      let reserved = held.values.reduce(0) { $0 + ($1[part] ?? 0) }
      return "\(part) \(onHand[part] ?? 0)/\(reserved)"
    }
  }
}
