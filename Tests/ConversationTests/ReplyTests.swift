import Conversations
import CustomerService
import Effects
import Kit
import Ledger
import Sandbox
import Testing

@Suite("An answer is sent exactly once", .serialized)
struct ReplyTests {
  private func asked(_ office: Office, _ text: String = "Where is my parcel?") async throws
    -> String
  {
    let thread = try #require(office.sandbox.write(text))
    try await office.pull()
    return thread
  }

  @Test("an answer is sent, read back, and stops the clock; the pull adds no copy of it")
  func plain() async throws {
    try await Office.with { office in
      let thread = try await asked(office)
      try await office.reply("It ships today.\nKind regards <3", in: thread)
      #expect(try await office.page(thread).thread.answerBy != nil)
      #expect(try await office.send())
      try await office.pull()
      let page = try await office.page(thread)
      #expect(try office.tally(thread).fromShop == 1)
      #expect(page.messages.count == 2)
      #expect(page.messages.last?.effectState == .confirmed)
      #expect(page.messages.last?.isShown == true && page.messages.last?.type == .manual)
      #expect(page.thread.answerBy == nil && page.thread.status == .read)
      #expect(try office.tally(thread).isAnswered)
    }
  }

  @Test(
    "an answer that is lost after it was written is found in the thread, never written again",
    arguments: [Fault.answerLost, .html502, .truncated, .status])
  func lost(_ fault: Fault) async throws {
    try await Office.with { office in
      let thread = try await asked(office)
      office.sandbox.setDials([
        FaultRule(call: "message", fault: fault, times: 1, when: .after, status: 500)
      ])
      try await office.reply("One answer and no more", in: thread)
      #expect(try await office.send())
      #expect(try office.tally(thread).fromShop == 1)
      #expect(try await office.page(thread).messages.last?.effectState == .confirmed)
    }
  }

  @Test("a call that never arrived is asked of a person, and retried only after a look")
  func neverArrived() async throws {
    try await Office.with { office in
      let thread = try await asked(office)
      office.sandbox.setDials([FaultRule(call: "message", fault: .requestLost, times: 1)])
      let message = try await office.reply("Did this get through?", in: thread)
      #expect(try await office.send())
      #expect(try office.tally(thread).fromShop == 0)
      let page = try await office.page(thread)
      #expect(page.messages.last?.effectState == .needsPerson)
      #expect(page.thread.status == .unread && page.thread.needsPerson != nil)
      #expect(
        try await office.count("select count(*) from process_failures where resolved_at is null")
          == 1)
      #expect(try await office.service.retry(message, by: Office.kim).isDone)
      #expect(try await office.send())
      #expect(try office.tally(thread).fromShop == 1)
      #expect(try await office.page(thread).thread.needsPerson == nil)
    }
  }

  @Test("a retry of an answer that landed late finds it and sends nothing")
  func landsLate() async throws {
    try await Office.with { office in
      let thread = try await asked(office)
      office.sandbox.setDials([FaultRule(call: "message", fault: .landsLate, times: 1, ms: 6_000)])
      let message = try await office.reply("Late, but there", in: thread)
      #expect(try await office.send())
      #expect(try await office.page(thread).messages.last?.effectState == .needsPerson)
      let ends = ContinuousClock.now + .seconds(60)
      while try office.tally(thread).fromShop == 0, ContinuousClock.now < ends {
        try await Task.sleep(for: .milliseconds(50))
      }
      try #require(try office.tally(thread).fromShop == 1, "it never landed")
      #expect(try await office.service.retry(message, by: Office.kim).isDone)
      #expect(try await office.send())
      #expect(try office.tally(thread).fromShop == 1)
      #expect(try await office.page(thread).messages.last?.effectState == .confirmed)
    }
  }

  @Test("a throttled marketplace and one that is down for a moment get it once")
  func again() async throws {
    try await Office.with { office in
      let thread = try await asked(office)
      office.sandbox.setDials([
        FaultRule(call: "message", fault: .throttled, times: 1, retryAfter: 1),
        FaultRule(call: "thread", fault: .status, times: 2, status: 503),
      ])
      try await office.reply("Patience is a virtue", in: thread)
      #expect(try await office.send())
      #expect(try office.tally(thread).fromShop == 1)
    }
  }

  @Test("a refusal is a person's task, who may discard it")
  func refused() async throws {
    try await Office.with { office in
      let thread = try await asked(office)
      office.sandbox.setDials([
        FaultRule(call: "message", fault: .status, times: 1, when: .before, status: 400)
      ])
      let message = try await office.reply("Not to be taken", in: thread)
      #expect(try await office.send())
      #expect(try await office.page(thread).messages.last?.effectState == .refused)
      #expect(try await office.ledger.discardMessage(message, by: Office.kim).isDone)
      #expect(try await office.send())
      #expect(try office.tally(thread).fromShop == 0)
      #expect(try await office.page(thread).messages.last?.isDiscarded == true)
    }
  }

  @Test("the same form twice, and the same words twice, are one message")
  func doubled() async throws {
    try await Office.with { office in
      let thread = try await asked(office)
      let key = UUIDv7.make().text
      let first = try await office.reply("Once is enough", in: thread, key: key)
      #expect(try await office.reply("Once is enough", in: thread, key: key) == first)
      await #expect(throws: ReplyRefusal.self) {
        try await office.reply("Once  is\nenough", in: thread)
      }
      #expect(try await office.send())
      #expect(try office.tally(thread).fromShop == 1)
      // Long settled, the same words may be said again.
      try await office.reply("Once is enough", in: thread)
      #expect(try await office.send())
      #expect(try office.tally(thread).fromShop == 2)
    }
  }

  @Test("whoever did not see the newest message is told, and nothing is sent")
  func newer() async throws {
    try await Office.with { office in
      let thread = try await asked(office)
      let seen = try await office.page(thread).newestMessage
      try await office.reply("Kim was first here", in: thread, by: Office.kim, seen: seen)
      do {
        try await office.reply("Ola was second here", in: thread, by: Office.ola, seen: seen)
        Issue.record("it was sent")
      } catch ReplyRefusal.newer(let messages) {
        #expect(messages.map(\.who) == ["kim"])
        #expect(messages.map(\.preview) == ["Kim was first here"])
      }
      #expect(try await office.send())
      #expect(try office.tally(thread).fromShop == 1)
    }
  }

  @Test("of two agents who send at the same moment one is told")
  func race() async throws {
    try await Office.with { office in
      let thread = try await asked(office)
      let seen = try await office.page(thread).newestMessage
      for round in 0..<5 {
        let now = round == 0 ? seen : try await office.page(thread).newestMessage
        let sent = await withTaskGroup(of: Bool.self) { group in
          for name in ["kim", "ola", "noa"] {
            group.addTask {
              (try? await office.reply("From \(name) in round \(round)", in: thread, seen: now))
                != nil
            }
          }
          return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(sent == 1)
      }
      #expect(try await office.send())
      #expect(try office.tally(thread).fromShop == 5)
    }
  }

  @Test("what cannot be sent is refused with its reason before anything is written")
  func impossible() async throws {
    try await Office.with { office in
      let thread = try await asked(office)
      for text in [
        "ok", "   ", String(repeating: "x", count: 50_001), "Hello {{customer.first_name}}",
        "Half {{ a variable",
      ] {
        await #expect(throws: ReplyRefusal.self) { try await office.reply(text, in: thread) }
      }
      for file in [
        ReplyRequest.File(name: "big.pdf", bytes: Array(repeating: 1, count: 11 << 20)),
        ReplyRequest.File(name: "run.exe", bytes: [1]), ReplyRequest.File(name: "e.pdf", bytes: []),
      ] {
        await #expect(throws: ReplyRefusal.self) {
          try await office.reply("With a file of mine", in: thread, files: [file])
        }
      }
      // Each would do, and together they are too many or too large.
      for (count, bytes) in [(6, 10), (2, 8 << 20)] {
        let files = (1...count).map {
          ReplyRequest.File(name: "\($0).pdf", bytes: Array(repeating: 1, count: bytes))
        }
        await #expect(throws: ReplyRefusal.self) {
          try await office.reply("With files of mine", in: thread, files: files)
        }
      }
      #expect(try await office.count("select count(*) from effects") == 0)
      #expect(try await office.count("select count(*) from messages") == 1)
    }
  }

  @Test("files go with an answer, byte for byte")
  func files() async throws {
    try await Office.with { office in
      let thread = try await asked(office)
      let bytes = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      try await office.reply(
        "The invoice is attached", in: thread,
        files: [.init(name: "/tmp/Facture \"é\".pdf", bytes: bytes)])
      #expect(try await office.send())
      let files = try office.tally(thread).files
      #expect(files.count == 1 && files.first?.bytes == bytes)
      #expect(files.first?.name.contains("/") == false)
      #expect(try office.tally(thread).fromShop == 1)
    }
  }

  @Test("templates are filled in, or say what is missing")
  func templates() async throws {
    try await Office.with { office in
      let order = office.sandbox.addOrders(count: 1)[0].id
      try await office.pullOrders()
      let thread = try #require(
        office.sandbox.write("Bonjour, où est ma commande?", order: order, customer: "Zoé {{x}}"))
      try await office.pull()
      let id = try await office.conversation(thread)
      let templates = try await office.ledger.templates()
      let first = try #require(templates.first { $0.name == "First answer" })
      let text = try await office.service.fill(first, for: id, language: .french, agent: "Kim")
      #expect(text.contains(order) && text.hasPrefix("Bonjour ") && ReplyText.problem(text) == nil)
      let other = try #require(templates.first { $0.name == "On its way" })
      await #expect(throws: ReplyTemplate.Unresolved.self) {
        try await office.service.fill(other, for: id, language: .english, agent: "Kim")
      }
    }
  }

  @Test("the day by which an order ships is the shop's, or the rule's, and not that of UTC")
  func shipBy() async throws {
    try await Office.with { office in
      let order = office.sandbox.addOrders(count: 1)[0].id
      try await office.pullOrders()
      // The last moment of 6 January in Toronto.
      try await office.run("update orders set ship_by = '2099-01-07T04:59:59.999Z'")
      let thread = try #require(office.sandbox.write("When does it ship?", order: order))
      try await office.pull()
      let id = try await office.conversation(thread)
      try await office.service.saveTemplate(
        name: "First answer", bodyEN: "It ships by {{order.ship_by}}.", bodyFR: nil,
        by: Office.kim)
      let template = try #require(
        try await office.ledger.templates().first { $0.name == "First answer" })
      #expect(
        try await office.service.fill(template, for: id, language: .english, agent: "Kim")
          == "It ships by 2099-01-06.")
      let rule = try #require(
        try await office.ledger.rules().first { $0.name == "First answer" })
      for (zone, day) in [("America/Toronto", "2099-01-06"), ("Asia/Tokyo", "2099-01-07")] {
        try await office.run("update reply_rules set time_zone = '\(zone)' where id = \(rule.id)")
        let run = try #require(try await office.service.dryRun(rule: rule.id, by: Office.kim))
        #expect(run.samples.compactMap(\.answer) == ["It ships by \(day)."])
      }
    }
  }
}
