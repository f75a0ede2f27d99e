import Kit
import Ledger
import Packing
import PackingBench
import Testing

extension BenchTests {
  @Suite("A swap")
  struct SwapTests {
    private func stock(_ house: Warehouse) async throws -> [String] {
      try await house.rows(
        """
        select c.code || ' ' || s.on_hand || ' ' || s.reserved
        from component_stock s join components c on c.id = s.component_id order by c.id
        """)
    }

    @Test("books the one out and the other in, in one transaction, once")
    func once() async throws {
      try await Warehouse.open { house in
        try await house.labelled("X1-A")
        #expect(
          try await stock(house) == ["P-RAM8 50 2", "P-RAM4 50 0", "P-SSD1 50 1", "P-SSD2 50 0"])
        let kim = Scanner(house)
        try await kim.scan("X1-A")
        try await kim.scan("RAM-8")
        #expect(try await kim.scan("QS-SWAP") == "swap_begun")
        #expect(try await kim.scan("RAM-4") == "part_removed")
        // Half of a swap is no movement.
        #expect(try await house.one("select count(*)::text from stock_movements") == "4")
        let request = kim.request(.scan(ScannedText("RAM-8", capturedAt: 999_999)))
        let answers = try await withThrowingTaskGroup(of: Scanner.Answer.self) { group in
          for _ in 0..<6 { group.addTask { try await Scanner.send(request, to: house) } }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(answers.map(\.bytes)).count == 1 && answers[0].code == "swapped")
        #expect(
          try await stock(house) == ["P-RAM8 49 1", "P-RAM4 51 0", "P-SSD1 50 1", "P-SSD2 50 0"])
        #expect(
          try await house.rows(
            "select kind || ' ' || delta || ' ' || actor || ' ' || order_id from stock_movements"
              + " where kind <> 'received' order by movement_id")
            == ["installed -1 person:kim X1-A", "removed 1 person:kim X1-A"])
        // Shipping takes what is still held, and no more.
        try await house.ship("X1-A")
        #expect(
          try await stock(house) == ["P-RAM8 48 0", "P-RAM4 51 0", "P-SSD1 49 0", "P-SSD2 50 0"])
      }
    }

    @Test(
      "after the order was marked shipped: what goes in has left already, what comes out comes in")
    func afterShipping() async throws {
      try await Warehouse.open { house in
        try await house.labelled("X2-A", isShipped: true)
        let kim = Scanner(house)
        for text in ["X2-A", "QS-SWAP", "SSD-OLD", "OLD-7", "SSD-1"] { try await kim.scan(text) }
        #expect(try await kim.scan("NEW-7") == "swapped")
        // Also the swap that completes the parcel is an act, and says what was swapped.
        for text in ["RAM-8", "QS-SWAP", "RAM-4"] { try await kim.scan(text) }
        #expect(try await kim.scan("RAM-8") == "complete")
        let details = try await house.rows(
          "select detail from audit_trail where action = 'packing.swap' order by entry_id")
        #expect(details.count == 2)
        #expect(details.last?.hasPrefix("RAM 4 GB is out, RAM 8 GB, 2 of 2 is in.") == true)
        #expect(
          try await stock(house) == ["P-RAM8 48 0", "P-RAM4 51 0", "P-SSD1 49 0", "P-SSD2 51 0"])
      }
    }

    @Test("a piece that comes out of a machine may go out again with its serial number")
    func serialComesBack() async throws {
      try await Warehouse.open { house in
        try await house.labelled("X3-A")
        try await house.labelled("X4-A")
        try await house.labelled("X5-A")
        let kim = Scanner(house)
        try await kim.packAll("X3-A", serial: "SN-7")
        try await kim.act(.leave)
        kim.session = nil
        try await kim.scan("X4-A")
        try await kim.scan("SSD-1")
        #expect(try await kim.scan("SN-7") == "serial_used")
        #expect(kim.last?.message.contains("X3-A") == true)
        for code in ["QS-OK", "QS-UNDO", "QS-SWAP", "SSD-OLD", "SN-7", "SSD-1"] {
          try await kim.scan(code)
        }
        #expect(try await kim.scan("SN-8") == "swapped")
        #expect(
          try await house.rows(
            "select serial || ' ' || order_id from packing_serials where released_at is null")
            == ["SN-8 X4-A"])
      }
    }

    @Test("stays booked when the order is put aside, and is still there when it comes back")
    func putAside() async throws {
      try await Warehouse.open { house in
        try await house.labelled("X6-A")
        let kim = Scanner(house)
        for text in ["X6-A", "QS-SWAP", "RAM-4", "RAM-8"] { try await kim.scan(text) }
        try await kim.act(.shortPick(ShortPick(reason: .outOfStock)))
        try await house.run("delete from order_holds")
        let again = Scanner(house, "lee")
        try await again.scan("X6-A")
        #expect(try await again.scan("RAM-8") == "counted")
        #expect(try await again.scan("RAM-8") == "too_many")
        #expect(
          try await stock(house) == ["P-RAM8 49 1", "P-RAM4 51 0", "P-SSD1 50 1", "P-SSD2 50 0"])
      }
    }
  }
}
