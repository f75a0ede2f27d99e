import Conversations
import CustomerService
import Kit
import Ledger
import People
import Sandbox
import Testing

@Suite("Rules answer, or know when to be silent", .serialized)
struct RuleTests {
  /// Tries and arms the seed's rule, with this delay.
  private func arm(_ office: Office, delay: Int = 0, _ name: String = "First answer") async throws {
    try await office.run("update reply_rules set delay_s = \(delay) where name = '\(name)'")
    let rule = try #require(try await office.ledger.rules().first { $0.name == name })
    _ = try await office.service.dryRun(rule: rule.id, by: Office.kim)
    try await office.service.arm(rule: rule.id, version: rule.version, by: Office.kim)
    // The marketplace's moments are cut to the millisecond.
    try await office.run("update reply_rules set armed_at = armed_at - interval '2 ms'")
  }

  private func decisions(_ office: Office) async throws -> [String] {
    try await office.ask("select decision || ': ' || reason from rule_firings order by id")
  }

  @Test("what was refused, or changed nothing, is no act")
  func acts() async throws {
    try await Office.with { office in
      let rule = try #require(try await office.ledger.rules().first { $0.name == "First answer" })
      let draft = RuleDraft(
        id: 999, name: "Nobody's", position: 1, templateID: rule.templateID,
        conditions: rule.conditions, timeZone: rule.timeZone, delay: rule.delay)
      await #expect(throws: ReplyRefusal.self) {
        try await office.service.arm(rule: rule.id, version: rule.version, by: Office.kim)
      }
      await #expect(throws: ReplyRefusal.self) {
        _ = try await office.service.save(draft, by: Office.kim)
      }
      await #expect(throws: ReplyRefusal.self) {
        try await office.service.note("A note about nothing", on: 999, by: Office.kim)
      }
      try await office.service.disarm(rule: rule.id, by: Office.kim)
      #expect(
        try await office.ledger.setStatus(999, to: .archived, by: Office.kim)
          == .noSuchConversation)
      #expect(try await office.count("select count(*) from audit_trail") == 0)
      try await arm(office)
      try await office.service.disarm(rule: rule.id, by: Office.kim)
      try await office.service.disarm(rule: rule.id, by: Office.kim)
      let thread = try #require(office.sandbox.write("Is anybody there?"))
      try await office.pull()
      let id = try await office.conversation(thread)
      try await office.service.note("Seen", on: id, by: Office.kim)
      #expect(try await office.ledger.setStatus(id, to: .archived, by: Office.kim) == .done)
      #expect(
        try await office.ask("select action || ' ' || subject from audit_trail order by entry_id")
          == [
            "rule.arm rule:\(rule.id)", "rule.disarm rule:\(rule.id)",
            "inbox.note conversation:\(id)", "inbox.archived conversation:\(id)",
          ])
    }
  }

  @Test("nothing is armed, and nothing can be that nobody has tried")
  func unarmed() async throws {
    try await Office.with { office in
      let rules = try await office.ledger.rules()
      #expect(rules.map(\.name) == ["Where is my parcel", "First answer"])
      #expect(rules.allSatisfy { !$0.isArmed })
      await #expect(throws: ReplyRefusal.self) {
        try await office.service.arm(rule: rules[0].id, version: 1, by: Office.kim)
      }
      let thread = try #require(office.sandbox.write("Is anybody there?"))
      try await office.pull()
      #expect(try await office.send())
      #expect(try office.tally(thread).fromShop == 0)
    }
  }

  @Test("an armed rule answers a customer once a day, as an automatic answer, and leaves it unread")
  func answers() async throws {
    try await Office.with { office in
      try await arm(office)
      let thread = try #require(office.sandbox.write("Hello, I have a question"))
      try await office.pull()
      #expect(try await office.send())
      #expect(try office.tally(thread).fromShop == 1)
      let page = try await office.page(thread)
      #expect(page.messages.last?.type == .autoReply && page.messages.last?.sender == .technician)
      #expect(page.thread.status == .unread)
      for number in 0..<3 {
        office.sandbox.write("And one more question, number \(number)", thread: thread)
        try await office.pull()
      }
      #expect(try await office.send())
      #expect(try office.tally(thread).fromShop == 1)
    }
  }

  @Test("a person's answer within the delay cancels the rule's")
  func cancelled() async throws {
    try await Office.with { office in
      try await arm(office, delay: 3_600)
      let thread = try #require(office.sandbox.write("Hello, I have a question"))
      try await office.pull()
      let id = try await office.conversation(thread)
      #expect(try await office.ledger.ruleAnswersAt(id) != nil)
      try await office.reply("I am already here", in: thread)
      try await office.run("update rule_firings set due_at = now()")
      try await office.pull()
      #expect(try await office.send())
      #expect(try office.tally(thread).fromShop == 1)
      #expect(try await decisions(office) == ["cancelled: a person has answered"])
    }
  }

  @Test("a message that crossed a person's answer is not taken for answered")
  func crossed() async throws {
    try await Office.with { office in
      try await arm(office, delay: 3_600)
      let thread = try #require(office.sandbox.write("Hello, I have a question"))
      try await office.pull()
      // Written before the answer, and pulled after it.
      office.sandbox.write("And it is an urgent one", thread: thread)
      try await office.reply("I am already here", in: thread)
      #expect(try await office.send())
      try await office.pull()
      #expect(try await decisions(office) == ["waiting: answers", "waiting: answers"])
      try await office.run("update rule_firings set due_at = now()")
      try await office.pull()
      #expect(try await office.send())
      #expect(
        try await decisions(office) == ["cancelled: a person has answered", "replied: answered"])
      #expect(try office.tally(thread).fromShop == 2)
    }
  }

  @Test("an automatic answer that a person discarded was the day's, and holds nobody else's up")
  func discarded() async throws {
    try await Office.with { office in
      try await arm(office)
      let thread = try #require(office.sandbox.write("Hello, I have a question"))
      try await office.pull()
      let answer = try #require(try await office.page(thread).messages.last)
      #expect(answer.type == .autoReply)
      #expect(try await office.ledger.discardMessage(answer.id, by: Office.kim).isDone)
      office.sandbox.write("Are you there?", thread: thread)
      try await office.pull()
      let other = try #require(office.sandbox.write("Another question"))
      try await office.pull()
      #expect(try await office.send())
      #expect(
        try await decisions(office)
          == ["replied: answered", "silent: one automatic answer a day", "replied: answered"])
      #expect(try office.tally(thread).fromShop == 0)
      #expect(try office.tally(other).fromShop == 1)
    }
  }

  @Test("an automatic answer that cannot be written holds no other up, and is tried again")
  func oneBad() async throws {
    try await Office.with { office in
      let thread = try #require(office.sandbox.write("Hello, I have a question"))
      try await office.pull()
      let id = try await office.conversation(thread)
      try await office.run(
        """
        create function refuse() returns trigger language plpgsql as
          $$ begin raise exception 'not this one'; end $$;
        create trigger refuse before update on rule_firings for each row
          when (old.conversation_id = \(id)) execute function refuse();
        """)
      try await arm(office)
      office.sandbox.write("Are you there?", thread: thread)
      try await office.pull()
      let other = try #require(office.sandbox.write("Another question"))
      try await office.pull()
      #expect(try await office.send())
      #expect(try office.tally(thread).fromShop == 0)
      #expect(try office.tally(other).fromShop == 1)
      try await office.run("drop trigger refuse on rule_firings")
      try await office.pull()
      #expect(try await office.send())
      #expect(try office.tally(thread).fromShop == 1)
    }
  }

  @Test("the marketplace and robots are never answered")
  func robots() async throws {
    try await Office.with { office in
      try await arm(office)
      let one = try #require(office.sandbox.writeAsOperator("Please answer us, dear seller"))
      let two = try #require(
        office.sandbox.write("Automatic reply: I am out of the office until Monday"))
      let three = try #require(office.sandbox.write("Hello from a mailbox", customer: "no-reply"))
      try await office.pull()
      #expect(try await office.send())
      for thread in [one, two, three] { #expect(try office.tally(thread).fromShop == 0) }
    }
  }

  @Test("two robots that answer each other stop at one")
  func loop() async throws {
    try await Office.with { office in
      try await arm(office)
      let thread = try #require(office.sandbox.write("Thanks for your message"))
      for _ in 0..<5 {
        try await office.pull()
        #expect(try await office.send())
        office.sandbox.write("Thanks for your message", thread: thread)
      }
      #expect(try office.tally(thread).fromShop == 1)
    }
  }

  @Test("an old order that has not shipped is raised to a person and never answered")
  func old() async throws {
    try await Office.with { office in
      try await arm(office)
      let order = office.sandbox.addOrders(count: 1)[0].id
      try await office.pullOrders()
      try await office.run(
        "update orders set placed_at = now() - interval '10 days', ship_by = null")
      let thread = try #require(office.sandbox.write("Where on earth is it?", order: order))
      try await office.pull()
      #expect(try await office.send())
      #expect(try office.tally(thread).fromShop == 0)
      let page = try await office.page(thread)
      #expect(page.thread.needsPerson == "the order is old and has not shipped")
      #expect(try await office.count("select count(*) from process_failures") == 1)
      // They are told once, however often the rules look.
      try await office.pull()
      let id = try await office.conversation(thread)
      #expect(
        office.told.failures.map(\.details)
          == ["a customer waits in conversation \(id): the order is old and has not shipped"])
      #expect(office.told.failures.map(\.orderID) == [order])
    }
  }

  @Test("what a rule raised is settled by an answer, or by putting the conversation away")
  func settled() async throws {
    try await Office.with { office in
      try await arm(office)
      let orders = office.sandbox.addOrders(count: 2).map(\.id)
      try await office.pullOrders()
      try await office.run(
        "update orders set placed_at = now() - interval '10 days', ship_by = null")
      var threads: [String] = []
      for order in orders {
        threads.append(try #require(office.sandbox.write("Where on earth is it?", order: order)))
      }
      try await office.pull()
      #expect(try await office.send())
      let ids = [
        try await office.conversation(threads[0]), try await office.conversation(threads[1]),
      ]
      let open = try await office.ledger.openFailures(limit: 10)
      #expect(open.map(\.conversationID).sorted { $0 ?? 0 < $1 ?? 0 } == ids.sorted())
      try await office.reply("On its way.", in: threads[0])
      #expect(try await office.ledger.openFailures(limit: 10).map(\.conversationID) == [ids[1]])
      _ = try await office.ledger.setStatus(ids[1], to: .read, by: Office.kim)
      #expect(try await office.ledger.openFailures(limit: 10).map(\.conversationID) == [ids[1]])
      #expect(
        try await office.ledger.setStatus(ids[1], to: .archived, by: Office.kim) == .done)
      #expect(try await office.ledger.openFailures(limit: 10).isEmpty)
      #expect(
        try await office.ask("select distinct resolved_by from process_failures")
          == [Office.kim.signature])
    }
  }

  @Test("messages from before it was armed are left alone")
  func before() async throws {
    try await Office.with { office in
      let thread = try #require(office.sandbox.write("From before the rule"))
      try await office.pull()
      try await arm(office)
      try await office.pull()
      #expect(try await office.send())
      #expect(try office.tally(thread).fromShop == 0)
    }
  }

  @Test("an answer of which a variable is missing goes to a person instead")
  func missing() async throws {
    try await Office.with { office in
      try await office.run(
        "update reply_templates set body_en = 'Follow {{tracking.url}} please', body_fr = null")
      try await arm(office)
      let thread = try #require(office.sandbox.write("Where is my parcel now?"))
      try await office.pull()
      #expect(try await office.send())
      #expect(try office.tally(thread).fromShop == 0)
      #expect(try await office.page(thread).thread.needsPerson?.contains("tracking.url") == true)
      #expect(office.told.failures.map { $0.details.contains("tracking.url") } == [true])
    }
  }

  @Test("a dry run says what would have been, and sends nothing")
  func dryRun() async throws {
    try await Office.with { office in
      for day in 0..<5 {
        let at = Timestamp.now() - .days(day) - .minutes(30)
        let thread = office.sandbox.write("A question of day \(day)", at: at)
        office.sandbox.write("The same, a minute later", thread: thread, at: at + .minutes(1))
      }
      office.sandbox.write("Automatic reply: away", at: .now() - .days(2))
      try await office.pull()
      let rule = try #require(try await office.ledger.rules().first { $0.name == "First answer" })
      let run = try #require(try await office.service.dryRun(rule: rule.id, by: Office.kim))
      #expect(run.messages == 11)
      #expect(run.replies == 5 && run.silent == 6 && run.raised == 0)
      #expect(run.samples.contains { $0.answer?.hasPrefix("Hello") == true })
      #expect(try await office.send())
      #expect(office.sandbox.tally().threads.values.allSatisfy { $0.fromShop == 0 })
      #expect(try await office.count("select count(*) from rule_firings") == 0)
      // A changed rule has to be tried anew.
      try await office.service.arm(rule: rule.id, version: rule.version, by: Office.kim)
      _ = try await office.service.save(
        RuleDraft(
          id: rule.id, name: rule.name, position: 1, templateID: rule.templateID,
          conditions: rule.conditions, timeZone: rule.timeZone, delay: rule.delay),
        by: Office.kim)
      let changed = try #require(try await office.ledger.rules().first { $0.id == rule.id })
      #expect(!changed.isArmed)
      await #expect(throws: ReplyRefusal.self) {
        try await office.service.arm(rule: rule.id, version: changed.version, by: Office.kim)
      }
    }
  }

  @Test("two processes that look at the same message answer it once")
  func race() async throws {
    try await Office.with { office in
      try await arm(office)
      let threads = try (0..<8).map {
        try #require(office.sandbox.write("Question \($0) of many"))
      }
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<4 { group.addTask { _ = await office.rounds.pass() } }
      }
      try await office.pull()
      #expect(try await office.send())
      for thread in threads { #expect(try office.tally(thread).fromShop == 1) }
    }
  }
}
