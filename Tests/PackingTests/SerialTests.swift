import Kit
import Ledger
import Orders
import Packing
import PackingBench
import Testing

extension BenchTests {
  @Suite("A serial number's way")
  struct SerialTests {
    /// Packs an order and closes its parcel.
    private func pack(_ id: String, serial: String, _ house: Warehouse) async throws {
      let packer = Scanner(house, "packer of \(id)")
      try await packer.packAndPrint(id, serial: serial)
      #expect(try await packer.scan(id) == "packed")
    }

    /// An order in hand in which nothing is missing but the number of its drive.
    private func beforeSerial(_ id: String, _ house: Warehouse) async throws -> Scanner {
      let packer = Scanner(house, "packer of \(id)")
      for text in [id, "RAM-8", "RAM-8", "SSD-1"] { try await packer.scan(text) }
      return packer
    }

    private func places(_ house: Warehouse) async throws -> [String] {
      try await house.rows(
        """
        select order_id || case when released_at is null then '' else ' back' end
        from packing_serials order by serial_id
        """)
    }

    @Test("a piece of another parcel is refused at once, also by the code that carries its number")
    func carried() async throws {
      try await Warehouse.open { house in
        for id in ["G1-A", "G2-A"] { try await house.labelled(id) }
        try await pack("G1-A", serial: "SN-77", house)
        let kim = try await beforeSerial("G2-A", house)
        #expect(try await kim.scan("(01)09506000134352(21)SN-77") == "serial_used")
        #expect(kim.last?.message.contains("G1-A") == true)
        try await kim.act(.acknowledge)
        #expect(try await kim.scan("(01)09506000134352(21)SN-78") == "complete")
      }
    }

    @Test("a number that only the database refuses is answered, and nothing waits behind it")
    func refused() async throws {
      try await Warehouse.open { house in
        try await house.labelled("D1-A")
        try await house.run(
          """
          create function refuse_serial() returns trigger language plpgsql as $$
          begin
            if new.serial <> 'SN-1' then return new; end if;
            raise exception 'taken' using errcode = 'unique_violation',
              constraint = 'packing_serials_out';
          end $$;
          create trigger refuse_serial before insert on packing_serials
            for each row execute function refuse_serial();
          """)
        let kim = try await beforeSerial("D1-A", house)
        let before = try await house.goods()
        #expect(try await kim.scan("SN-1") == "serial_used")
        #expect(try await house.goods() == before)
        try await kim.act(.acknowledge)
        #expect(try await kim.scan("SN-2") == "complete")
      }
    }

    @Test("a parcel that got another label is packed anew with the pieces that it has")
    func relabelled() async throws {
      try await Warehouse.open { house in
        try await house.labelled("L5-A")
        try await pack("L5-A", serial: "SN-5", house)
        try await house.move("L5-A", .labelCreated, .accepted)
        try await house.label("L5-A", generation: 2)
        try await pack("L5-A", serial: "SN-5", house)
        #expect(try await places(house) == ["L5-A back", "L5-A"])
      }
    }

    @Test("what lay in a cancelled order's parcel goes out with the next one, and stays there")
    func cancelled() async throws {
      try await Warehouse.open { house in
        for id in ["C1-A", "C2-A", "C3-A"] { try await house.labelled(id) }
        try await pack("C1-A", serial: "SN-1", house)
        let slow = Scanner(house, "slow")
        try await slow.packAll("C2-A", serial: "SN-2")
        for id in ["C1-A", "C2-A"] { try await house.move(id, .labelCreated, .cancelled) }
        try await house.labelled("C4-A")
        try await Scanner(house, "kim").packAll("C3-A", serial: "SN-1")
        try await Scanner(house, "lee").packAll("C4-A", serial: "SN-2")
        // Whoever hears late that it is off gives back what is still in that parcel, and no more.
        #expect(try await slow.act(.print(anyway: false)) == "order_off")
        #expect(try await places(house) == ["C1-A back", "C2-A back", "C3-A", "C4-A"])
      }
    }

    @Test("a piece that was shipped and came back goes out when it is scanned once more")
    func cameBack() async throws {
      try await Warehouse.open { house in
        for id in ["B1-A", "B2-A"] { try await house.labelled(id) }
        try await pack("B1-A", serial: "SN-1", house)
        try await house.ship("B1-A")
        let kim = try await beforeSerial("B2-A", house)
        #expect(try await kim.scan("SN-1") == "confirm_serial")
        #expect(kim.last?.tone == "attention" && kim.last?.message.contains("B1-A") == true)
        #expect(try await places(house) == ["B1-A"])
        #expect(try await kim.scan("SN-1") == "complete")
        #expect(try await places(house) == ["B1-A back", "B2-A"])
        #expect(
          try await house.rows(
            """
            select actor || ' ' || subject || ' ' || detail from audit_trail
            where action = 'packing.serial_back'
            """) == ["packer of B2-A order:B2-A SN-1 had left with order B1-A"])
      }
    }

    @Test(
      "a piece of a parcel that is still at the bench is refused, although its order counts as shipped"
    )
    func stillHere() async throws {
      try await Warehouse.open { house in
        try await house.labelled("H1-A", isShipped: true)
        try await house.labelled("H2-A")
        try await Scanner(house, "lee").packAll("H1-A", serial: "SN-1")
        let kim = try await beforeSerial("H2-A", house)
        #expect(try await kim.scan("SN-1") == "serial_used")
      }
    }
  }
}
