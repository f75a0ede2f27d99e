import ClusterStage
import Kit
import Ledger
import Packing
import PackingBench
import Postgres
import Testing

extension BenchTests {
  @Suite("What is found beside a count")
  struct CountTests {
    /// So many pieces leave by the bench, which writes down as found what nobody knew of.
    private func leave(_ pieces: Int, _ house: Warehouse) async throws {
      try await house.run(
        """
        select count(*) from book_stock(now(), 'test', true, array[2]::bigint[],
          array[-\(pieces)]::bigint[], array['installed'], array[null]::text[], array['Z-A'],
          array['Z-A-1'], array[null]::text[])
        """)
    }

    private func onHand(_ house: Warehouse) async throws -> String {
      try await house.one("select on_hand::text from component_stock where component_id = 2")
    }

    private func file(onHand: Int64? = nil, change: Int64? = nil) -> StockImport {
      var row = StockImport.Row(line: 2, draft: ComponentDraft(code: "P-RAM4"))
      row.onHand = onHand
      row.change = change
      return StockImport(fileName: "parts.csv", sha256: [1], rows: [row], refused: 0)
    }

    @Test(
      "is booked once, when it left before the sheet was closed",
      arguments: [(52, "0"), (55, "3"), (51, "0"), (50, "0")])
    func leftMeanwhile(counted: Int, rest: String) async throws {
      try await Warehouse.open { house in
        let boss = Scanner(house, "boss").request(.leave).account
        let sheet = try await house.ledger.openStocktake("Friday", isBlind: true, by: boss)
        #expect(
          try await house.ledger.count("P-RAM4", Int64(counted), in: sheet, by: boss) == 50)
        // Of 50 that were known, 52 leave.
        try await leave(52, house)
        _ = try await house.ledger.closeStocktake(sheet, by: boss)
        #expect(try await onHand(house) == rest)
      }
    }

    @Test("is what it was, when it was found before the count")
    func leftBefore() async throws {
      try await Warehouse.open { house in
        let boss = Scanner(house, "boss").request(.leave).account
        let sheet = try await house.ledger.openStocktake("Friday", isBlind: true, by: boss)
        try await leave(52, house)
        #expect(try await house.ledger.count("P-RAM4", 4, in: sheet, by: boss) == 0)
        #expect(try await house.ledger.closeStocktake(sheet, by: boss) == 1)
        #expect(try await onHand(house) == "4")
      }
    }

    @Test("a file that says how many there are is taken off; one that says how many came is not")
    func imported() async throws {
      try await Warehouse.open { house in
        let boss = Scanner(house, "boss").request(.leave).account
        func counted(_ pieces: Int64, then file: StockImport, undone: Bool = false) async throws {
          let sheet = try await house.ledger.openStocktake("Friday", isBlind: true, by: boss)
          _ = try await house.ledger.count("P-RAM4", pieces, in: sheet, by: boss)
          let number = try await house.ledger.apply(file, by: boss)
          if undone { _ = try await house.ledger.undo(importID: number, by: boss) }
          _ = try await house.ledger.closeStocktake(sheet, by: boss)
        }
        try await counted(53, then: file(onHand: 53))
        #expect(try await onHand(house) == "53")
        try await counted(55, then: file(change: 10))
        #expect(try await onHand(house) == "65")
        try await counted(60, then: file(onHand: 62), undone: true)
        #expect(try await onHand(house) == "60")
        // The file is the later word, whatever was counted before it.
        try await counted(60, then: file(onHand: 74))
        #expect(try await onHand(house) == "74")
        try await counted(76, then: file(onHand: 10))
        #expect(try await onHand(house) == "10")
      }
    }
  }

  @Suite("A file of parts beside others")
  struct PartFileTests {
    private func file(_ code: String, barcode: String) -> StockImport {
      StockImport(
        fileName: "parts.csv", sha256: [1],
        rows: [StockImport.Row(line: 2, draft: ComponentDraft(code: code, barcode: barcode))],
        refused: 0)
    }

    @Test("that changes barcodes waits for who books stock, and holds nothing that those need")
    func barcodes() async throws {
      try await Warehouse.open { house in
        let boss = Scanner(house, "boss").request(.leave).account
        let file = file("P-RAM8", barcode: "NEW-8")
        let booking = try await PostgresConnection.open(
          house.configuration, deadline: SharedCluster.patience)
        try await booking.script(
          "begin; select lock_stock(array[1]::bigint[])", deadline: SharedCluster.patience)
        async let applied = house.ledger.apply(file, by: boss)
        try await house.untilSomebodyWaits()
        // As every row that refers to a part does.
        try await booking.script(
          "select from components where id = 1 for key share nowait; commit",
          deadline: SharedCluster.patience)
        await booking.close()
        #expect(try await applied > 0)
        #expect(try await house.one("select barcode from components where id = 1") == "NEW-8")
      }
    }

    @Test("is applied all the same when the database gave it up for another transaction")
    func givenUp() async throws {
      try await Warehouse.open { house in
        let boss = Scanner(house, "boss").request(.leave).account
        let file = file("P-RAM4", barcode: "NEW-4")
        // The file looks for a ring before the other one does.
        try await house.run(
          "alter database \(house.configuration.database) set deadlock_timeout = '8s'")
        let ledger = Ledger(
          pool: PostgresPool(house.configuration, size: 2), limits: .patient)
        let other = try await PostgresConnection.open(
          house.configuration, deadline: SharedCluster.patience)
        try await other.script(
          """
          set deadlock_timeout = '30s'; begin; select from components where id = 2 for key share
          """, deadline: SharedCluster.patience)
        async let applied = ledger.apply(file, by: boss)
        try await house.untilSomebodyWaits()
        try await other.script(
          "select lock_stock(array[2]::bigint[]); commit", deadline: SharedCluster.patience)
        await other.close()
        #expect(try await applied > 0)
        #expect(try await house.one("select barcode from components where id = 2") == "NEW-4")
        #expect(try await house.one("select count(*)::text from stock_imports") == "1")
        await ledger.close()
      }
    }

    @Test(
      "barcodes that are older than the stock mean their parts, but for those that mean another")
    func oldBarcodes() async throws {
      let configuration = try await SharedCluster.emptyDatabase()
      let connection = try await PostgresConnection.open(
        configuration, deadline: SharedCluster.patience)
      let old = Migrator(LedgerSchema.migrations.filter { $0.number < 4 })
      _ = try await old.migrate(on: connection)
      try await connection.script(
        """
        insert into components (name, type, barcode)
        values ('RAM', 'RAM', 'OLD-1'), ('SSD', 'SSD', 'OLD-2'), ('Fan', 'fan', 'not ASCII: é')
        """, deadline: SharedCluster.patience)
      let before = Migrator(LedgerSchema.migrations.filter { $0.number < 21 })
      _ = try await before.migrate(on: connection)
      try await connection.script(
        """
        insert into component_barcodes (barcode, component_id)
        select 'OLD-2', id from components where name = 'RAM'
        """, deadline: SharedCluster.patience)
      _ = try await LedgerSchema.migrator.migrate(on: connection)
      let known = try await connection.query(
        ReadBarcodeNames(), deadline: SharedCluster.patience)
      #expect(known == ["OLD-1 RAM", "OLD-2 RAM"])
      await connection.close()
    }

    struct ReadBarcodeNames: PostgresStatement {
      static let sql = """
        select b.barcode || ' ' || c.name
        from component_barcodes b join components c on c.id = b.component_id order by 1
        """
      static func row(_ r: PostgresRow) throws(PostgresError) -> String { try r.string(0) }
    }
  }
}
