import Glibc
import Kit
import Operations
import Testing

extension FaultTests {
  /// What follows bookings, through the program itself: booked over HTTP, seen in the sheet and on the
  /// telephone.
  @Suite struct TailTests {
    @Test("booked over HTTP: a row in the sheet, a message, and each change of it once")
    func wholeWay() async throws {
      try await TailStage.play { play in
        let worker = try play.stage.work()
        let id = try await play.book(
          "=HYPERLINK(\"http://x\")", notes: "+1 ring twice", correlation: "talk-4711")
        try await play.untilShown([id: "pending"])
        try await play.move(id, to: "confirmed")
        try await play.untilShown([id: "confirmed"])
        let row = try await play.rows()[id] ?? []
        // Order ID, Date, Customer, Phone, Items, Total Qty, Status, Source, Notes.
        #expect(row.count == 9 && row[0] == id && row[4] == "2 x Green tea" && row[5] == "2")
        #expect(row[2] == "'=HYPERLINK(\"http://x\")" && row[7] == "manual")
        // The request's own id is on the calls and in the log of what followed it.
        let calls = try await play.calls(of: id)
        #expect(Set(calls.map(\.endpoint)).isSuperset(of: ["ValuesAppend", "Publish"]))
        #expect(calls.contains { $0.endpoint == "Publish" && $0.correlationID == "talk-4711" })
        #expect(calls.contains { $0.endpoint == "ValuesAppend" && $0.correlationID == "talk-4711" })
        let log = play.stage.log(of: worker)
        for name in ["sheet_sync_attempt", "sheet_sync_done", "push_attempt", "push_done"] {
          #expect(
            log.contains { $0.contains("\"\(name)\"") && $0.contains("talk-4711") }, "\(name)")
        }
        #expect(!log.contains { $0.contains("tk_sandbox") || $0.contains("PRIVATE KEY") })
        await play.stage.letGo(worker)
      }
    }

    @Test("a request's trace goes with it: history, effects, log, calls, and the header outside")
    func traced() async throws {
      let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
      try await TailStage.play { play in
        let worker = try play.stage.work()
        let id = try await play.book(
          "Robin Example", traceparent: "00-\(trace)-00f067aa0ba902b7-01")
        try await play.untilShown([id: "pending"])
        let sent = try await play.requests(about: id)
        #expect(Set(sent.map(\.call)).isSuperset(of: ["sheet_append", "ntfy_publish"]))
        for request in sent {
          #expect(request.headers["x-correlation-id"] == trace, "\(request)")
          // Of the same trace, and a step of its own; that the caller samples is not our load.
          let parent = (request.headers["traceparent"] ?? "").split(separator: "-")
          try #require(parent.count == 4, "\(request)")
          #expect(parent[0] == "00" && parent[1] == trace && parent[3] == "00")
          #expect(parent[2].count == 16 && parent[2] != "00f067aa0ba902b7")
        }
        let calls = try await play.calls(of: id)
        #expect(!calls.isEmpty && calls.allSatisfy { $0.correlationID == trace })
        let log = play.stage.log(of: worker)
        for name in ["sheet_sync_done", "push_done"] {
          #expect(log.contains { $0.contains("\"\(name)\"") && $0.contains(trace) }, "\(name)")
        }
        // One order with everything that happened to it, as for an order of the marketplace.
        let shown = try await play.stage.json(["order", id])
        #expect(shown["status"]?.string == "pending" && shown["customer_name"] != nil)
        #expect(shown["timeline_is_cut"]?.bool == false)
        let timeline = shown["timeline"]?.elements ?? []
        for (kind, title) in [
          ("status", "pending"), ("effect", "sync_sheet confirmed"),
          ("effect", "send_push confirmed"),
          ("call", "GoogleSheets ValuesAppend"), ("call", "Ntfy Publish"),
        ] {
          #expect(
            timeline.contains { $0["kind"]?.string == kind && $0["title"]?.string == title },
            "\(kind) \(title): \(shown.rawText)")
        }
        for entry in timeline where entry["kind"]?.string == "effect" {
          #expect(entry["detail"]?.string?.contains(trace) == true, "\(entry.rawText)")
        }
        #expect(timeline.first { $0["kind"]?.string == "status" }?["reference"]?.string == trace)
        let text = try await play.stage.run(["order", id]).text
        #expect(text.hasPrefix("\(id): pending") && text.contains("2 x -  Green tea"), "\(text)")
        await play.stage.letGo(worker)
      }
    }

    @Test("through Firebase as well, and one pass of cron's is enough")
    func firebase() async throws {
      try await TailStage.play(pushTo: "fcm-device:sandbox-device") { play in
        var orders: [String: String] = [:]
        for number in 1...7 { orders[try await play.book("Customer \(number)")] = "pending" }
        let done = try await play.stage.run(["run", "booking", "--wait", "--timeout", "40"])
        #expect(done.status.isSuccess, "\(done.errorText)")
        try await play.untilShown(orders, within: .seconds(1))
        // A second pass finds nothing to do.
        let before = try await play.stage.sandbox.control("GET", "tally")?["bookings"]?.rawText
        _ = try await play.stage.run(["run", "booking", "--wait"])
        #expect(
          try await play.stage.sandbox.control("GET", "tally")?["bookings"]?.rawText == before)
      }
    }

    @Test("killed at every place: one row and one message an order, with the next start")
    func everyPlace() async throws {
      try await TailStage.play { play in
        var troubles: [String] = []
        for place in CrashPoint.tailPlaces {
          do { try await die(at: place, play) } catch {
            troubles.append("\(place): \(error)")
            play.stage.killWorkers()
          }
        }
        #expect(troubles.isEmpty, "\(troubles.joined(separator: "\n"))")
      }
    }

    private func die(at place: String, _ play: TailStage) async throws {
      var orders: [String: String] = [:]
      for number in 1...3 { orders[try await play.book("\(place) \(number)")] = "pending" }
      if place.contains("update") {
        // Only a row that stands already is written in place.
        let early = try play.stage.work()
        try await play.untilShown(orders)
        early.kill(SIGTERM)
        _ = await early.wait(for: .seconds(20))
        for id in orders.keys {
          try await play.move(id, to: "confirmed")
          orders[id] = "confirmed"
        }
      }
      let first = try play.stage.work(["QUAYSIDE_CRASH_AT": place])
      guard let ended = await first.wait(for: .seconds(15)) else { throw Trouble("never reached") }
      guard ended == .init(signal: 9) else { throw Trouble("ended with \(ended)") }
      let second = try play.stage.work()
      do { try await play.untilShown(orders) } catch {
        let log = play.stage.log(of: second).suffix(30).joined(separator: "\n")
        throw Trouble("\(error)\nthe second worker's log:\n\(log)")
      }
      second.kill(SIGTERM)
      guard await second.wait(for: .seconds(20)) == .init(code: 0) else {
        throw Trouble("the second worker did not end with 0")
      }
    }

    @Test("two workers, lost and late answers, people who sort: one row and one message an order")
    func storm() async throws {
      try await TailStage.play { play in
        try await play.stage.sandbox.dial(
          """
          [{"call":"sheet_append","fault":"answer_lost","times":3},
           {"call":"sheet_append","fault":"status","status":503,"when":"after","times":3},
           {"call":"sheet_batch_update","fault":"human_sort","times":4},
           {"call":"sheet_get","fault":"throttled","retry_after":0,"times":3},
           {"call":"ntfy_publish","fault":"answer_lost","times":5},
           {"call":"ntfy_publish","fault":"status","status":500,"times":5},
           {"call":"token","fault":"status","status":503,"times":1}]
          """)
        let workers = [try play.stage.work(), try play.stage.work()]
        var orders: [String: String] = [:]
        for number in 1...20 {
          let id = try await play.book("Storm \(number)")
          orders[id] = "pending"
          if number % 3 == 0 {
            try await play.move(id, to: "cancelled")
            orders[id] = "cancelled"
          }
        }
        try await play.untilShown(orders, retries: true, within: .seconds(120))
        for worker in workers {
          worker.kill(SIGTERM)
          #expect(await worker.wait(for: .seconds(30)) == .init(code: 0))
        }
      }
    }

    @Test("what cannot be done is a person's question, and goes on when they say so")
    func person() async throws {
      try await TailStage.play { play in
        try await play.stage.sandbox.control(
          "POST", "google/sheets/\(TailStage.spreadsheet)/share", #"{"shared":false}"#)
        let worker = try play.stage.work()
        let id = try await play.book("Robin Example")
        try await eventually("a person is asked") {
          try await play.stage.json(["effects"]).rawText.contains("needs_person")
        }
        // The order itself is booked and can be moved all the same.
        try await play.move(id, to: "confirmed")
        try await play.stage.sandbox.control(
          "POST", "google/sheets/\(TailStage.spreadsheet)/share", #"{"shared":true}"#)
        let answer = try await play.stage.run(["retry", id])
        #expect(answer.status.isSuccess, "\(answer.errorText)")
        try await play.untilShown([id: "confirmed"])
        worker.kill(SIGTERM)
        _ = await worker.wait(for: .seconds(20))
      }
    }

    @Test("five tries and no more, further and further apart, each on record")
    func fiveTries() async throws {
      try await TailStage.play { play in
        try await play.stage.sandbox.dial(
          #"[{"call":"sheet_append","fault":"status","status":503,"when":"before"}]"#)
        let worker = try play.stage.work()
        let id = try await play.book("Robin Example")
        try await eventually("a person is asked") {
          try await play.stage.json(["effects"]).rawText.contains("given up after 5 tries")
        }
        let appends = try await play.calls(of: id).filter { $0.endpoint == "ValuesAppend" }
        #expect(appends.count == 5 && appends.allSatisfy { !$0.isSuccess })
        worker.kill(SIGTERM)
        _ = await worker.wait(for: .seconds(20))
      }
    }
  }
}
