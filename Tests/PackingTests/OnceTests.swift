import Kit
import Ledger
import Packing
import PackingBench
import Postgres
import Testing

extension BenchTests {
  @Suite("Once, however often it is sent")
  struct OnceTests {
    @Test("a replayed scan is answered to the byte and counts once, also eight at the same moment")
    func replays() async throws {
      try await Warehouse.open { house in
        try await house.labelled("R1-A")
        let kim = Scanner(house)
        for text in ["R1-A", "RAM-8", "WRONG", "QS-OK", "SSD-1", "SN-1"] {
          let request = kim.request(
            .scan(ScannedText(text, capturedAt: (kim.seq + 1) * 10_000)))
          let answers = try await withThrowingTaskGroup(of: Scanner.Answer.self) { group in
            for _ in 0..<8 { group.addTask { try await Scanner.send(request, to: house) } }
            return try await group.reduce(into: []) { $0.append($1) }
          }
          #expect(Set(answers.map(\.bytes)).count == 1)
          #expect(answers.count { !$0.isReplay } == 1)
          if kim.session == nil { kim.session = answers[0].session }
        }
        #expect(try await house.one("select count(*)::text from packing_scans") == "6")
        #expect(try await house.one("select count(*)::text from packing_sessions") == "1")
        let session = try #require(kim.session)
        let view = try #require(try await house.service.view(session))
        #expect(view.session.placed.count == 2 && view.session.version == 5)
        #expect(
          view.log.map(\.code) == [
            .counted, .serialAsked, .acknowledged, .unknownCode, .counted, .opened,
          ])
      }
    }

    @Test("a number that was used for something else is refused, and nothing of it counts")
    func reused() async throws {
      try await Warehouse.open { house in
        try await house.labelled("R2-A")
        let kim = Scanner(house)
        try await kim.scan("R2-A")
        try await kim.scan("RAM-8")
        kim.seq -= 1
        let reply = try await house.service.take(
          kim.request(.scan(ScannedText("SSD-1", capturedAt: 99))))
        guard case .reused = reply else {
          Issue.record("\(reply)")
          return
        }
        #expect(try await house.one("select count(*)::text from packing_scans") == "2")
        var lost = kim.request(.undo)
        lost.session = UUIDv7.make()
        guard case .noSuchSession = try await house.service.take(lost) else {
          Issue.record("a session that is not there")
          return
        }
      }
    }

    @Test("two packers who scan one order at the same moment: one has it, the other is told")
    func twoPackers() async throws {
      try await Warehouse.open { house in
        for round in 1...20 {
          let id = "T\(round)-A"
          try await house.labelled(id)
          let crew = ["kim", "lee", "max"].map { Scanner(house, $0) }
          let requests = crew.map { $0.request(.scan(ScannedText(id))) }
          let codes = try await withThrowingTaskGroup(of: String.self) { group in
            for request in requests {
              group.addTask { try await Scanner.send(request, to: house).code }
            }
            return try await group.reduce(into: []) { $0.append($1) }
          }
          #expect(codes.sorted() == ["opened", "others_order", "others_order"])
        }
        #expect(try await house.one("select count(*)::text from packing_sessions") == "20")
      }
    }

    @Test("taking over is said, kept, and shuts the first one out")
    func takingOver() async throws {
      try await Warehouse.open { house in
        try await house.labelled("T0-A")
        let (kim, lee) = (Scanner(house, "kim"), Scanner(house, "lee"))
        try await kim.scan("T0-A")
        try await kim.scan("RAM-8")
        #expect(try await lee.scan("T0-A") == "others_order")
        #expect(lee.last?.message.contains("kim") == true)
        #expect(lee.session == kim.session)
        #expect(try await lee.scan("RAM-8") == "others_order")
        #expect(try await lee.act(.takeOver) == "taken_over")
        #expect(try await kim.scan("RAM-8") == "others_order")
        #expect(try await lee.scan("RAM-8") == "counted")
        #expect(
          try await house.rows("select message from packing_scans where kind = 'take_over'")
            == ["Taken over from kim."])
      }
    }

    @Test("one serial number scanned into two parcels at the same moment lies in one of them")
    func serials() async throws {
      try await Warehouse.open { house in
        for round in 1...12 {
          let crew = ["kim", "lee"].map { Scanner(house, $0) }
          for (packer, letter) in zip(crew, ["A", "B"]) {
            try await house.labelled("S\(round)-\(letter)")
            try await packer.scan("S\(round)-\(letter)")
            try await packer.scan("SSD-1")
          }
          let requests = crew.map { $0.request(.scan(ScannedText("SN-\(round)"))) }
          let codes = try await withThrowingTaskGroup(of: String.self) { group in
            for request in requests {
              group.addTask { try await Scanner.send(request, to: house).code }
            }
            return try await group.reduce(into: []) { $0.append($1) }
          }
          #expect(codes.sorted() == ["counted", "serial_used"])
        }
        #expect(try await house.one("select count(*)::text from packing_serials") == "12")
      }
    }

    @Test("a parcel whose closing was committed unheard is gone on with, once")
    func unheard() async throws {
      // A commit that waits for a standby which is not there is committed, and does not hear of it.
      let settings = ["synchronous_standby_names": "absent", "synchronous_commit": "local"]
      try await SharedCluster.around(settings) {
        try await Warehouse.open { house in
          try await house.run(
            """
            create function await_standby() returns trigger language plpgsql as $$
            begin
              if new.outcome = 'packed' then
                perform set_config('synchronous_commit', 'on', true);
              end if;
              return new;
            end $$;
            create trigger await_standby before insert on packing_scans
              for each row execute function await_standby();
            """)
          try await house.labelled("U9-A", pin: "7000000000000017")
          let kim = Scanner(house)
          try await kim.packAndPrint("U9-A", serial: "SN-9")
          let request = kim.request(.scan(ScannedText("7000000000000017", capturedAt: 999_999)))
          async let answer = Scanner.send(request, to: house)
          try await house.untilSomebodyWaits("wait_event = 'SyncRep'")
          _ = try await house.rows(
            """
            select pg_cancel_backend(pid)::text from pg_stat_activity
            where datname = current_database() and wait_event = 'SyncRep'
            """)
          #expect(try await answer.code == "packed")
          #expect(house.packed.orders == ["U9-A"])
          #expect(try await Scanner.send(request, to: house).isReplay)
          #expect(house.packed.orders == ["U9-A"])
        }
      }
    }

    @Test("the connection breaks again and again: every scan counts once, and none is lost")
    func brokenConnections() async throws {
      try await Warehouse.open { house in
        try await house.labelled("N1-A", skus: ["LOOSE"], quantity: 60)
        let kim = Scanner(house)
        try await kim.scan("N1-A")
        let breaking = Task {
          var broken = 0
          while !Task.isCancelled {
            let ended = try? await house.rows(
              """
              select pg_terminate_backend(pid)::text from pg_stat_activity
              where datname = current_database() and pid <> pg_backend_pid()
              """)
            broken += ended?.count { $0 == "true" } ?? 0
            try? await Task.sleep(for: .milliseconds(7))
          }
          return broken
        }
        for _ in 0..<60 {
          let request = kim.request(
            .scan(ScannedText("LOOSE", capturedAt: (kim.seq + 1) * 10_000)))
          var answered = false
          for _ in 0..<100 where !answered {
            // What a browser does that heard nothing: the same again.
            answered = (try? await Scanner.send(request, to: house)) != nil
          }
          #expect(answered)
        }
        breaking.cancel()
        #expect(await breaking.value > 0)
        let session = try #require(kim.session)
        let view = try #require(try await house.service.view(session))
        #expect(view.session.placed.count == 60)
        #expect(view.session.isVerified)
        #expect(try await house.one("select count(*)::text from packing_scans") == "61")
      }
    }
  }
}
