import Conversations
import CustomerService
import Kit
import Ledger
import Operations
import Sandbox
import Testing

@Suite("What customers write arrives once", .serialized)
struct SyncTests {
  @Test("a message, its thread, its customer and its order are there after a pull, and only once")
  func once() async throws {
    try await Office.with { office in
      let order = office.sandbox.addOrders(count: 1)[0].id
      try await office.pullOrders()
      let thread = try #require(office.sandbox.write("Hello, where is my parcel?", order: order))
      #expect(try await office.pull().newFromCustomers == 1)
      #expect(try await office.pull().newMessages == 0)
      let page = try await office.page(thread)
      #expect(page.messages.map(\.text) == ["Hello, where is my parcel?"])
      #expect(page.messages.map(\.sender) == [.customer])
      #expect(page.thread.orderID == order && page.thread.isOrderKnown)
      #expect(page.thread.status == .unread && page.thread.answerBy != nil)
      #expect(try await office.count("select count(*) from customers") == 1)
    }
  }

  @Test("duplicates and another order in the lists change nothing")
  func shuffled() async throws {
    try await Office.with { office in
      office.sandbox.setDials([
        FaultRule(call: "threads", fault: .duplicated, every: 2),
        FaultRule(call: "threads", fault: .reordered, every: 3),
      ])
      let thread = try #require(office.sandbox.write("One, about my order"))
      for number in 2...9 {
        office.sandbox.write("Message number \(number)", thread: thread)
        try await office.pull()
      }
      let texts = try await office.page(thread).messages.map(\.text)
      #expect(texts == ["One, about my order"] + (2...9).map { "Message number \($0)" })
    }
  }

  @Test("a thread longer than a list shows is read whole, and many pages of threads are walked")
  func long() async throws {
    try await Office.with({ $0.pageSize = 10 }) { office in
      let thread = try #require(office.sandbox.write("The first of many"))
      for number in 1..<250 { office.sandbox.write("Again, number \(number)", thread: thread) }
      for number in 0..<35 { office.sandbox.write("Another customer \(number) writes") }
      try await office.pull()
      #expect(try await office.page(thread).thread.messageCount == 250)
      #expect(try await office.count("select count(*) from conversations") == 36)
    }
  }

  @Test("a thread that cannot be read, or is gone, keeps no other from being read whole")
  func oneUnreadable() async throws {
    try await Office.with { office in
      let threads = try (0..<3).map { number in
        let thread = try #require(office.sandbox.write("The first of many in \(number)"))
        for again in 1..<120 { office.sandbox.write("Again, number \(again)", thread: thread) }
        return thread
      }
      let stored =
        "select string_agg(message_count::text, ' ' order by message_count) from conversations"
      office.sandbox.setDials([FaultRule(call: "thread", fault: .malformed, times: 1)])
      #expect(await office.rounds.pass().problem?.hasPrefix("thread ") == true)
      #expect(try await office.ask(stored) == ["100 120 120"])
      // The cursor stayed before it.
      #expect(try await office.ledger.messagesCursor(shop: "main").position == nil)
      try await office.pull()
      #expect(try await office.ask(stored) == ["120 120 120"])
      // Gone for good: what the list showed is kept, and it is not asked for again and again.
      for thread in threads {
        for again in 0..<110 { office.sandbox.write("More, number \(again)", thread: thread) }
      }
      office.sandbox.setDials([
        FaultRule(call: "thread", fault: .status, times: 1, status: 404)
      ])
      try await office.pull()
      #expect(try await office.ask(stored) == ["220 230 230"])
      let asked = office.sandbox.requests.count { $0.call == "thread" }
      try await office.pull()
      #expect(office.sandbox.requests.count { $0.call == "thread" } == asked)
    }
  }

  @Test("a list that does not end is a problem, and the cursor stays: the newest come first")
  func endless() async throws {
    try await Office.with({
      $0.pageSize = 10
      $0.pagesMax = 2
    }) { office in
      for number in 0..<35 { office.sandbox.write("Customer \(number) writes") }
      await #expect(throws: (any Error).self) { try await office.pull() }
      let kept = try await office.count("select count(*) from conversations")
      #expect(kept == 20)
      let cursor = try await office.ledger.messagesCursor(shop: "main")
      #expect(cursor.position == nil)
    }
  }

  @Test("an order that nobody knows is kept with its thread, and matched when it comes")
  func unmatched() async throws {
    try await Office.with { office in
      let order = office.sandbox.addOrders(count: 1)[0].id
      let thread = try #require(office.sandbox.write("About an order", order: order))
      try await office.pull()
      var page = try await office.page(thread)
      #expect(page.thread.orderID == order && !page.thread.isOrderKnown)
      try await office.pullOrders()
      try await office.pull()
      page = try await office.page(thread)
      #expect(page.thread.isOrderKnown)
    }
  }

  @Test("what the marketplace or one of ours writes elsewhere is kept as theirs")
  func senders() async throws {
    try await Office.with { office in
      let thread = try #require(office.sandbox.write("A question of mine"))
      try await office.pull()
      office.sandbox.writeAsShop("An answer from the other pages", thread: thread)
      let other = try #require(office.sandbox.writeAsOperator("A note to all sellers"))
      try await office.pull()
      let page = try await office.page(thread)
      #expect(page.messages.map(\.sender) == [.customer, .technician])
      #expect(page.thread.answerBy == nil)
      #expect(try await office.page(other).messages.map(\.sender) == [.operator])
    }
  }

  @Test("a new message brings a conversation back that was read or put away")
  func unread() async throws {
    try await Office.with { office in
      let thread = try #require(office.sandbox.write("A first question"))
      try await office.pull()
      let id = try await office.conversation(thread)
      for status in [ThreadStatus.read, .archived] {
        #expect(try await office.ledger.setStatus(id, to: status, by: Office.kim) == .done)
        try await office.pull()
        #expect(try await office.page(thread).thread.status == status)
        office.sandbox.write("And another thing: \(status)", thread: thread)
        try await office.pull()
        #expect(try await office.page(thread).thread.status == .unread)
      }
    }
  }

  @Test("a message that crosses our answer is new, and its clock runs until somebody answers it")
  func crossed() async throws {
    try await Office.with { office in
      let now = Timestamp.now()
      let thread = try #require(office.sandbox.write("When does it ship?", at: now - .minutes(9)))
      try await office.pull()
      // Written before our answer, and pulled after it.
      office.sandbox.write(
        "Wait, ship it to my new address", thread: thread, at: now - .minutes(2))
      try await office.reply("It ships today.", in: thread)
      #expect(try await office.send())
      try await office.pull()
      var page = try await office.page(thread)
      #expect(page.messages.map(\.sender) == [.customer, .customer, .technician])
      #expect(page.thread.status == .unread && page.thread.answerBy != nil)
      #expect(page.thread.waitingSince == page.messages[1].at)
      try await office.reply("To the new address, then.", in: thread)
      #expect(try await office.send())
      try await office.pull()
      page = try await office.page(thread)
      #expect(page.thread.status == .read && page.thread.waitingSince == nil)
    }
  }

  @Test("an old message that is read in after our answer is none that crossed it")
  func readInLate() async throws {
    try await Office.with { office in
      let start = Timestamp.now() - .minutes(30)
      let thread = try #require(office.sandbox.write("The first of many", at: start))
      for number in 1..<120 {
        office.sandbox.write("Again, \(number)", thread: thread, at: start + .seconds(number))
      }
      office.sandbox.setDials([FaultRule(call: "thread", fault: .malformed, times: 1)])
      #expect(await office.rounds.pass().problem != nil)
      try await office.reply("All of it is noted.", in: thread)
      #expect(try await office.send())
      #expect(try await office.page(thread).thread.messageCount == 101)
      try await office.pull()
      let page = try await office.page(thread)
      #expect(page.thread.messageCount == 121)
      #expect(page.thread.status == .read && page.thread.waitingSince == nil)
    }
  }

  @Test("what came after the page was drawn is neither put away nor marked as read")
  func unseen() async throws {
    try await Office.with { office in
      let thread = try #require(office.sandbox.write("A first question"))
      try await office.pull()
      let id = try await office.conversation(thread)
      let drawn = try await office.page(thread).newestMessage
      office.sandbox.write("And another thing", thread: thread)
      try await office.pull()
      for status in [ThreadStatus.archived, .read] {
        #expect(
          try await office.ledger.setStatus(id, to: status, by: Office.kim, lastSeen: drawn)
            == .newer)
        #expect(try await office.page(thread).thread.status == .unread)
      }
      #expect(try await office.count("select count(*) from audit_trail") == 0)
      // What one of us wrote meanwhile is no reason.
      let seen = try await office.page(thread).newestMessage
      try await office.reply("It is done already.", in: thread)
      #expect(
        try await office.ledger.setStatus(id, to: .archived, by: Office.kim, lastSeen: seen)
          == .done)
      #expect(try await office.page(thread).thread.status == .archived)
    }
  }

  @Test("hostile messages and names are kept whole and shown as plain text")
  func hostile() async throws {
    try await Office.with { office in
      let evil =
        "<p>Hi<script>alert(1)</script> &amp; bye</p>\u{202E}gnp.exe '); drop table messages;--\u{0}"
      let thread = try #require(
        office.sandbox.write(evil, topic: "<b>x</b>\u{202E}", customer: "<img src=x onerror=1>"))
      try await office.pull()
      let page = try await office.page(thread)
      let text = try #require(page.messages.first?.text)
      #expect(!text.contains("<") && !text.contains("\u{202E}") && !text.contains("alert"))
      #expect(text.contains("Hi & bye") && text.contains("drop table messages"))
      #expect(!page.thread.topic.contains("\u{202E}"))
    }
  }

  @Test("files are fetched once, kept by their content, and their names lead nowhere")
  func files() async throws {
    try await Office.with { office in
      let bomb = Array("not really a picture".utf8)
      let thread = try #require(
        office.sandbox.write(
          "See the photos", files: [("../../etc/passwd\u{202E}.png", bomb), ("b.png", bomb)]))
      #expect(try await office.pull().files == 2)
      #expect(try await office.pull().files == 0)
      let files = try await office.page(thread).messages.flatMap(\.files)
      #expect(files.map(\.state) == [.stored, .stored])
      #expect(files.allSatisfy { !$0.name.contains("/") && !$0.name.contains("\u{202E}") })
      #expect(Set(files.compactMap(\.sha256)).count == 1)
      let bytes = await office.service.files.read(try #require(files.first?.sha256))
      #expect(bytes == bomb)
    }
  }

  @Test("a pull that was refused begins where it was; a throttled marketplace loses nothing")
  func trouble() async throws {
    try await Office.with { office in
      let thread = try #require(office.sandbox.write("Are you there at all?"))
      office.sandbox.setDials([
        FaultRule(call: "threads", fault: .throttled, times: 1, retryAfter: 1),
        FaultRule(call: "threads", fault: .status, times: 1, status: 503),
        FaultRule(call: "threads", fault: .malformed, times: 1),
      ])
      for _ in 0..<3 { #expect(await office.rounds.pass().problem != nil) }
      #expect(try await office.pull().newFromCustomers == 1)
      #expect(try await office.page(thread).messages.count == 1)
    }
  }

  @Test("search finds words in both languages, names and orders")
  func search() async throws {
    try await Office.with { office in
      office.sandbox.write(
        "Bonjour, les claviers de ma commande sont brisés", customer: "Zoé Gaëtan")
      office.sandbox.write("The keyboards are broken, please help", order: "270000777-A")
      office.sandbox.write("Something else altogether", customer: "Sam Sampleton")
      try await office.pull()
      for (words, hits) in [
        ("clavier", 1), ("keyboard", 1), ("Sampleton", 1), ("270000777-A", 1), ("nothing", 0),
        ("') or 1=1 --", 0), ("\"zzz & | !", 0),
      ] {
        let found = try await office.ledger.threads(ThreadFilter(view: .all, search: words))
        #expect(found.count == hits, "\(words)")
      }
    }
  }

  @Test("a list and a thread of 5,000 messages are read a page at a time, each message once")
  func pages() async throws {
    try await Office.with { office in
      let thread = try #require(office.sandbox.write("The oldest of all"))
      try await office.pull()
      let id = try await office.conversation(thread)
      try await office.run(
        """
        insert into messages (conversation_id, mirakl_message_id, sender_type, body, text, created_at)
        select \(id), 'm' || n, 'customer', 'x', 'number ' || n, now() + n * interval '1 second'
        from generate_series(1, 4999) n;
        insert into conversations (mirakl_thread_id, shop_id, last_message_at)
        select 't' || n, 'main', now() - n * interval '1 minute' from generate_series(1, 120) n;
        """)
      var seen: [Int64] = []
      var before: MessagePosition?
      repeat {
        let page = try #require(try await office.ledger.thread(id, before: before, limit: 100))
        seen += page.messages.reversed().map(\.id)
        before = page.earlier
      } while before != nil
      #expect(seen.count == 5_000 && Set(seen).count == 5_000)
      var threads: [Int64] = []
      var after: ThreadPosition?
      repeat {
        let list = try await office.ledger.threads(ThreadFilter(after: after, limit: 50))
        threads += list.map(\.id)
        after = list.count == 50 ? list.last?.position : nil
      } while after != nil
      #expect(threads.count == 121 && Set(threads).count == 121)
    }
  }
}
