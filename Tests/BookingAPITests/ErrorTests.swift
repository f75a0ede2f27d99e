import Booking
import BookingAPI
import Bookings
import HTTP
import Kit
import Testing

/// Every error of the catalogue as it comes over HTTP: the envelope, and by Accept a problem document,
/// both saying the same, who must act, and where in the request.
@Suite("Every error of the catalogue", .serialized)
struct ErrorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let code: BookingCode
    /// JSONPath of the first problem, for what is wrong in the request or still missing.
    var path: String?
    var hasCourier = false
    var change: @Sendable (inout Business) -> Void = { _ in }
    /// Makes it so, and gives the request, which is then sent twice.
    let prepare: @Sendable (Stand) async throws -> Ask

    var testDescription: String { code.rawValue }
  }

  struct Ask: Sendable {
    var method: String
    var path: String
    var body: [UInt8]?
    var key: String?
    var headers: HTTPHeaders = [:]

    init(_ method: String, _ path: String, _ body: JSON? = nil, as key: String?) {
      self.method = method
      self.path = path
      self.body = body?.bytes
      self.key = key
    }
  }

  /// A draft with the customer's answer, one request away from its order.
  private static func answered(_ stand: Stand, _ decision: String = "yes") async throws -> Ask {
    let draft = try await stand.readyDraft()
    try await stand.tap(try await stand.ask(draft), decision)
    return booking(draft, stand)
  }

  private static func booking(_ draft: String, _ stand: Stand) -> Ask {
    var ask = Ask("POST", "/api/drafts/\(draft)/order", [:], as: stand.agent)
    ask.headers["Idempotency-Key"] = "k"
    return ask
  }

  private static func asking(
    _ stand: Stand
  ) async throws -> (path: String, code: String) {
    let draft = try await stand.readyDraft()
    let asked = try await stand.step(
      "POST", "/api/drafts/\(draft)/confirmations", ["channel": "code"], stand.agent)
    let id = asked.json?["confirmation"]?["confirmation_id"]?.string ?? ""
    return ("/api/drafts/\(draft)/confirmations/\(id)", stand.deliveries.last?.code ?? "")
  }

  static let cases: [Case] = [
    Case(code: .malformedJSON) { stand in
      var ask = Ask("POST", "/api/orders", as: stand.staff)
      ask.body = Array("{".utf8)
      return ask
    },
    Case(code: .invalidRequest, path: "$.payload.customer_phone") { stand in
      Ask("POST", "/api/orders", request(phone: "902555019"), as: stand.staff)
    },
    Case(code: .keyRequired, path: "$.idempotency_key") { stand in
      Ask("POST", "/api/orders", request(source: "ai"), as: stand.agent)
    },
    Case(code: .keyInvalid) { stand in
      var ask = Ask("POST", "/api/orders", request(key: "a"), as: stand.staff)
      ask.headers["Idempotency-Key"] = "b"
      return ask
    },
    Case(code: .unauthenticated) { _ in Ask("GET", "/api/orders", as: nil) },
    Case(code: .forbidden, path: "$.payload.user_id") { stand in
      Ask("POST", "/api/orders", request(business: "shoe-shop"), as: stand.staff)
    },
    Case(code: .notFound) { stand in Ask("GET", "/api/orders/none", as: stand.staff) },
    Case(code: .methodNotAllowed) { stand in Ask("PUT", "/api/orders", [:], as: stand.staff) },
    Case(code: .tooLarge) { stand in
      var ask = Ask("POST", "/api/orders", as: stand.staff)
      ask.body = Array(repeating: 32, count: BookingService.bodyBytesMax + 1)
      return ask
    },
    Case(code: .unsupportedMediaType) { stand in
      var ask = Ask("POST", "/api/orders", request(), as: stand.staff)
      ask.headers["Content-Type"] = "text/plain"
      return ask
    },
    Case(code: .bookingDisabled, change: { $0.isBookingEnabled = false }) { stand in
      Ask("POST", "/api/drafts", [:], as: stand.agent)
    },
    Case(code: .fieldsMissing, path: "$.items") { stand in
      let opened = try await stand.step("POST", "/api/drafts", [:], stand.agent)
      let id = opened.draft?["draft_id"]?.string ?? ""
      return Ask("POST", "/api/drafts/\(id)/summary", [:], as: stand.agent)
    },
    Case(code: .itemChoiceRequired, path: "$.open_items[0]") { stand in
      let opened = try await stand.step("POST", "/api/drafts", [:], stand.agent)
      let id = opened.draft?["draft_id"]?.string ?? ""
      let listed = try await stand.step(
        "PUT", "/api/drafts/\(id)/items", ["items": [["name": "tea", "quantity": 1]]], stand.agent)
      let digest = listed.draft?["items_sha256"]?.string ?? ""
      return Ask(
        "POST", "/api/drafts/\(id)/items/confirmation", ["items_sha256": .string(digest)],
        as: stand.agent)
    },
    Case(code: .unknownItem, path: "$.payload.items[0].id") { stand in
      Ask("POST", "/api/orders", request([["id": "TEA-9", "quantity": 1]]), as: stand.staff)
    },
    Case(code: .approvalRequired, change: { $0.limits.lineQuantityMax = 1 }) { stand in
      try await answered(stand)
    },
    Case(code: .duplicateOrder) { stand in
      _ = try await stand.step("POST", "/api/orders", request(), stand.staff)
      return Ask("POST", "/api/orders", request(), as: stand.staff)
    },
    Case(code: .slotUnavailable) { stand in
      Ask("POST", "/api/orders", request(more: [("slot_id", "none")]), as: stand.staff)
    },
    Case(code: .invalidOrderState) { stand in
      let booked = try await stand.step("POST", "/api/orders", request(), stand.staff)
      return Ask(
        "POST", "/api/orders/\(booked.orderID ?? "")/status", ["status": "completed"],
        as: stand.staff)
    },
    Case(code: .draftClosed) { stand in
      let draft = try await stand.readyDraft()
      try await stand.step("DELETE", "/api/drafts/\(draft)", nil, stand.agent)
      return Ask("PUT", "/api/drafts/\(draft)/details", ["notes": "late"], as: stand.agent)
    },
    Case(code: .confirmationRequired) { stand in
      booking(try await stand.readyDraft(), stand)
    },
    Case(code: .confirmationVoid) { stand in
      let draft = try await stand.readyDraft()
      return Ask(
        "POST", "/api/drafts/\(draft)/items/confirmation",
        ["items_sha256": .string(String(repeating: "0", count: 64))], as: stand.agent)
    },
    Case(code: .confirmationExpired) { stand in
      let ask = try await answered(stand)
      stand.ahead.move(.minutes(16))
      return ask
    },
    Case(code: .confirmationDeclined) { stand in try await answered(stand, "no") },
    Case(code: .confirmationUsed, hasCourier: true) { stand in
      let (path, code) = try await asking(stand)
      try await stand.step("POST", path, ["code": .string(code)], stand.agent)
      return Ask("POST", path, ["code": .string(code)], as: stand.agent)
    },
    Case(code: .confirmationTooWeak) { stand in
      let ask = try await answered(stand)
      try await stand.take(LevelRule([(0, .outOfBand)]))
      return ask
    },
    Case(code: .codeWrong, hasCourier: true) { stand in
      let (path, code) = try await asking(stand)
      let wrong = code == "000000" ? "000001" : "000000"
      return Ask("POST", path, ["code": .string(wrong)], as: stand.agent)
    },
    Case(code: .signatureInvalid, path: "$.mandate") { stand in
      let draft = try await stand.readyDraft()
      return Ask(
        "POST", "/api/drafts/\(draft)/confirmations/\(UUIDv7.make().text)/mandate",
        ["mandate": "a.b.c"], as: stand.agent)
    },
    Case(code: .channelUnavailable) { stand in
      let draft = try await stand.readyDraft()
      return Ask(
        "POST", "/api/drafts/\(draft)/confirmations", ["channel": "code"], as: stand.agent)
    },
    Case(code: .keyReused) { stand in
      _ = try await stand.step("POST", "/api/orders", request(key: "k"), stand.staff)
      return Ask("POST", "/api/orders", request(name: "Other", key: "k"), as: stand.staff)
    },
    Case(code: .versionConflict) { stand in
      let booked = try await stand.step("POST", "/api/orders", request(), stand.staff)
      return Ask(
        "POST", "/api/orders/\(booked.orderID ?? "")/status",
        ["status": "confirmed", "version": 9], as: stand.staff)
    },
    Case(code: .preconditionFailed) { stand in
      let booked = try await stand.step("POST", "/api/orders", request(), stand.staff)
      var ask = Ask(
        "POST", "/api/orders/\(booked.orderID ?? "")/status", ["status": "confirmed"],
        as: stand.staff)
      ask.headers["If-Match"] = "\"9\""
      return ask
    },
    Case(code: .integration, hasCourier: true) { stand in
      let draft = try await stand.readyDraft()
      stand.deliveries.strike()
      return Ask(
        "POST", "/api/drafts/\(draft)/confirmations", ["channel": "page"], as: stand.agent)
    },
    Case(code: .system) { stand in
      try await stand.run("alter table idempotency_keys rename to idempotency_keys_gone")
      return Ask("POST", "/api/orders", request(), as: stand.staff)
    },
  ]

  /// Of the moment, not of the request: two at once and a full queue (`ErrorTests+Moment`), a database that
  /// is gone (`TroubleTests`).
  static let elsewhere: Set<BookingCode> = [.inFlight, .throttled, .unavailable]

  @Test("there is a case for each of them")
  func complete() {
    #expect(Set(Self.cases.map(\.code)).union(Self.elsewhere) == Set(BookingCode.allCases))
    #expect(Set(Self.cases.map(\.code)).count == Self.cases.count)
  }

  @Test("envelope and problem document say the same", arguments: cases)
  func both(_ one: Case) async throws {
    try await Stand.play(hasCourier: one.hasCourier, one.change) { stand in
      let ask = try await one.prepare(stand)
      func send(_ accept: String?) async throws -> Stand.Answer {
        var headers = ask.headers
        if let accept { headers["Accept"] = accept }
        return try await stand.send(ask.method, ask.path, ask.body, as: ask.key, headers)
      }
      let plain = try await send(nil)
      let problem = try await send("application/json;q=0.5, application/problem+json")
      Self.expect(plain, problem, one.code)
      if let path = one.path {
        let first = plain.details?["errors"]?.elements.first
        #expect(first?["path"]?.string == path, "\(plain.text)")
        #expect(problem.json?["errors"]?.elements.first?["path"]?.string == path)
        #expect(first?["message"]?.string?.isEmpty == false && first?["code"]?.string != nil)
      }
    }
  }

  static func expect(_ plain: Stand.Answer, _ problem: Stand.Answer, _ code: BookingCode) {
    let error = plain.json?["error"]
    #expect(plain.status == code.status && problem.status == code.status, "\(plain.text)")
    #expect(plain.headers["Content-Type"] == "application/json; charset=utf-8")
    #expect(problem.headers["Content-Type"] == "application/problem+json")
    #expect(plain.json?["success"]?.bool == false)
    #expect(error?["code"]?.string == code.rawValue, "\(plain.text)")
    #expect(error?["type"]?.string == code.family)
    #expect(error?["must_act"]?.string == code.actor.rawValue)
    #expect(error?["retryable"]?.bool == code.isRetryable)
    // RFC 9457's members, and the same beside them.
    #expect(problem.json?["type"]?.string == "/api/docs#" + code.rawValue)
    #expect(problem.json?["title"]?.string == code.title)
    #expect(problem.json?["status"]?.int == Int64(code.status))
    #expect(problem.json?["detail"]?.string?.isEmpty == false)
    #expect(problem.json?["code"]?.string == code.rawValue, "\(problem.text)")
    #expect(problem.json?["must_act"]?.string == code.actor.rawValue)
    #expect(problem.json?["retryable"]?.bool == code.isRetryable)
    for answer in [plain, problem] {
      #expect(
        answer.json?["correlation_id"]?.string == answer.headers["X-Correlation-ID"])
      for word in ["postgres", "SQL", "idempotency_keys_gone", "Swift", " relation "] {
        #expect(!answer.text.contains(word), "\(answer.text)")
      }
    }
  }
}
