import Kit
import Postgres
import Testing

/// Orders and files by the command line, and what a person does with them.
extension FaultTests.CommandLineTests {
  @Test("a saved answer is pulled once, again without harm, and its counts are told")
  func files() async throws {
    try await Stage.play { stage in
      let keeper = try await stage.keep()
      let ids = try await stage.sandbox.order(3)
      var raw: [String] = []
      for id in ids {
        raw.append(
          try await stage.sandbox.control("GET", "orders/\(id)")?["order"]?.rawText ?? "")
      }
      func file(_ name: String, _ text: String) throws -> String {
        try AtomicFile.write(Array(text.utf8), to: "\(stage.folder)/\(name)", mode: 0o600)
        return "\(stage.folder)/\(name)"
      }
      let page = try file(
        "page.json", #"{"orders":[\#(raw.joined(separator: ","))],"total_count":3}"#)
      let first = try await stage.json(["pull", "--file", page])
      #expect(first["new"]?.int == 3 && first["parked"]?.int == 0, "\(first.rawText)")
      let again = try await stage.json(["pull", "--file", page])
      #expect(again["new"]?.int == 0 && again["unchanged"]?.int == 3, "\(again.rawText)")
      // A list, with one that does not even tell its id.
      let list = try file("list.json", "[\(raw[0]),{\"nothing\":true}]")
      let mixed = try await stage.json(["pull", "--file", list])
      #expect(mixed["new"]?.int == 0 && mixed["unreadable"]?.int == 1, "\(mixed.rawText)")
      let single = try await stage.json(["pull", "--file", try file("one.json", raw[1])])
      #expect(single["unchanged"]?.int == 1, "\(single.rawText)")
      for (name, text) in [
        ("cut.json", String(raw[0].prefix(40))), ("empty.json", ""), ("page.html", "<html>"),
      ] {
        let output = try await stage.run(["pull", "--file", try file(name, text)])
        #expect(output.status == .init(code: 1), "\(name): \(output.status)")
        #expect(
          output.errorText.contains("quayside: ") && output.errorText.count < 1_000,
          "\(name): \(output.errorText)")
      }
      let missing = try await stage.run(["pull", "--file", stage.folder + "/none.json"])
      #expect(missing.status == .init(code: 1))
      #expect(missing.errorText.contains("none.json"))
      // Nothing was carried out, and the shop that is named must exist.
      #expect(try await stage.sandbox.tally().count(ids) { $0.accepts > 0 } == 0)
      #expect(
        try await stage.run(["pull", "--shop", "east", "--file", page]).status == .init(code: 3))
      await stage.letGo(keeper)
    }
  }

  @Test("order, orders, effects, retry, void and doctor say what is and do what they say")
  func people() async throws {
    try await Stage.play { stage in
      let keeper = try await stage.keep()
      let fine = try await stage.sandbox.order(3)
      let refused = try await stage.sandbox.order(1, ["accept_refused"])[0]
      #expect(try await stage.run(["run", "all", "--wait"]).status == .init(code: 0))

      let doctor = try await stage.run(["doctor"])
      #expect(doctor.text.contains("BAD open troubles"), "\(doctor.text)")
      let waiting = try await stage.json(["orders", "--needs-person"]).elements
      #expect(waiting.map { $0["order_id"]?.string } == [refused])

      // What people were told of, until somebody says that it is done.
      let failures = try await stage.json(["failures"]).elements
      #expect(failures.map { $0["order_id"]?.string } == [refused])
      #expect(failures.first?["process_name"]?.string == "OrderAcceptance")
      let failure = "\(failures.first?["failure_id"]?.int ?? 0)"
      #expect(try await stage.run(["failures"]).text.contains(refused))
      #expect(try await stage.run(["failures", "done"]).status == .init(code: 2))
      #expect(try await stage.run(["failures", "done", failure]).status == .init(code: 0))
      #expect(try await stage.run(["failures", "done", failure]).status == .init(code: 5))
      #expect(try await stage.json(["failures"]).elements.isEmpty)

      // The whole timeline, in words and as JSON.
      let text = try await stage.run(["order", fine[0]]).text
      for word in ["shipped", "PIN ", "label ", "accept"] {
        #expect(text.contains(word), "\(word) in \(text)")
      }
      let order = try await stage.json(["order", fine[0]])
      #expect(order["status"]?.string == "shipped")
      #expect(order["lines"]?.elements.isEmpty == false)
      #expect((order["timeline"]?.elements.count ?? 0) >= 8)
      #expect(order["timeline_is_cut"]?.bool == false)
      #expect(try await stage.json(["orders", "--status", "shipped"]).elements.count == 3)
      #expect(try await stage.json(["orders", "--search", fine[1]]).elements.count == 1)
      #expect(try await stage.json(["effects"]).elements.count >= 1)
      #expect(try await stage.json(["effects", "--all"]).elements.count > 10)

      // What does not exist, and what cannot be done.
      for words in [
        ["order", "NOSUCH-1"], ["retry", "NOSUCH-1"], ["void", "NOSUCH-1"],
        ["retry", "--effect", "999999"],
      ] {
        let output = try await stage.run(words)
        #expect(output.status == .init(code: 5), "\(words): \(output.status)")
        #expect(output.errorText.contains("quayside "), "\(words)")
      }
      let needless = try await stage.run(["retry", fine[0]])
      #expect(needless.status == .init(code: 1))
      #expect(needless.errorText.contains("nothing of order"), "\(needless.errorText)")

      // A failed acceptance is tried once more.
      let retried = try await stage.json(["retry", refused])
      #expect(retried["retried"]?.elements.map(\.string) == ["accept_order"])
      #expect(try await stage.json(["order", refused])["status"]?.string == "pending_acceptance")
      #expect(try await stage.run(["run", "acceptance", "--wait"]).status == .init(code: 0))
      #expect(try await stage.json(["order", refused])["status"]?.string == "acceptance_failed")

      // A label is voided before the shipment, and bought anew on a person's word.
      let id = try await stage.sandbox.order(1)[0]
      for pass in ["pull", "acceptance", "shipping"] {
        #expect(try await stage.run(["run", pass, "--wait"]).status == .init(code: 0))
      }
      #expect(try await stage.sandbox.tally().orders[id]?.labelsLive == 1)
      #expect(try await stage.json(["void", id])["planned"]?.string == "void_label")
      #expect(try await stage.run(["run", "shipping", "--wait"]).status == .init(code: 0))
      var tally = try await stage.sandbox.tally()
      #expect(tally.orders[id]?.labelsLive == 0 && tally.orders[id]?.voids == 1)
      #expect(try await stage.run(["void", id]).status == .init(code: 1))
      #expect(
        try await stage.json(["retry", id])["retried"]?.elements.map(\.string) == ["buy_label"])
      #expect(try await stage.run(["run", "all", "--wait"]).status == .init(code: 0))
      tally = try await stage.sandbox.tally()
      #expect(tally.orders[id]?.ships == 1 && tally.orders[id]?.labelsLive == 1)
      #expect(tally.violations.isEmpty)

      // Of an order that much happened to, the newest, and that there is more.
      try await muchHappened(to: fine[0], stage)
      let long = try await stage.json(["order", fine[0]])
      #expect(long["timeline"]?.elements.count == 500)
      #expect(long["timeline_is_cut"]?.bool == true)
      await stage.letGo(keeper)
    }
  }

  private func muchHappened(to order: String, _ stage: Stage) async throws {
    let connection = try await PostgresConnection.open(
      PostgresConfiguration(
        socketDirectory: stage.state + "/postgres/socket", database: "quayside", user: "quayside"),
      deadline: .seconds(30))
    try await connection.script(
      """
      insert into process_failures (process_name, order_id, details, created_at, resolved_at)
      select 'test', '\(order)', 'number ' || n, now(), now() from generate_series(1, 500) n
      """, deadline: .seconds(30))
    await connection.close()
  }
}
