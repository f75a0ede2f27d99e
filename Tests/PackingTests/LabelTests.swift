import Kit
import Orders
import Packing
import PackingBench
import Testing

extension BenchTests {
  @Suite("A label outside its session")
  struct LabelTests {
    private func refusal(_ id: String, _ house: Warehouse) async throws -> String? {
      let why = try await house.service.labelRefusal(ofOrder: id)
      do {
        let bytes = try await house.service.label(ofOrder: id)
        #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("%PDF-1.4 \(id)"))
        #expect(why == nil)
      } catch let problem as PackingService.LabelProblem {
        #expect(why == problem.description)
      }
      return why
    }

    @Test(
      "where packing is strict it is there once it was printed at the bench, and as long as it serves"
    )
    func strict() async throws {
      try await Warehouse.open { house in
        try await house.labelled("L1-A", pin: "7000000000000017")
        let kim = Scanner(house)
        #expect(try await refusal("L1-A", house)?.contains("at the bench") == true)
        try await kim.packAll("L1-A", serial: "SN-1")
        #expect(try await refusal("L1-A", house)?.contains("at the bench") == true)
        #expect(try await kim.act(.print(anyway: false)) == "printed")
        #expect(try await refusal("L1-A", house) == nil)
        #expect(try await kim.scan("7000000000000017") == "packed")
        #expect(try await refusal("L1-A", house) == nil)
        // Another label is another parcel: what was packed for the old one does not count for it.
        try await house.run("update shipments set status = 'void_pending' where order_id = 'L1-A'")
        #expect(try await refusal("L1-A", house)?.contains("voided") == true)
        try await house.run(
          "update shipments set status = 'label_created', generation = 2 where order_id = 'L1-A'")
        #expect(try await refusal("L1-A", house)?.contains("at the bench") == true)
      }
    }

    @Test("a parcel that fell through after its label was printed is no reason to show it")
    func fellThrough() async throws {
      try await Warehouse.open { house in
        try await house.labelled("L2-A")
        let kim = Scanner(house)
        try await kim.packAndPrint("L2-A", serial: "SN-2")
        #expect(try await refusal("L2-A", house) == nil)
        #expect(
          try await kim.act(.shortPick(ShortPick(reason: .damaged, itemKey: nil, note: "")))
            == "short_picked")
        #expect(try await refusal("L2-A", house)?.contains("held") == true)
        try await house.run("delete from order_holds")
        #expect(try await refusal("L2-A", house)?.contains("at the bench") == true)
      }
    }

    @Test("elsewhere it is there for whoever asks, unless the order is off or held")
    func free() async throws {
      for mode in [PackingMode.off, .warn] {
        try await Warehouse.open(mode: mode) { house in
          try await house.labelled("L3-A")
          #expect(try await refusal("L3-A", house) == nil)
          try await house.run(
            """
            insert into order_holds (order_id, reason, actor, since)
            values ('L3-A', 'a wrong address', 'boss', now())
            """)
          #expect(try await refusal("L3-A", house)?.contains("a wrong address") == true)
          try await house.run("delete from order_holds")
          try await house.move("L3-A", .labelCreated, .cancelled)
          #expect(try await refusal("L3-A", house)?.contains("is cancelled") == true)
          #expect(try await refusal("nobody", house)?.contains("do not know") == true)
        }
      }
    }
  }
}
