import Booking
import BookingAPI
import Bookings
import HTTP
import Kit
import Testing

/// Errors that come of the moment, whatever the request.
extension ErrorTests {
  static let asProblem: HTTPHeaders = ["Accept": "application/problem+json"]

  @Test("a full queue is said at once, in both forms, with how long to wait")
  func throttled() async throws {
    try await Stand.play { stand in
      var settings = BookingSettings(publicURL: "https://orders.example.com")
      settings.waitingMax = 0
      let api = BookingAPI(
        service: BookingService(ledger: stand.ledger, settings: settings, log: .silent),
        metrics: Metrics())
      func send(_ more: HTTPHeaders) async -> Stand.Answer {
        var headers: HTTPHeaders = [
          "Authorization": "Bearer " + stand.staff, "Content-Type": "application/json",
          "Idempotency-Key": "k",
        ]
        for (name, value) in more { headers.append(name, value) }
        return Stand.Answer(
          await api.answer(
            HTTPRequest(
              method: "POST", target: "/api/orders", headers: headers, body: request().bytes,
              remoteAddress: "127.0.0.1")))
      }
      let answers = [await send([:]), await send(Self.asProblem)]
      Self.expect(answers[0], answers[1], .throttled)
      for answer in answers { #expect(answer.headers["Retry-After"] == "1") }
      // Nothing was stored of it: the same key is free.
      try await stand.expectWhole(0)
      let again = try await stand.call("POST", "/api/orders", request(key: "k"), as: stand.staff)
      #expect(again.status == 201)
    }
  }

  @Test("while a request with this key is worked on, others are told to come back, in both forms")
  func inFlight() async throws {
    try await Stand.play { stand in
      try await stand.run("begin; lock table orders in exclusive mode")
      async let first = stand.call("POST", "/api/orders", request(key: "k"), as: stand.staff)
      let waiting = """
        select count(*)::text from pg_locks
        where relation = 'orders'::regclass and not granted and database =
          (select oid from pg_database where datname = current_database())
        """
      let ends = ContinuousClock.now + Stand.patience
      while try await stand.one(waiting) == "0" {
        try #require(ContinuousClock.now < ends)
        try await Task.sleep(for: .milliseconds(5))
      }
      func again(_ headers: HTTPHeaders) async throws -> Stand.Answer {
        try await stand.call("POST", "/api/orders", request(key: "k"), as: stand.staff, headers)
      }
      let answers = [try await again([:]), try await again(Self.asProblem)]
      try await stand.run("commit")
      Self.expect(answers[0], answers[1], .inFlight)
      for answer in answers { #expect(answer.headers["Retry-After"] == "1") }
      let booked = try await first
      #expect(booked.status == 201)
      #expect(try await again([:]).bytes == booked.bytes)
      try await stand.expectWhole(1)
    }
  }
}

extension Stand.Answer {
  init(_ response: HTTPResponse) {
    guard case .bytes(let bytes) = response.body else {
      self.init(status: response.status, headers: response.headers, bytes: [])
      return
    }
    self.init(status: response.status, headers: response.headers, bytes: bytes)
  }
}
