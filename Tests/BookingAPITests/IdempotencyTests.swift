import Booking
import Bookings
import Glibc
import HTTP
import Kit
import Synchronization
import Testing

@Suite("One key, one order", .serialized)
struct IdempotencyTests {
  static let rounds = 10_000
  static let connections = 64
  /// Races that are run side by side, each for keys of its own: while one waits, another works.
  static let tracks = 4

  /// 0, 1, 2 and so on, whoever asks.
  private final class Numbers: Sendable {
    private let last = Mutex(-1)
    func next() -> Int {
      last.withLock { last in
        last += 1
        return last
      }
    }
  }

  private func post(
    _ stand: Stand, _ body: JSON = request(), key: String? = nil, as holder: String? = nil
  ) async throws -> Stand.Answer {
    try await stand.call(
      "POST", "/api/orders", body, as: holder ?? stand.staff,
      key.map { ["Idempotency-Key": $0] } ?? [:])
  }

  @Test("64 connections race one key: one order, and everybody else its answer or a reason to wait")
  func race() async throws {
    try await Stand.play { stand in
      let next = Numbers()
      let head =
        "POST /api/orders HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer \(stand.staff)\r\n"
        + "Content-Type: application/json\r\n"
      let threads = BlockingThreads(count: Self.tracks)
      let report = await withTaskGroup(of: RaceTrack.Report.self) { group in
        for _ in 0..<Self.tracks {
          group.addTask {
            await threads.run {
              do {
                let track = try RaceTrack(port: stand.port, runners: Self.connections)
                return track.run {
                  let round = next.next()
                  guard round < Self.rounds else { return nil }
                  let body = request(name: "Robin \(round)").bytes
                  let rest =
                    "Idempotency-Key: race-\(round)\r\nContent-Length: \(body.count)\r\n\r\n"
                  return Array((head + rest).utf8) + body
                }
              } catch {
                return RaceTrack.Report(problems: ["\(error)"])
              }
            }
          }
        }
        return await group.reduce(RaceTrack.Report(), +)
      }
      #expect(report.problems == [])
      #expect(report.rounds == Self.rounds)
      #expect(report.fresh == Self.rounds)
      // Every request was answered, and they did meet: some while the first was under way.
      #expect(
        report.fresh + report.replayed + report.told == Self.rounds * (Self.connections + 1))
      #expect(report.told > 0)
      try await stand.expectWhole(Self.rounds)
    }
  }

  @Test("two services on one database race a key: one order")
  func twoProcesses() async throws {
    try await Stand.play { stand in
      let other = stand.another()
      let principal = try await stand.service.principal(secret: stand.staff)
      for round in 0..<50 {
        let body = request(name: "Robin \(round)").bytes
        let outcomes = await withTaskGroup(of: CreateOutcome.self) { group in
          for i in 0..<16 {
            let service = i % 2 == 0 ? stand.service : other
            group.addTask {
              await service.create(body, key: "both-\(round)", by: .test(principal))
            }
          }
          return await group.reduce(into: []) { $0.append($1) }
        }
        var booked = 0
        for outcome in outcomes {
          switch outcome {
          case .booked: booked += 1
          case .replayed: continue
          case .refused(let error): #expect(error.code == .inFlight, "\(error)")
          }
        }
        #expect(booked == 1)
      }
      try await stand.expectWhole(50)
    }
  }

  @Test(
    "a replay is the stored answer to the byte, also after a restart, with the new request's id")
  func replay() async throws {
    try await Stand.play { stand in
      let first = try await post(stand, key: "k")
      #expect(first.status == 201)
      #expect(first.headers["ETag"] == "\"1\"")
      let again = try await stand.call(
        "POST", "/api/orders", request(), as: stand.staff,
        ["Idempotency-Key": "\"k\"", "X-Correlation-ID": "req_new"])
      #expect(again.bytes == first.bytes)
      #expect(again.status == 201)
      #expect(again.headers["X-Correlation-ID"] == "req_new")
      #expect(again.headers["ETag"] == first.headers["ETag"])
      #expect(again.headers["Location"] == first.headers["Location"])
      // A service that has never seen it finds it in the database.
      let principal = try await stand.service.principal(secret: stand.staff)
      let outcome = await stand.another().create(
        request().bytes, key: "k", by: .test(principal))
      guard case .replayed(201, let body, _) = outcome else {
        Issue.record("\(outcome)")
        return
      }
      #expect(body == first.bytes)
      // In the body, it is the same key; its JSON need not be spelled the same.
      let spelled = request().text.replacing(":", with: " : ")
      let third = try await stand.send(
        "POST", "/api/orders", Array(spelled.utf8), as: stand.staff, ["Idempotency-Key": "k"])
      #expect(third.bytes == first.bytes)
      try await stand.expectWhole(1)
    }
  }

  @Test("the same key with another body is refused, another holder's key is another")
  func scope() async throws {
    try await Stand.play { stand in
      #expect(try await post(stand, key: "k").status == 201)
      let other = try await post(stand, request(name: "Somebody Else"), key: "k")
      #expect(other.status == 422 && other.code == "IDEMPOTENCY_KEY_REUSED")
      let holder = try await stand.service.makeKey(
        for: "tea-house", name: "second desk", kind: .staff
      ).secret
      let theirs = try await post(stand, request(name: "Third"), key: "k", as: holder)
      #expect(theirs.status == 201)
      try await stand.expectWhole(2)
    }
  }

  @Test("after 48 hours a key is new")
  func retention() async throws {
    try await Stand.play { stand in
      #expect(try await post(stand, key: "k").status == 201)
      try await stand.run(
        "update idempotency_keys set created_at = created_at - interval '49 hours'")
      let principal = try await stand.service.principal(secret: stand.staff)
      let outcome = await stand.another().create(
        request(name: "Much Later").bytes, key: "k", by: .test(principal))
      guard case .booked = outcome else {
        Issue.record("\(outcome)")
        return
      }
      #expect(try await stand.count("orders") == 2)
    }
  }

  @Test("a refusal of the business's marks the key failed; the same request may be tried again")
  func failedMark() async throws {
    try await Stand.play { stand in
      let wanted = request([["id": "TEA-9", "quantity": 1]])
      #expect(try await post(stand, wanted, key: "k").code == "UNKNOWN_ITEM")
      #expect(
        try await stand.rows("select state || ' ' || code || ' ' || tries from idempotency_keys")
          == ["failed UNKNOWN_ITEM 1"])
      #expect(try await post(stand, request(), key: "k").code == "IDEMPOTENCY_KEY_REUSED")
      try await stand.step(
        "PUT", "/api/catalogue/TEA-9", ["name": "New tea", "unit_price": "5"], stand.staff)
      let booked = try await post(stand, wanted, key: "k")
      #expect(booked.status == 201)
      #expect(booked.headers["Idempotent-Replayed"] == nil)
      #expect(
        try await stand.rows("select state || ' ' || tries from idempotency_keys")
          == ["completed 2"])
      try await stand.expectWhole(1)
    }
  }

  @Test("what was wrong with the form is never stored: the key is free")
  func formIsNotStored() async throws {
    try await Stand.play { stand in
      let bad = try await post(stand, request(phone: "12345"), key: "k")
      #expect(bad.status == 400 && bad.code == "INVALID_REQUEST")
      #expect(try await stand.count("idempotency_keys") == 0)
      #expect(try await post(stand, key: "k").status == 201)
    }
  }

  @Test("an agent's order needs a key; keys that disagree or are no keys are refused")
  func keys() async throws {
    try await Stand.play { stand in
      let none = try await post(stand, request(source: "ai"), as: stand.agent)
      #expect(none.status == 400 && none.code == "IDEMPOTENCY_KEY_REQUIRED")
      #expect(none.details?["errors"]?.elements.first?["path"]?.string == "$.idempotency_key")
      #expect(try await post(stand, request(key: "a"), key: "b").code == "IDEMPOTENCY_KEY_INVALID")
      for key in [String(repeating: "x", count: 256), "a b", "ключ"] {
        let answer = try await post(stand, key: key)
        #expect(answer.status == 400, "\(answer.text)")
      }
      let twice = try await stand.call(
        "POST", "/api/orders", request(), as: stand.staff,
        HTTPHeaders([("Idempotency-Key", "a"), ("Idempotency-Key", "b")]))
      #expect(twice.status == 400)
      try await stand.expectWhole(0)
    }
  }

  @Test("the same order within five minutes is a question, not an order, and not a silent one")
  func fingerprint() async throws {
    try await Stand.play { stand in
      let first = try await post(stand, key: "1")
      let second = try await post(stand, key: "2")
      #expect(second.status == 409 && second.code == "DUPLICATE_ORDER")
      #expect(second.details?["existing_order_id"]?.string == first.orderID)
      // Whatever the notes say, and in whatever order.
      let noted = try await post(stand, request(more: [("notes", "hurry")]), key: "3")
      #expect(noted.code == "DUPLICATE_ORDER")
      let one: JSON = ["id": "TEA-1", "quantity": 1]
      #expect(try await post(stand, request([one, one]), key: "split").code == "DUPLICATE_ORDER")
      let meant = try await post(stand, request(more: [("allow_duplicate", true)]), key: "4")
      #expect(meant.status == 201)
      #expect(try await post(stand, request(name: "Another"), key: "5").status == 201)
      // A cancelled order stands in nobody's way.
      let ids = [first.orderID, meant.orderID].compactMap { $0 }
      for id in ids {
        try await stand.step(
          "POST", "/api/orders/\(id)/cancel", ["reason": "changed my mind"], stand.staff)
      }
      #expect(try await post(stand, key: "6").status == 201)
      stand.ahead.move(.minutes(6))
      #expect(try await post(stand, key: "7").status == 201)
      try await stand.expectWhole(5)
    }
  }

  @Test("two equal orders at once: one is booked, however they come")
  func equalAtOnce() async throws {
    try await Stand.play { stand in
      let other = stand.another()
      let principal = try await stand.service.principal(secret: stand.staff)
      for round in 0..<30 {
        let body = request(name: "Twin \(round)").bytes
        let codes = await withTaskGroup(of: BookingCode?.self) { group in
          for i in 0..<12 {
            let service = i % 2 == 0 ? stand.service : other
            group.addTask {
              let outcome = await service.create(body, key: "t\(round)-\(i)", by: .test(principal))
              if case .refused(let error) = outcome { return error.code }
              return nil
            }
          }
          return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.count { $0 == nil } == 1)
        #expect(codes.allSatisfy { $0 == nil || $0 == .duplicateOrder }, "\(codes)")
      }
      try await stand.expectWhole(30)
    }
  }

  @Test("one request's failure is nobody else's: a batch holds good and bad alike")
  func batch() async throws {
    try await Stand.play { stand in
      let answers = try await withThrowingTaskGroup(of: (Int, Stand.Answer).self) { group in
        for i in 0..<60 {
          group.addTask {
            let item: JSON = [["id": .string(i % 3 == 0 ? "NONE" : "TEA-1"), "quantity": 1]]
            return (i, try await post(stand, request(item, name: "B \(i)"), key: "b\(i)"))
          }
        }
        return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
      }
      for (i, answer) in answers {
        #expect(answer.status == (i % 3 == 0 ? 422 : 201))
        if i % 3 != 0 { #expect(answer.text.contains("\"B \(i)\"")) }
      }
      try await stand.expectWhole(40)
    }
  }
}
