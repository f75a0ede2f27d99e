import CustomerService
import Effects
import Kit
import Ledger
import Mirakl
import Operations
import Orders
import Sandbox
import Testing

@Suite("Writing first")
struct OpeningTests {
  private func ordered(_ office: Office) async throws -> String {
    let order = office.sandbox.addOrders(count: 1)[0].id
    try await office.pullOrders()
    return order
  }

  private func write(
    _ office: Office, _ order: String, _ text: String = "Your parcel leaves tomorrow.",
    key: String = UUIDv7.make().text
  ) async throws -> OpenedThread {
    try await office.service.write(
      about: order, topic: "About your order", text, formKey: key, by: Office.kim)
  }

  /// A person says of the conversation's last message, which waits for one, that it is tried again.
  private func retried(_ id: Int64, _ office: Office) async throws {
    let message = try #require(try await office.ledger.thread(id)?.messages.last)
    #expect(message.effectState == .needsPerson)
    #expect(try await office.service.retry(message.id, by: Office.kim).isDone)
    #expect(try await office.send(deeds: [.sendMessage]))
  }

  private func expectOnce(
    _ office: Office, _ order: String, at location: SourceLocation = #_sourceLocation
  ) async throws {
    let threads = office.sandbox.tally().threads.values.filter { $0.order == order }
    #expect(threads.map(\.fromShop) == [1], sourceLocation: location)
    // Pulled as often as may be, there is one conversation with the one message, under its real name.
    try await office.pull()
    try await office.pull()
    #expect(
      try await office.ask("select mirakl_thread_id from conversations")
        == [threads.first?.id ?? "none"], sourceLocation: location)
    #expect(
      try await office.count("select count(*) from messages") == 1, sourceLocation: location)
    #expect(
      try await office.ask("select state from effects where kind = 'send_message'")
        == ["confirmed"], sourceLocation: location)
  }

  @Test("a first message begins one thread about its order, and is read back there")
  func once() async throws {
    try await Office.with { office in
      let order = try await ordered(office)
      let id = try await write(office, order).conversationID
      #expect(try await office.send(deeds: [.sendMessage]))
      try await expectOnce(office, order)
      let page = try #require(try await office.ledger.thread(id))
      #expect(page.thread.orderID == order && page.messages.last?.effectState == .confirmed)
      #expect(try await office.ledger.threads(about: order).map(\.id) == [id])
      #expect(
        try await office.ask("select action || ' ' || subject || ' ' || actor from audit_trail")
          == ["inbox.open order:\(order) kim"])
    }
  }

  @Test("the same form twice is one conversation, also at the same moment")
  func doubled() async throws {
    try await Office.with { office in
      let order = try await ordered(office)
      let opened = try await withThrowingTaskGroup(of: OpenedThread.self) { group in
        for _ in 0..<4 { group.addTask { try await write(office, order, key: "the-same-key") } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(Set(opened.map(\.conversationID)).count == 1)
      #expect(opened.count(where: \.isNew) == 1)
      #expect(try await office.send(deeds: [.sendMessage]))
      try await expectOnce(office, order)
    }
  }

  @Test("the same words about an order in two forms are one conversation until they are proved")
  func sameWords() async throws {
    try await Office.with { office in
      let order = try await ordered(office)
      office.sandbox.setDials([FaultRule(call: "open_thread", fault: .answerLost, times: 1)])
      let first = try await write(office, order)
      #expect(first.isNew)
      let same = try await write(office, order)
      #expect(!same.isNew && same.conversationID == first.conversationID)
      #expect(try await office.send(deeds: [.sendMessage]))
      try await expectOnce(office, order)
      // What was read back may be said again.
      let later = try await write(office, order)
      #expect(later.isNew && later.conversationID != first.conversationID)
    }
  }

  @Test("an answer that is lost is looked up among the order's threads, and nothing is sent again")
  func lost() async throws {
    try await Office.with { office in
      let order = try await ordered(office)
      office.sandbox.setDials([FaultRule(call: "open_thread", fault: .answerLost, times: 1)])
      _ = try await write(office, order)
      #expect(try await office.send(deeds: [.sendMessage]))
      try await expectOnce(office, order)
    }
  }

  @Test("a thread that a pull brought before we knew its name takes our message in")
  func pulledFirst() async throws {
    try await Office.with { office in
      let order = try await ordered(office)
      office.sandbox.setDials([FaultRule(call: "open_thread", fault: .answerLost, times: 1)])
      _ = try await write(office, order)
      _ = try await office.worker(deeds: [.sendMessage]).drain(waits: false, within: .seconds(120))
      #expect(office.sandbox.tally().threads.count == 1)
      try await office.pull()
      #expect(try await office.send(deeds: [.sendMessage]))
      try await expectOnce(office, order)
    }
  }

  @Test("a call that never arrived is a person's question, and retried only after a look")
  func neverArrived() async throws {
    try await Office.with { office in
      let order = try await ordered(office)
      office.sandbox.setDials([FaultRule(call: "open_thread", fault: .requestLost, times: 1)])
      let id = try await write(office, order).conversationID
      #expect(try await office.send(deeds: [.sendMessage]))
      // Whoever writes it again is led to what waits, and nothing more is planned.
      let again = try await write(office, order)
      #expect(!again.isNew && again.conversationID == id)
      try await retried(id, office)
      try await expectOnce(office, order)
    }
  }

  @Test("a lost call is not taken for one that arrived because another thread has the same words")
  func sameWordsElsewhere() async throws {
    try await Office.with { office in
      let order = try await ordered(office)
      let words = "Your parcel leaves tomorrow."
      let asked = try #require(office.sandbox.write("When does it leave?", order: order))
      try await office.pull()
      try await office.reply(words, in: asked)
      #expect(try await office.send(deeds: [.sendMessage]))
      #expect(try office.tally(asked).fromShop == 1)
      office.sandbox.setDials([FaultRule(call: "open_thread", fault: .requestLost, times: 1)])
      let id = try await write(office, order, words).conversationID
      #expect(try await office.send(deeds: [.sendMessage]))
      try await retried(id, office)
      let threads = office.sandbox.tally().threads.values.filter { $0.order == order }
      #expect(threads.map(\.fromShop) == [1, 1])
      #expect(
        try await office.count(
          "select count(distinct mirakl_message_id) from messages where sender_type = 'technician'")
          == 2)
    }
  }

  @Test("what cannot be sent is refused before anything is written")
  func impossible() async throws {
    try await Office.with { office in
      let order = try await ordered(office)
      for (about, topic, text) in [
        (order, "Topic", "ok"), (order, "  ", "A message"), ("NOBODY", "Topic", "A message"),
        (order, String(repeating: "x", count: 201), "A message"),
        (order, "Topic", "Hello {{customer.first_name}}"),
      ] {
        await #expect(throws: ReplyRefusal.self) {
          _ = try await office.service.write(
            about: about, topic: topic, text, formKey: UUIDv7.make().text, by: Office.kim)
        }
      }
      #expect(try await office.count("select count(*) from conversations") == 0)
      #expect(
        try await office.count("select count(*) from effects where kind = 'send_message'") == 0)
    }
  }
}
