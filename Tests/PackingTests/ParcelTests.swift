import Kit
import Ledger
import Orders
import Packing
import PackingBench
import Postgres
import Testing

/// What needs PostgreSQL, all on one cluster.
@Suite(.sharedCluster)
enum BenchTests {}

extension BenchTests {
  @Suite("A parcel at the bench")
  struct ParcelTests {
    @Test("from the order's scan to the closed parcel: who, what and when are kept")
    func whole() async throws {
      try await Warehouse.open { house in
        try await house.labelled("270000123-A", pin: "7000000000000017")
        let kim = Scanner(house)
        #expect(try await kim.scan("270000123-A\r") == "opened")
        for text in ["RAM-8", "P-RAM8"] { #expect(try await kim.scan(text) == "counted") }
        #expect(try await kim.act(.print(anyway: true)) == "not_verified")
        #expect(try await kim.scan("SSD-1") == "serial_asked")
        #expect(try await kim.scan("sn-0001") == "complete")
        #expect(try await kim.scan("QS-PRINT") == "printed")
        #expect(try await kim.scan("7000000000000017") == "packed")
        #expect(house.packed.orders == ["270000123-A"])
        #expect(try await house.one("select packed_generation::text from shipments") == "1")
        #expect(
          try await house.rows(
            "select actor || ' ' || outcome || ' ' || text from packing_scans order by scan_id")
            == [
              "kim opened 270000123-A", "kim counted RAM-8", "kim counted P-RAM8",
              "kim not_verified ", "kim serial_asked SSD-1", "kim complete sn-0001",
              "kim printed QS-PRINT", "kim packed 7000000000000017",
            ])
        #expect(try await house.rows("select serial from packing_serials") == ["SN-0001"])
        #expect(try await house.ledger.packingQueue(limit: 10).isEmpty)
        let again = Scanner(house, "lee")
        #expect(try await again.scan("270000123-A") == "already_over")
        #expect(again.last?.message.contains("kim") == true)
      }
    }

    @Test("a wrong scan changes nothing of the goods, and is kept")
    func wrongScans() async throws {
      try await Warehouse.open { house in
        try await house.labelled("W1-A", pin: "7000000000000017")
        try await house.labelled("W2-A", pin: "7000000000000024")
        let kim = Scanner(house)
        try await kim.scan("W1-A")
        try await kim.scan("RAM-8")
        let before = try await house.goods()
        let wrong = [
          ("RAM-4", "wrong_part"), ("OSPREY", "wrong_part"), ("NOBODY", "unknown_code"),
          ("W2-A", "other_order"), ("7000000000000024", "other_order"),
          ("RAM-8SSD-1", "unknown_code"), ("'; drop table orders; --", "unknown_code"),
          ("\u{0}\u{0}", "unreadable"), ("<script>alert(1)</script>", "unknown_code"),
        ]
        for (text, code) in wrong {
          #expect(try await kim.scan(text) == code, "\(text)")
          #expect(kim.last?.tone == "bad")
          #expect(try await kim.scan("RAM-8") == "alarm_stands")
          #expect(try await kim.act(.acknowledge) == "acknowledged")
        }
        #expect(try await house.goods() == before)
        #expect(
          try await house.one("select count(*)::text from packing_scans where tone = 'bad'")
            == "\(wrong.count * 2)")
        for change in ["update packing_scans set text = ''", "delete from packing_scans"] {
          await #expect(throws: PostgresError.self) { try await house.run(change) }
        }
      }
    }

    @Test("orders are found by id, tracking number and the purchase's number")
    func finding() async throws {
      try await Warehouse.open { house in
        try await house.labelled("270000123-A", pin: "7000000000000017")
        try await house.labelled("270000124-A", pin: "123456789012")
        try await house.labelled("270000124-B", pin: "123456789012")
        for text in ["270000123-A", "270000123-a", "270000123", "K1A0B17000000000000017"] {
          let kim = Scanner(house)
          #expect(try await kim.scan(text) == "opened", "\(text)")
        }
        let kim = Scanner(house)
        #expect(try await kim.scan("270000124") == "several_orders")
        #expect(kim.last?.json["choices"]?.elements.count == 2)
        #expect(try await kim.scan("123456789012") == "several_orders")
        #expect(try await kim.scan("RAM-8") == "no_such_order")
        #expect(kim.last?.message.contains("RAM 8 GB") == true)
        #expect(try await kim.scan("999") == "no_such_order")
        #expect(try await house.one("select count(*)::text from packing_sessions") == "1")
        // The test carrier's number closes the parcel in hand all the same.
        try await kim.packAndPrint("270000124-B", serial: "SN-9")
        #expect(try await kim.scan("123456789012") == "packed")
      }
    }

    @Test("commands without an order: a red screen was read, anything else needs an order first")
    func commands() async throws {
      try await Warehouse.open { house in
        let kim = Scanner(house)
        try await kim.scan("NOBODY")
        #expect(kim.last?.code == "no_such_order")
        #expect(try await kim.scan("qs-ok") == "acknowledged")
        for text in ["QS-LEAVE", "QS-PRINT", "QS-SWAP", "QS-UNDO"] {
          #expect(try await kim.scan(text) == "already_over", "\(text)")
          #expect(kim.last?.tone == "attention")
        }
        #expect(try await house.one("select count(*)::text from packing_sessions") == "0")
      }
    }

    @Test(
      "an unmapped line is one thing with its SKU; a machine's own barcode counts; the frozen list stays"
    )
    func bills() async throws {
      try await Warehouse.open { house in
        try await house.labelled("U1-A", skus: ["NOBODY-KNOWS", "SHOP-OSPREY"], quantity: 2)
        try await house.run("update variant_components set quantity = 9")
        let kim = Scanner(house)
        try await kim.scan("U1-A")
        for text in ["nobody-knows", "NOBODY-KNOWS", "OSPREY", "RAM-8", "RAM-8"] {
          #expect(try await kim.scan(text) == "counted", "\(text)")
        }
        #expect(try await kim.scan("OSPREY") == "complete")
        // A line without frozen parts needs what its variant needs today.
        try await house.labelled("U2-A", isFrozen: false)
        let lee = Scanner(house, "lee")
        try await lee.scan("U2-A")
        let session = try #require(lee.session)
        let view = try #require(try await house.service.view(session))
        #expect(view.session.bill.items.map(\.needed) == [9, 9])
      }
    }

    @Test("an order that is off, held, not accepted or too large is not begun")
    func notBegun() async throws {
      try await Warehouse.open { house in
        try await house.labelled("C1-A")
        try await house.move("C1-A", .labelCreated, .cancelled)
        try await house.labelled("H1-A")
        try await house.run(
          "insert into order_holds (order_id, reason, actor) values ('H1-A', 'address', 'person:boss')"
        )
        try await house.labelled("B1-A", quantity: 400)
        let kim = Scanner(house)
        #expect(try await kim.scan("C1-A") == "order_off")
        #expect(try await kim.scan("H1-A") == "order_held")
        #expect(try await kim.scan("B1-A") == "too_large")
        #expect(try await house.one("select count(*)::text from packing_sessions") == "0")
      }
    }

    @Test(
      "cancelled, held or void in the middle: no label, and a cancelled one gives its serials back")
    func standings() async throws {
      try await Warehouse.open { house in
        for id in ["M1-A", "M2-A", "M3-A"] {
          try await house.labelled(id)
          try await Scanner(house, id).packAll(id, serial: "SN-\(id)")
        }
        func again(_ id: String) async throws -> Scanner {
          let packer = Scanner(house, id)
          #expect(try await packer.scan(id) == "opened")
          return packer
        }
        let (first, second, third) = (
          try await again("M1-A"), try await again("M2-A"), try await again("M3-A")
        )
        try await house.move("M1-A", .labelCreated, .cancelled)
        #expect(try await first.act(.print(anyway: true)) == "order_off")
        #expect(try await first.scan("RAM-8") == "already_over")
        try await house.run(
          "insert into order_holds (order_id, reason, actor) values ('M2-A', 'address', 'person:boss')"
        )
        #expect(try await second.act(.print(anyway: true)) == "order_held")
        try await house.run(
          """
          insert into effects (kind, subject, ordinal, order_id, shop_id, lane, request_key, state,
            due_at, deadline, created_at, updated_at)
          values ('void_label', 'M3-A', 1, 'M3-A', 'main', 'carrier:main', 'v', 'planned', now(),
            now(), now(), now())
          """)
        #expect(try await third.act(.print(anyway: true)) == "label_void")
        #expect(
          try await house.rows(
            "select serial from packing_serials where released_at is null order by 1")
            == ["SN-M2-A", "SN-M3-A"])
        for packer in [first, second, third] {
          let session = try #require(packer.session ?? packer.last?.session)
          await #expect(throws: PackingService.LabelProblem.self) {
            try await house.service.label(of: session)
          }
        }
      }
    }

    @Test("a short pick puts the order aside and tells a person")
    func shortPick() async throws {
      try await Warehouse.open { house in
        try await house.labelled("S1-A")
        let kim = Scanner(house)
        try await kim.scan("S1-A")
        try await kim.scan("SSD-1")
        try await kim.scan("SN-1")
        let item = "S1-A-1/p1"
        #expect(
          try await kim.act(
            .shortPick(ShortPick(reason: .damaged, itemKey: item, note: "bent pins")))
            == "short_picked")
        let words = "short at the bench: RAM 8 GB: damaged (bent pins)"
        #expect(try await house.one("select reason from order_holds") == words)
        #expect(
          try await house.one("select process_name || ' ' || details from process_failures")
            == "Packing \(words); told by kim")
        #expect(house.told.details == ["\(words); told by kim"])
        #expect(
          try await house.one(
            "select count(*)::text from packing_serials where released_at is null")
            == "0")
        let next = Scanner(house)
        #expect(try await next.scan("S1-A") == "order_held")
        try await house.run("delete from order_holds")
        #expect(try await next.scan("S1-A") == "opened")
        #expect(next.session != kim.session)
      }
    }
  }
}
