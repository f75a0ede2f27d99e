import Kit
import Ledger
import Orders
import Packing
import Testing

extension BenchTests {
  @Suite("A closed parcel that must not leave the house")
  struct PullTests {
    private func close(_ id: String, in house: Warehouse) async throws {
      try await house.labelled(id)
      let kim = Scanner(house)
      try await kim.scan(id)
      #expect(try await kim.act(.print(anyway: false)) == "printed")
      #expect(try await kim.act(.seal) == "packed")
    }

    private func hold(_ id: String, in house: Warehouse) async throws {
      try await house.run(
        "insert into order_holds (order_id, reason, actor) values ('\(id)', 'address', 'person:boss')"
      )
    }

    private func void(_ id: String, generation: Int = 1, in house: Warehouse) async throws {
      try await house.run(
        """
        insert into effects (kind, subject, ordinal, order_id, shop_id, lane, request_key, state,
          due_at, deadline, created_at, updated_at)
        values ('void_label', '\(id)', \(generation), '\(id)', 'main', 'carrier:main', '\(id)',
          'planned', now(), now(), now(), now())
        """)
    }

    /// As if everything had been packed so long ago.
    private func age(_ hours: Int, in house: Warehouse) async throws {
      try await house.run(
        "update packing_sessions set ended_at = now() - interval '\(hours) hours'")
    }

    private func toPull(_ house: Warehouse) async throws -> [String: ParcelToPull.Why] {
      let parcels = try await house.ledger.parcelsToPull()
      return Dictionary(parcels.map { ($0.orderID, $0.why) }) { first, _ in first }
    }

    @Test("its order was cancelled or held, or its label voided: days after it was packed, too")
    func called() async throws {
      try await Warehouse.open(mode: .off) { house in
        for id in ["C1-A", "V1-A", "H1-A", "G1-A"] { try await close(id, in: house) }
        try await age(5 * 24, in: house)
        #expect(try await house.ledger.parcelsToPull().isEmpty)
        try await house.move("C1-A", .labelCreated, .cancelled)
        try await void("V1-A", in: house)
        try await hold("H1-A", in: house)
        #expect(
          try await toPull(house) == [
            "C1-A": .cancelled, "V1-A": .labelVoid, "H1-A": .held(reason: "address"),
          ])
        // A refused void leaves the label as it was; a released order may go.
        try await house.run("update effects set state = 'refused' where kind = 'void_label'")
        try await house.run("delete from order_holds")
        #expect(try await toPull(house) == ["C1-A": .cancelled])
      }
    }

    @Test("it is told two days long, a hold as long as it stands, and nothing of parcels long gone")
    func ends() async throws {
      try await Warehouse.open(mode: .off) { house in
        for id in ["C1-A", "V1-A", "H1-A"] { try await close(id, in: house) }
        try await age(3 * 24, in: house)
        try await house.move("C1-A", .labelCreated, .cancelled)
        try await void("V1-A", in: house)
        try await hold("H1-A", in: house)
        try await house.run(
          """
          update orders set status_since = now() - interval '49 hours' where order_id = 'C1-A';
          update effects set created_at = now() - interval '49 hours' where kind = 'void_label';
          update order_holds set since = now() - interval '49 hours';
          """)
        #expect(try await toPull(house) == ["H1-A": .held(reason: "address")])
        try await age(8 * 24, in: house)
        #expect(try await toPull(house).isEmpty)
      }
    }

    @Test("it calls until the parcel was packed anew with another label")
    func relabelled() async throws {
      try await Warehouse.open(mode: .off) { house in
        try await close("N1-A", in: house)
        try await void("N1-A", in: house)
        try await house.move("N1-A", .labelCreated, .accepted)
        try await house.label("N1-A", generation: 2)
        #expect(try await toPull(house) == ["N1-A": .labelVoid])
        let kim = Scanner(house)
        #expect(try await kim.scan("N1-A") == "opened")
        #expect(try await kim.act(.print(anyway: false)) == "printed")
        #expect(try await kim.act(.seal) == "packed")
        #expect(try await toPull(house).isEmpty)
        try await void("N1-A", generation: 2, in: house)
        #expect(try await house.ledger.parcelsToPull().map(\.orderID) == ["N1-A"])
      }
    }

    @Test("scanned again, it says so")
    func scanned() async throws {
      try await Warehouse.open(mode: .off) { house in
        for id in ["C1-A", "V1-A", "H1-A", "G1-A"] { try await close(id, in: house) }
        try await house.move("C1-A", .labelCreated, .cancelled)
        try await void("V1-A", in: house)
        try await hold("H1-A", in: house)
        let wanted = [
          "C1-A": ("order_off", "Pull the parcel"), "V1-A": ("label_void", "Pull the parcel"),
          "H1-A": ("order_held", "Keep the parcel here"), "G1-A": ("already_over", "is packed"),
        ]
        for (id, (code, words)) in wanted {
          let lee = Scanner(house, "lee")
          #expect(try await lee.scan(id) == code)
          #expect(lee.last?.message.contains(words) == true, "\(id)")
          #expect(lee.last?.json["state"]?.string == "packed", "\(id)")
        }
      }
    }
  }
}
