import Glibc
import Kit
import Ledger
import Orders
import Packing
import PackingBench
import Testing

extension BenchTests {
  @Suite("What waits, and labels")
  struct QueueTests {
    @Test("the oldest deadline first; what is cancelled, held, packed or void is not there")
    func queue() async throws {
      try await Warehouse.open { house in
        let now = Timestamp.now()
        for (id, hours) in [("Q1-A", 30), ("Q2-A", 5), ("Q3-A", 10), ("Q4-A", 1), ("Q5-A", 2)] {
          try await house.labelled(id, shipBy: now + .hours(hours), isShipped: id == "Q3-A")
        }
        try await house.labelled("Q6-A")
        func listed(_ limit: Int = 50) async throws -> [String] {
          try await house.ledger.packingQueue(limit: limit).map(\.orderID)
        }
        #expect(try await listed() == ["Q4-A", "Q5-A", "Q2-A", "Q3-A", "Q1-A", "Q6-A"])
        let first = try await house.ledger.packingQueue(limit: 2)
        let place = try #require(first.last)
        let next = try await house.ledger.packingQueue(
          limit: 50, after: (place.shipBy, place.orderID))
        #expect(next.map(\.orderID) == ["Q2-A", "Q3-A", "Q1-A", "Q6-A"])
        try await house.move("Q4-A", .labelCreated, .cancelled)
        try await house.run(
          "insert into order_holds (order_id, reason, actor) values ('Q5-A', 'x', 'person:boss')")
        let kim = Scanner(house)
        try await kim.scan("Q2-A")
        #expect(try await house.ledger.packingQueue(limit: 50).first?.packer == "kim")
        try await kim.act(.leave)
        kim.session = nil
        try await kim.packAndPrint("Q3-A", serial: "SN-3")
        #expect(try await kim.scan("Q3-A") == "packed")
        #expect(try await listed() == ["Q2-A", "Q1-A", "Q6-A"])
        // A packed parcel whose order goes off is to be pulled; a new label has to be packed anew.
        try await house.run("update shipments set status = 'voided' where order_id = 'Q2-A'")
        #expect(try await listed() == ["Q1-A", "Q6-A"])
      }
    }

    @Test("a parcel that got a new label waits again")
    func relabelled() async throws {
      try await Warehouse.open { house in
        try await house.labelled("L1-A")
        let kim = Scanner(house)
        try await kim.packAndPrint("L1-A", serial: "SN-1")
        #expect(try await kim.scan("L1-A") == "packed")
        #expect(try await house.ledger.packingQueue(limit: 5).isEmpty)
        try await house.move("L1-A", .labelCreated, .accepted)
        try await house.label("L1-A", generation: 2)
        #expect(try await house.ledger.packingQueue(limit: 5).map(\.orderID) == ["L1-A"])
        #expect(try await kim.act(.print(anyway: false)) == "label_void")
        kim.session = nil
        #expect(try await kim.scan("L1-A") == "opened")
      }
    }

    @Test("warn: the warning and the label that was printed all the same are both kept")
    func warned() async throws {
      try await Warehouse.open(mode: .warn) { house in
        try await house.labelled("V1-A")
        let kim = Scanner(house)
        try await kim.scan("V1-A")
        #expect(try await kim.act(.print(anyway: false)) == "confirm_unverified")
        let session = try #require(kim.session)
        await #expect(throws: PackingService.LabelProblem.self) {
          try await house.service.label(of: session)
        }
        #expect(try await kim.act(.print(anyway: true)) == "printed_unverified")
        #expect(try await house.service.label(of: session) == Array("%PDF-1.4 V1-A 1".utf8))
        #expect(
          try await house.rows(
            "select outcome from packing_scans where kind like 'print%' order by 1")
            == ["confirm_unverified", "printed_unverified"])
      }
    }

    @Test("a label whose file was changed is not printed")
    func damagedFile() async throws {
      try await Warehouse.open(mode: .off) { house in
        try await house.labelled("F1-A")
        let kim = Scanner(house)
        try await kim.scan("F1-A")
        #expect(try await kim.act(.print(anyway: false)) == "printed")
        try AtomicFile.write(Array("%PDF-1.4 of another".utf8), to: "\(house.folder)/F1-A-1.pdf")
        await #expect(throws: PackingService.LabelProblem.self) {
          try await house.service.label(of: try #require(kim.session))
        }
      }
    }

    @Test("a printer gets each label once, by a program without a shell")
    func printer() async throws {
      let folder = try Folder.temporary("quayside-printer")
      defer { Folder.remove(folder) }
      let program = "\(folder)/lp"
      try AtomicFile.write(
        Array(
          """
          #!/bin/sh
          [ -e "\(folder)/broken" ] && { echo "lp: out of paper" >&2; exit 1; }
          { echo "$@"; cat; echo; } >> "\(folder)/jobs"
          """.utf8), to: program)
      Folder.setMode(program, 0o755)
      try await Warehouse.open(mode: .off, printer: "Zebra_4x6", printProgram: program) { house in
        try await house.labelled("PR1-A")
        let kim = Scanner(house)
        try await kim.scan("PR1-A")
        #expect(try await kim.act(.print(anyway: false)) == "printed")
        let session = try #require(kim.session)
        func paper() async throws -> PackingService.Paper {
          try await house.service.paper(client: kim.client, seq: kim.seq, session: session)
        }
        try AtomicFile.write([], to: "\(folder)/broken")
        #expect(try await paper() == .failed("lp: out of paper (exit code 1)"))
        unlink("\(folder)/broken")
        for _ in 0..<3 { #expect(try await paper() == .sent(printer: "Zebra_4x6")) }
        let jobs = String(decoding: Folder.bytes(of: "\(folder)/jobs"), as: UTF8.self)
        #expect(jobs == "-d Zebra_4x6 -t label PR1-A -\n%PDF-1.4 PR1-A 1\n")
        #expect(try await house.rows("select state from packing_prints") == ["sent"])
      }
    }

    @Test("a printer's name is a name", arguments: ["-o", "a b", "", "x;y", "$(id)", "é", "a/b"])
    func names(name: String) {
      #expect(!PackingSettings.isPrinter(name))
      #expect(PackingSettings.isPrinter("Zebra_4x6.bench-2@host"))
    }
  }
}
