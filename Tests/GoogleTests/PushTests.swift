import BookingTail
import Google
import Kit
import Push
import Sandbox
import Testing

@Suite("Messages to people", .serialized)
struct PushTests {
  private static func sender(_ name: String, _ seller: Seller) -> PushSender {
    name == "fcm" ? seller.fcm : seller.ntfy
  }

  @Test("a message arrives with its words, once, by either service", arguments: ["fcm", "ntfy"])
  func arrives(service: String) async throws {
    try await Seller.run { seller async throws in
      let tail = seller.tail(push: Self.sender(service, seller))
      let report = await tail.carryOut([pushItem("A")])
      #expect(report.verdicts.map(\.outcome) == [.done] && report.calls.count == 1)
      #expect(report.calls[0].relatedID == "A" && report.calls[0].correlationID == "push/A/1")
      let pushes = try await seller.control("GET", "pushes")?["pushes"]?.elements ?? []
      #expect(pushes.count == 1 && pushes.first?["service"]?.string == service)
      #expect(pushes.first?["title"]?.string == "New order A")
      #expect(pushes.first?["body"]?.string == "Pat Example: 2 x Laptop sleeve")
      #expect(pushes.first?["event"]?.string == "A:created")
    }
  }

  static let faults: [FaultRule] = ["fcm_send", "ntfy_publish"].flatMap { call -> [FaultRule] in
    [
      FaultRule(call: call, fault: .answerLost, times: 1),
      FaultRule(call: call, fault: .answerLost, times: 3),
      FaultRule(call: call, fault: .requestLost, times: 2),
      FaultRule(call: call, fault: .truncated, times: 1),
      FaultRule(call: call, fault: .throttled, times: 1, retryAfter: 9),
      FaultRule(call: call, fault: .status, times: 2, when: .before, status: 503),
      FaultRule(call: call, fault: .status, times: 1, when: .after, status: 503),
      FaultRule(call: call, fault: .html502, times: 1, when: .after),
      FaultRule(call: call, fault: .schemaError, times: 1),
    ]
  }

  @Test("a person sees a message once under every dial", arguments: faults)
  func once(rule: FaultRule) async throws {
    try await Seller.run { seller async throws in
      let tail = seller.tail(push: rule.call == "fcm_send" ? seller.fcm : seller.ntfy)
      seller.sandbox.setDials([rule])
      var outbox = Outbox()
      outbox.add([pushItem("A"), pushItem("B")], at: seller.clock.now)
      try await outbox.drain(tail, seller.clock)
      #expect(outbox.failed.isEmpty && seller.sandbox.dialsFired[0] > 0)
      for id in ["A", "B"] {
        #expect(seller.booking(id).pushesShown == 1)
        if rule.call == "ntfy_publish" { #expect(seller.booking(id).pushes == 1) }
      }
      #expect(seller.sandbox.tally().violations.isEmpty)
    }
  }

  @Test("hundreds of messages in a storm: each is seen once", arguments: ["fcm", "ntfy"])
  func storm(service: String) async throws {
    try await Seller.run { seller async throws in
      let tail = seller.tail(push: Self.sender(service, seller)) { $0.triesMax = 12 }
      let call = service == "fcm" ? "fcm_send" : "ntfy"
      seller.sandbox.setDials(
        [
          FaultRule(call: call, fault: .answerLost, probability: 0.1),
          FaultRule(call: call, fault: .requestLost, probability: 0.1),
          FaultRule(call: call, fault: .throttled, probability: 0.1, retryAfter: 2),
          FaultRule(call: call, fault: .status, probability: 0.1, when: .before, status: 503),
          FaultRule(call: call, fault: .status, probability: 0.1, when: .after, status: 503),
        ], seed: 11)
      var outbox = Outbox()
      outbox.add((1...300).map { pushItem("O\($0)") }, at: seller.clock.now)
      try await outbox.drain(tail, seller.clock, batch: 100)
      #expect(outbox.failed.isEmpty)
      let tally = seller.sandbox.tally()
      #expect(tally.bookings.count == 300 && tally.violations.isEmpty)
      #expect(tally.bookings.values.allSatisfy { $0.pushesShown == 1 })
    }
  }

  @Test("a lost answer of ntfy is looked up before anything is sent again")
  func lookedUp() async throws {
    try await Seller.run { seller async throws in
      seller.sandbox.setDials([FaultRule(call: "ntfy_publish", fault: .answerLost, times: 1)])
      let lost = await seller.tail().carryOut([pushItem("A")])
      guard case .lookUp = lost.verdicts[0].outcome else {
        Issue.record("\(lost.verdicts)")
        return
      }
      let found = await seller.tail().carryOut([pushItem("A", tries: 1, mayBeDone: true)])
      #expect(found.verdicts[0].outcome == .done)
      #expect(found.calls.map(\.endpoint) == ["Poll"])
      // After the last try there is still the look, and no further message.
      let last = await seller.tail().carryOut([pushItem("B", tries: 5, mayBeDone: true)])
      guard case .failed = last.verdicts[0].outcome else {
        Issue.record("\(last.verdicts)")
        return
      }
      #expect(last.calls.map(\.endpoint) == ["Poll"] && seller.booking("B").pushes == 0)
    }
  }

  @Test(
    "a look that fails says nothing: the message is looked for again, a bounded number of times")
  func failedLooks() async throws {
    try await Seller.run { seller async throws in
      seller.sandbox.setDials([
        FaultRule(call: "ntfy_publish", fault: .answerLost, times: 1),
        FaultRule(call: "ntfy_poll", fault: .status, status: 500),
      ])
      var outbox = Outbox()
      outbox.add([pushItem("A")], at: seller.clock.now)
      try await outbox.drain(seller.tail(), seller.clock)
      #expect(outbox.failed.count == 1 && outbox.entries[0].outcomes.count == 10)
      #expect(seller.booking("A").pushes == 1)
    }
  }

  @Test("a device that is gone, a foreign project and a wrong token are a person's business")
  func refusals() async throws {
    try await Seller.run { seller async throws in
      func reason(_ sender: PushSender) async -> String {
        let report = await seller.tail(push: sender).carryOut([pushItem("A")])
        guard case .failed(let reason) = report.verdicts[0].outcome else { return "" }
        return reason
      }
      let gone = seller.accounts.messages(to: .device("an-old-device"), for: seller.account)
      #expect(await reason(gone).contains("remove its token"))
      var foreign = seller.account
      foreign.projectID = "another-project"
      let elsewhere = seller.accounts.messages(to: .device("sandbox-device"), for: foreign)
      #expect(await reason(elsewhere).contains("another project"))
      let url = seller.sandbox.baseURL + "/ntfy"
      let unlocked = PushSender.ntfy(
        .live(url: url, token: "tk_wrong", http: seller.http), topic: "t")
      #expect(await reason(unlocked).contains("refused our access"))
      let untitled = PushSender.ntfy(.live(url: url, token: nil, http: seller.http), topic: "a/b")
      #expect(await reason(untitled).contains("topic"))
      #expect(seller.sandbox.tally().bookings.isEmpty)
    }
  }

  @Test("no record names the device's token, the topic or the server's token")
  func secrets() async throws {
    try await Seller.run { seller async throws in
      var calls: [CallRecord] = []
      for name in ["fcm", "ntfy"] {
        let tail = seller.tail(push: Self.sender(name, seller))
        calls += await tail.carryOut([pushItem("A")]).calls
        calls += await tail.carryOut([pushItem("A", tries: 1, mayBeDone: true)]).calls
      }
      #expect(calls.count == 4)
      let all = calls.map { call in
        "\(call.url) \(call.requestHeaders) \(String(decoding: call.requestBody, as: UTF8.self))"
          + "\(call.responseHeaders) \(String(decoding: call.responseBody, as: UTF8.self))"
      }.joined()
      for secret in ["sandbox-device", Seller.topic, "tk_sandbox", "sandbox-token"] {
        #expect(!all.contains(secret), "\(secret)")
      }
    }
  }

  @Test("long words are cut to whole characters within the services' limits")
  func long() async throws {
    try await Seller.run { seller async throws in
      let words = String(repeating: "é👍🏽", count: 2_000)
      let long = PushMessage(id: "L:created", orderID: "L", title: words, body: words)
      #expect(long.title.utf8.count <= 203 && long.body.utf8.count <= 1_503)
      #expect(long.body.hasSuffix("…") && !long.body.contains("\u{fffd}"))
      for sender in [seller.fcm, seller.ntfy] {
        let answer = await sender.send(long)
        #expect(throws: Never.self) { try answer.result.get() }
      }
      let odd = PushMessage(
        id: "an id, with blanks and \(words)", orderID: "L", title: "t", body: "b")
      #expect(odd.tag.utf8.count <= 64 && odd.tag.hasPrefix("event-"))
    }
  }

  @Test("what is not stubbed says so by name")
  func unstubbed() async {
    let tail = BookingTail(
      TailDestinations(
        sheet: { _ in
          SheetDestination(client: .unstubbed, spreadsheetID: "s", account: "a")
        }, push: { _ in .unstubbed }))
    let report = await tail.carryOut([item(order("A")), pushItem("A")])
    for verdict in report.verdicts {
      guard case .failed(let reason) = verdict.outcome else {
        Issue.record("\(verdict)")
        continue
      }
      #expect(reason.contains("is not stubbed"))
    }
    #expect(report.verdicts.count == 2)
  }
}
